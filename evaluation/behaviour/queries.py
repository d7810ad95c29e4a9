"""Queries: how often, what came of them, and what to do about those that nothing came of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rapidfuzz import fuzz, process

from commerce.event import CLICKS, Event, SearchRecord
from evaluation.behaviour.visits import Visits
from evaluation.positions import Examination

Proposal = Literal["synonym", "redirect", "missing_product", "check_order"]
_FEWEST_SEARCHES = 3
_ALIKE = 82.0
_MOST_COMPARED = 5_000
_MOST_PROPOSED = 500


@dataclass(slots=True)
class QueryRow:
    """One query, in lower case, over all its searches; ``revenue`` is of purchases that its clicks led to.

    ``weighted_clicks`` count each click by how seldom its place is looked at: what they would be at the first place.
    """

    text: str
    searches: int = 0
    without_result: int = 0
    clicked: int = 0
    clicks: int = 0
    positions: int = 0
    weighted_clicks: float = 0.0
    added: int = 0
    bought: int = 0
    revenue: Decimal = Decimal(0)

    @property
    def click_rate(self) -> float:
        """Return the share of searches with a click."""
        return self.clicked / self.searches if self.searches else 0.0

    @property
    def mean_position(self) -> float | None:
        """Return the mean place that was clicked."""
        return self.positions / self.clicks if self.clicks else None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What could help a query: a ``synonym`` or a query that people went on with, a ``redirect`` to a product that they
    found in the end, or nothing that is there (``missing_product``). ``evidence`` is how many visits say so."""

    text: str
    searches: int
    problem: Literal["no_result", "no_click"]
    proposal: Proposal
    target: str | None
    evidence: int


@dataclass(slots=True)
class QueryReview:
    """Queries by number of searches, the proposals, and the fields that searches were narrowed by."""

    rows: list[QueryRow] = field(default_factory=list)
    proposals: list[Proposed] = field(default_factory=list)
    facets: Counter[str] = field(default_factory=Counter)


def review_queries(visits: Visits, examination: Examination | None = None) -> QueryReview:
    """Count what came of each query. Only first pages count as searches, and browsing is none.

    Where it is known how much each place is looked at, clicks are weighed by that too.
    """
    rows: dict[str, QueryRow] = {}
    facets: Counter[str] = Counter()
    text_of: dict[str, str] = {}
    for search in _all(visits):
        facets.update(search.facets)
        text = _plain(search.text)
        if not text:
            continue
        text_of[search.query_id] = text
        if search.page == 1:
            row = rows.setdefault(text, QueryRow(text))
            row.searches += 1
            row.without_result += search.total == 0
    for visit in visits.visits:
        _credit(visit.events, text_of, rows, examination)
    ordered = sorted(rows.values(), key=lambda row: (-row.searches, row.text))
    return QueryReview(ordered, _proposals(visits, ordered), facets)


def _all(visits: Visits) -> Iterable[SearchRecord]:
    yield from visits.unnamed
    for visit in visits.visits:
        yield from visit.searches


def _credit(
    events: Sequence[Event],
    text_of: Mapping[str, str],
    rows: Mapping[str, QueryRow],
    examination: Examination | None,
) -> None:
    """Credit a visit's events to the queries that they name, or whose click on the product came last."""
    clicked: set[str] = set()
    origin: dict[str, str] = {}
    for event in events:
        query = event.query_id or origin.get(event.object_id or "")
        row = rows.get(text_of.get(query, "")) if query is not None else None
        if row is None or query is None:
            continue
        if event.object_id is not None:
            origin[event.object_id] = query
        if event.action.lower() in CLICKS:
            row.clicks += 1
            row.positions += event.position or 1
            row.weighted_clicks += 1.0 if examination is None else examination.weight(event.position or 1)
            row.clicked += query not in clicked
            clicked.add(query)
        elif event.deed == "added":
            row.added += 1
        elif event.deed == "bought":
            row.bought += 1
            row.revenue += (event.net or Decimal(0)) * (event.quantity or Decimal(1))


def _proposals(visits: Visits, rows: Sequence[QueryRow]) -> list[Proposed]:
    good = {row.text: row for row in rows if row.clicked or (row.searches > row.without_result and not row.clicks)}
    went_on: defaultdict[str, Counter[str]] = defaultdict(Counter)
    found_after: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for visit in visits.visits:
        clicked = {event.query_id for event in visit.events if event.action.lower() in CLICKS}
        for search, following in zip(visit.searches, visit.searches[1:], strict=False):
            text, after = _plain(search.text), _plain(following.text)
            if text and after and text != after and search.query_id not in clicked and following.query_id in clicked:
                went_on[text][after] += 1
        if visit.searches:
            first = visit.searches[0]
            bought = {e.object_id for e in visit.events if e.deed == "bought" and e.object_id and e.at > first.at}
            if first.query_id not in clicked and _plain(first.text):
                found_after[_plain(first.text)].update(bought)
    compared = [row.text for row in rows if row.text in good and not row.without_result][:_MOST_COMPARED]
    proposals: list[Proposed] = []
    for row in rows:
        if len(proposals) == _MOST_PROPOSED:
            break
        if row.searches < _FEWEST_SEARCHES or row.clicked:
            continue
        if row.without_result > row.searches / 2:
            proposals.append(_for_no_result(row, went_on[row.text], compared))
        else:
            proposals.append(_for_no_click(row, went_on[row.text], found_after[row.text]))
    return proposals


def _for_no_result(row: QueryRow, went_on: Counter[str], compared: Sequence[str]) -> Proposed:
    if went_on:
        target, evidence = went_on.most_common(1)[0]
        return Proposed(row.text, row.searches, "no_result", "synonym", target, evidence)
    alike = process.extractOne(row.text, compared, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if alike is not None:
        return Proposed(row.text, row.searches, "no_result", "synonym", str(alike[0]), 0)
    return Proposed(row.text, row.searches, "no_result", "missing_product", None, row.searches)


def _for_no_click(row: QueryRow, went_on: Counter[str], bought: Counter[str]) -> Proposed:
    if went_on:
        target, evidence = went_on.most_common(1)[0]
        return Proposed(row.text, row.searches, "no_click", "synonym", target, evidence)
    if bought:
        target, evidence = bought.most_common(1)[0]
        return Proposed(row.text, row.searches, "no_click", "redirect", target, evidence)
    return Proposed(row.text, row.searches, "no_click", "check_order", None, row.searches)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
