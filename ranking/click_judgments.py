"""Searches and what buyers did with their hits to ratings: what they clicked, put into the cart and bought, corrected
for the places that it stood at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from commerce.event import CLICKS, Deed, Event, SearchRecord
from evaluation.behaviour.visits import Visit, visits_of
from evaluation.judgments import Judgments
from ranking.click_model import click_model

BEST = 4.0
_GAINS: dict[Deed, float] = {"added": 2.0, "bought": 3.0}
_FEWEST_SEARCHES, _FEWEST_CLICKS = 5, 2
_LOOKED_AT = 1.0
_Pair = tuple[str, str]


@dataclass(slots=True)
class _Shown:
    """How often a product was shown for a query by place, clicked there, and what its clicks came to."""

    shown: Counter[int]
    clicked: Counter[int]
    gains: list[float]


def click_judgments(searches: Iterable[SearchRecord], events: Iterable[Event]) -> Judgments:
    """Return ratings from 0 to 4 of the products that were shown, by query in lower case.

    The attractiveness of a product is that of a position-based model; it counts twice where clicks led into the cart,
    three times where to a purchase, as far as they did. The best product of a query has 4. A product that was not
    clicked has 0 if it was probably looked at, else nothing is known of it. Only first pages by relevance that nobody
    narrowed count, of queries with five searches and two clicks at least; visits of robots do not.
    """
    rows = _observed(searches, events)
    pairs = list(rows)
    shown = [(at, place, rows[pair]) for at, pair in enumerate(pairs) for place in rows[pair].shown]
    if not shown:
        return {}
    model = click_model(
        np.array([at for at, _, _ in shown]),
        np.array([place for _, place, _ in shown]),
        np.array([float(each.shown[place]) for _, place, each in shown]),
        np.array([float(each.clicked[place]) for _, place, each in shown]),
    )
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (query, product), attractive, looked_at in zip(
        pairs, model.attractive.tolist(), model.looked_at.tolist(), strict=True
    ):
        gains = rows[query, product].gains
        if gains:
            found[query][product] = attractive * sum(gains) / len(gains)
        elif looked_at >= _LOOKED_AT:
            found[query][product] = 0.0
    return {query: _graded(values) for query, values in found.items()}


def _graded(values: dict[str, float]) -> dict[str, float]:
    best = max(values.values()) or 1.0
    return {product: BEST * value / best for product, value in values.items()}


def _observed(searches: Iterable[SearchRecord], events: Iterable[Event]) -> dict[_Pair, _Shown]:
    visits = visits_of(searches, events)
    asked = {each.query_id: each for each in _counted((*visits.unnamed, *_searches(visits.visits)))}
    deeds: dict[tuple[str, str], float] = {}
    for visit in visits.visits:
        for query_id, product, worth in _deeds(visit):
            deeds[query_id, product] = max(worth, deeds.get((query_id, product), 0.0))
    times = Counter(_plain(each.text) for each in asked.values())
    clicks = Counter(_plain(asked[query_id].text) for query_id, _ in deeds if query_id in asked)
    rows: dict[_Pair, _Shown] = {}
    for search in asked.values():
        text = _plain(search.text)
        if times[text] < _FEWEST_SEARCHES or clicks[text] < _FEWEST_CLICKS:
            continue
        for place, product in enumerate(search.hits):
            row = rows.setdefault((text, product), _Shown(Counter(), Counter(), []))
            row.shown[place] += 1
            if (search.query_id, product) in deeds:
                row.clicked[place] += 1
                row.gains.append(deeds[search.query_id, product])
    return rows


def _counted(searches: Iterable[SearchRecord]) -> Iterator[SearchRecord]:
    for each in searches:
        if each.page == 1 and each.sort == "relevance" and not each.filters and not each.facets and _plain(each.text):
            yield each


def _searches(visits: Iterable[Visit]) -> Iterator[SearchRecord]:
    for visit in visits:
        yield from visit.searches


def _deeds(visit: Visit) -> Iterator[tuple[str, str, float]]:
    """Yield the searches that a visit's clicks, carts and purchases come from, with the product and what that is worth.

    A cart or a purchase that names no search comes from the one whose hit was clicked last.
    """
    origin: dict[str, str] = {}
    for event in visit.events:
        product = event.object_id
        if product is None:
            continue
        if event.action.lower() in CLICKS:
            if event.query_id is not None:
                origin[product] = event.query_id
                yield event.query_id, product, 1.0
        elif event.deed in _GAINS:
            query_id = event.query_id or origin.get(product)
            if query_id is not None:
                yield query_id, product, _GAINS[event.deed]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
