"""The whole review of a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from commerce.event import Event, SearchRecord
from commerce.order import Order
from evaluation.behaviour.buyers import Segment, segments
from evaluation.behaviour.conversion import UnitRow, funnel, units
from evaluation.behaviour.drift import Drift, distributions, drifts
from evaluation.behaviour.outcomes import Outcome, outcomes
from evaluation.behaviour.queries import QueryReview, review_queries
from evaluation.behaviour.returned import ReturnRow, returns
from evaluation.behaviour.visits import visits_of
from evaluation.positions import Attraction, Examination, attractions, counted


@dataclass(frozen=True, slots=True)
class ServingModel:
    """A trained model that serves: its kind and version, when it was trained, and until when its data reach."""

    kind: str
    version: int
    trained_at: datetime
    data_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shopping:
    """What customers did in one time. ``…_before`` are of a time of the same length in front of it, for drift alone;
    they and ``orders``, which are all until the end, are read several times. ``costs`` are what products cost the shop,
    by id."""

    since: datetime
    until: datetime
    searches: Iterable[SearchRecord]
    events: Iterable[Event]
    orders: Callable[[], Iterable[Order]]
    searches_before: Callable[[], Iterable[SearchRecord]] = lambda: ()
    events_before: Callable[[], Iterable[Event]] = lambda: ()
    costs: Callable[[set[str]], Mapping[str, Decimal]] = lambda _: {}
    models: tuple[ServingModel, ...] = ()


@dataclass(frozen=True, slots=True)
class BehaviourReview:
    """What customers did from ``since`` to ``until``; segments are of all orders until then.

    ``examination`` is how much each place of hits is looked at, None where too little is known; ``attractions`` are
    what attracts more than its place lets it. ``outcomes`` and ``drift`` compare with the time before.
    """

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
    examination: Examination | None
    attractions: list[Attraction]
    outcomes: list[Outcome]
    drift: list[Drift]
    models: tuple[ServingModel, ...]


def review(given: Shopping) -> BehaviourReview:
    """Measure everything."""
    visits = visits_of(given.searches, given.events)
    searches = [*visits.unnamed, *(each for visit in visits.visits for each in visit.searches)]
    events = [each for visit in visits.visits for each in visit.events]
    places = counted(searches, events)
    examination = places.examination()
    bought = {each.object_id for each in events if each.deed == "bought" and each.object_id is not None}
    begin = given.since - (given.until - given.since)
    return BehaviourReview(
        since=given.since,
        until=given.until,
        searches=len(searches),
        events=len(events),
        robots=visits.robots,
        queries=review_queries(visits, examination),
        funnel=funnel(visits),
        units=units(visits, given.costs(bought)),
        segments=segments(given.orders(), given.until),
        returns=returns(_placed(given.orders(), given.since, given.until), searches, events),
        examination=examination,
        attractions=[] if examination is None else attractions(places, examination),
        outcomes=outcomes((given.searches_before(), given.events_before()), (searches, events)),
        drift=drifts(
            distributions(given.searches_before(), given.events_before(), _placed(given.orders(), begin, given.since)),
            distributions(searches, events, _placed(given.orders(), given.since, given.until)),
        ),
        models=given.models,
    )


def _placed(orders: Iterable[Order], since: datetime, until: datetime) -> Iterable[Order]:
    return (order for order in orders if since <= order.placed_at < until)
