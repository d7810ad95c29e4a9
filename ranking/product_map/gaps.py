"""Where demand and range part: regions of the map that are searched for and hold little that a buyer sees."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ranking.product_map.artefact import ProductMap
from ranking.product_map.view import Region, regions_of

Reason = Literal["nothing_found", "few_in_assortment", "few_products"]
_FIRST_HITS = 10
_HIDDEN = 0.2
_THIN = 3.0
_FEWEST_SEARCHES = 3
_MOST_QUERIES = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One query with the number of its searches, of those without a result, and the products that answer it best,
    nearest in meaning where nothing was found."""

    text: str
    searches: int
    without_result: int
    products: Sequence[str]


@dataclass(frozen=True, slots=True)
class RegionGap:
    """What is asked of a region and what is there. ``searches`` and ``without_result`` are sums of shares: a search
    whose products lie in two regions counts half in each. ``seen`` of the ``region``'s products are the buyer's."""

    region: Region
    seen: int
    searches: float
    without_result: float
    queries: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Every region, those with reasons first and by what is asked of them; and queries that lie near no product."""

    regions: tuple[RegionGap, ...]
    nowhere: tuple[Asked, ...]


def gaps(drawn: ProductMap, everything: Sequence[str], mine: Collection[str], queries: Iterable[Asked]) -> Gaps:
    """Hold what was asked against what is there: ``everything`` of the catalogue, and of it what is ``mine``."""
    rows = np.sort(np.array([row for row in map(drawn.rows.get, everything) if row is not None], dtype=np.intp))
    visible = set(mine)
    seen = Counter(drawn.region[[drawn.rows[each] for each in visible if each in drawn.rows]].tolist())
    searches: defaultdict[int, float] = defaultdict(float)
    without: defaultdict[int, float] = defaultdict(float)
    texts: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    nowhere = []
    for asked in queries:
        shares = _shares(drawn, asked.products)
        if not shares:
            nowhere.append(asked)
        for number, share in shares.items():
            searches[number] += share * asked.searches
            without[number] += share * asked.without_result
            texts[number].append((share * asked.searches, asked.text))
    total, all_seen = sum(searches.values()), sum(seen.values())
    found = []
    for region in regions_of(drawn, rows):
        number = region.number
        thin = total and searches[number] / total > _THIN * seen[number] / max(all_seen, 1)
        reasons = _reasons(region, seen[number], searches[number], without[number], is_thin=bool(thin))
        most = tuple(text for _, text in sorted(texts[number], key=lambda each: (-each[0], each[1]))[:_MOST_QUERIES])
        found.append(RegionGap(region, seen[number], searches[number], without[number], most, reasons))
    found.sort(key=lambda each: (not each.reasons, -each.without_result, -each.searches, each.region.number))
    return Gaps(tuple(found), tuple(sorted(nowhere, key=lambda asked: (-asked.searches, asked.text))))


def _reasons(region: Region, seen: int, searches: float, without_result: float, *, is_thin: bool) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if without_result >= 1:
        reasons.append("nothing_found")
    if searches > 0 and seen < _HIDDEN * region.products:
        reasons.append("few_in_assortment")
    if is_thin and searches >= _FEWEST_SEARCHES:
        reasons.append("few_products")
    return tuple(reasons)


def _shares(drawn: ProductMap, products: Sequence[str]) -> Mapping[int, float]:
    """Return which part of a query lies in which region, by its first products."""
    places = [row for row in map(drawn.rows.get, products[:_FIRST_HITS]) if row is not None]
    counts = Counter(drawn.region[places].tolist()) if places else Counter()
    return {region: count / len(places) for region, count in counts.items()}
