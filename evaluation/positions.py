"""How much a place in a list of hits is looked at, estimated from the records, and clicks with that taken out.

The position-based model: a hit is clicked if it is examined, which depends on its place alone, and attracts, which
depends on the query and the product (Chuklin, Markov and de Rijke, "Click Models for Web Search", 2015, 3.3; fitted by
expectation maximisation as in Wang, Golbandi, Bendersky, Metzler and Najork, "Position Bias Estimation for Unbiased
Learning to Rank in Personal Search", WSDM 2018):

    P(click | query, product, place k) = theta_k gamma_{query, product}

Only products that were shown for a query at several places say anything of theta (intervention harvesting: Agarwal,
Zaitsev, Wang, Li, Najork and Joachims, "Estimating Position Bias without Intrusive Interventions", WSDM 2019);
profiles, changed data, rules and interleaving move products about without anybody's doing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commerce.event import CLICKS, Event, SearchRecord
from commerce.merchandising import normalise_query

DEEPEST = 24
LEAST_CLICKS = 200
"""Fewer clicks on products that were moved about say too little of two dozen places."""
_ROUNDS = 300
_CONVERGED = 1e-5
_LEAST_EXAMINED = 0.05
"""No click weighs more than twenty: rare clicks far below would decide all (clipped inverse propensities)."""
Pair = tuple[str, str]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Examination:
    """How much each place is looked at, the first being 1: ``shares`` (places,). ``clicks`` are those it stands on."""

    shares: tuple[float, ...]
    clicks: int

    def weight(self, position: int) -> float:
        """Return what a click at a place counts, from 1 on: the inverse of the place's share."""
        if position < 1:
            return 1.0
        return 1.0 / max(self.shares[min(position, len(self.shares)) - 1], _LEAST_EXAMINED)


@dataclass(slots=True)
class PlaceCounter:
    """Counts by query, product and place how often something was shown and clicked; about 200 bytes each."""

    shown: defaultdict[Pair, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    clicked: defaultdict[Pair, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _places: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    _counted: set[tuple[str, str]] = field(default_factory=set)

    def show(self, search: SearchRecord) -> None:
        """Count the first hits of a search by relevance; further pages are seen by few."""
        if search.page != 1 or search.sort != "relevance":
            return
        text, hits = normalise_query(search.text), search.hits[:DEEPEST]
        self._places[search.query_id] = (text, hits)
        for place, product in enumerate(hits, start=1):
            counts = self.shown[text, product]
            counts[place] = counts.get(place, 0) + 1

    def click(self, event: Event) -> int | None:
        """Count a click on a hit of a search that was shown, once, and return its place; None for anything else."""
        if event.action.lower() not in CLICKS or event.query_id is None or event.object_id is None:
            return None
        text, hits = self._places.get(event.query_id, ("", ()))
        if event.object_id not in hits or (event.query_id, event.object_id) in self._counted:
            return None
        self._counted.add((event.query_id, event.object_id))
        place = hits.index(event.object_id) + 1
        counts = self.clicked[text, event.object_id]
        counts[place] = counts.get(place, 0) + 1
        return place

    def examination(self) -> Examination | None:
        """Estimate how much each place is looked at; None where too little was clicked at several places."""
        return examination(self.shown, self.clicked)


def examination(
    shown: Mapping[Pair, Mapping[int, int]], clicked: Mapping[Pair, Mapping[int, int]]
) -> Examination | None:
    """Estimate theta from how often each pair was shown and clicked at each place."""
    moved = [pair for pair, places in shown.items() if len(places) > 1 and pair in clicked]
    rows = [
        (number, place - 1, times, min(clicked[pair].get(place, 0), times))
        for number, pair in enumerate(moved)
        for place, times in shown[pair].items()
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    clicks = int(table[:, 3].sum())
    if clicks < LEAST_CLICKS:
        return None
    theta = _fitted(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], table[:, 3])
    return Examination(tuple(float(share) for share in theta), clicks)


def _fitted(pair: NDArray[np.int64], place: NDArray[np.int64], shown: Floats, clicked: Floats) -> Floats:
    """Return theta, (places,), scaled so that the largest of the first three is 1; places without data take the one
    above."""
    places, pairs = int(place.max()) + 1, int(pair.max()) + 1
    seen, missed = np.bincount(place, shown, places), shown - clicked
    of_pair = np.bincount(pair, shown, pairs)
    theta: Floats = 1.0 / np.log2(np.arange(places) + 2.0)
    gamma = np.full(pairs, clicked.sum() / shown.sum())
    for _ in range(_ROUNDS):
        t, g = theta[place], gamma[pair]
        nothing = np.maximum(1.0 - t * g, 1e-12)
        # Of what was not clicked: how much of it was examined all the same, and how much would have attracted.
        examined = clicked + missed * t * (1.0 - g) / nothing
        attracting = clicked + missed * g * (1.0 - t) / nothing
        before = theta
        theta = np.bincount(place, examined, places) / np.maximum(seen, 1e-12)
        gamma = np.clip(np.bincount(pair, attracting, pairs) / of_pair, 1e-6, 1.0 - 1e-6)
        theta = np.clip(theta, 1e-6, 1.0)
        if float(np.abs(theta - before).max()) < _CONVERGED:
            break
    theta /= theta[: min(3, places)].max()
    for at in range(1, places):
        if not seen[at]:
            theta[at] = theta[at - 1]
    found: Floats = np.minimum(theta, 1.0)
    return found


@dataclass(frozen=True, slots=True)
class Attraction:
    """How a product does for a query: its ``mean_place``, the share of showings clicked, and that share as it would be
    at the first place."""

    text: str
    product_id: str
    shown: int
    clicks: int
    mean_place: float
    click_rate: float
    attraction: float


def attractions(counter: PlaceCounter, found: Examination, *, least: int = 20) -> list[Attraction]:
    """Return what attracts by far more than its place gives it, the most clicks lost first.

    The attraction is clicks over examined showings, the maximum of the model's likelihood where clicks are few.
    """
    rows: list[Attraction] = []
    for (text, product), places in counter.shown.items():
        clicks = sum(counter.clicked.get((text, product), {}).values())
        shown = sum(places.values())
        if shown < least or not clicks or not text:
            continue
        examined = sum(times / found.weight(place) for place, times in places.items())
        mean = sum(place * times for place, times in places.items()) / shown
        rows.append(Attraction(text, product, shown, clicks, mean, clicks / shown, min(clicks / examined, 1.0)))
    return sorted(rows, key=lambda row: ((row.click_rate - row.attraction) * row.shown, row.text, row.product_id))


def counted(searches: Iterable[SearchRecord], events: Sequence[Event]) -> PlaceCounter:
    """Count searches and then the clicks on them."""
    counter = PlaceCounter()
    for search in searches:
        counter.show(search)
    for event in events:
        counter.click(event)
    return counter
