"""The whole review of a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from commerce.event import Event, SearchRecord
from commerce.order import Order
from evaluation.behaviour.buyers import ReturnRow, Segment, returns, segments
from evaluation.behaviour.conversion import UnitRow, funnel, units
from evaluation.behaviour.queries import QueryReview, review_queries
from evaluation.behaviour.visits import visits_of


@dataclass(frozen=True, slots=True)
class BehaviourReview:
    """What customers did from ``since`` to ``until``; segments are of all orders until then."""

    since: datetime
    until: datetime
    searches: int
    events: int
    robots: int
    queries: QueryReview
    funnel: Mapping[str, int]
    units: list[UnitRow]
    segments: list[Segment]
    returns: list[ReturnRow]


def review(
    searches: Iterable[SearchRecord],
    events: Iterable[Event],
    orders: Callable[[], Iterable[Order]],
    since: datetime,
    until: datetime,
) -> BehaviourReview:
    """Measure everything; ``searches`` and ``events`` are of the time, ``orders`` all until its end, read twice."""
    visits = visits_of(searches, events)
    made = len(visits.unnamed) + sum(len(visit.searches) for visit in visits.visits)
    return BehaviourReview(
        since=since,
        until=until,
        searches=made,
        events=sum(len(visit.events) for visit in visits.visits),
        robots=visits.robots,
        queries=review_queries(visits),
        funnel=funnel(visits),
        units=units(visits),
        segments=segments(orders(), until),
        returns=returns(order for order in orders() if order.placed_at >= since),
    )
