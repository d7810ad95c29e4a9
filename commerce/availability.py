"""What is in stock where, and what one buyer can have of it by when.

The rule. A buyer with a location sees what the shop says of that location. A buyer without one, and every buyer of an
article of which the shop says nothing for the buyer's location, sees all locations together: the plain stock where the
shop gives one, else the sum over the locations; the shop's own lead time and next delivery for all together, else the
shortest lead time and the earliest next delivery of any location. A quantity that the shop does not give hinders
nobody: such an article is in stock. Deliveries of days that are over are passed over. Days are those of UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

LONGEST_LEAD_TIME = 3650
"""Days."""
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


class Delivery(NamedTuple):
    """What comes in on a day; ``quantity`` None is unknown."""

    date: date
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class LocationStock:
    """What the shop says of one article at one location, or with ``location`` None of all locations together, whose
    quantity is the offer's ``stock``. None is what it does not say."""

    location: str | None
    quantity: int | None = None
    lead_time_days: int | None = None
    next_delivery: Delivery | None = None

    def __bool__(self) -> bool:
        return not (self.quantity is None and self.lead_time_days is None and self.next_delivery is None)


class Availability(NamedTuple):
    """What one buyer can have of an article. ``location`` is the buyer's where the shop says something for it.

    ``available_by`` is the day from which the buyer can have it, None where nobody can say.
    """

    quantity: int | None = None
    location: str | None = None
    lead_time_days: int | None = None
    next_delivery: Delivery | None = None
    available_by: date | None = None

    @property
    def in_stock(self) -> bool:
        """Whether it can be had at once, as far as the shop says."""
        return self.quantity is None or self.quantity > 0


def day_of(at: datetime | None) -> date:
    """Return the day of a moment, None is now."""
    return (at or datetime.now(UTC)).astimezone(UTC).date()


def seen(stock: int | None, supply: Sequence[LocationStock], location: str | None, today: date) -> Availability:
    """Return what a buyer with a location, or with None, sees of an article."""
    if not supply:
        return _available(stock, None, None, None, today)
    own = next((each for each in supply if each.location == location), None) if location is not None else None
    if own is not None:
        return _available(own.quantity, location, own.lead_time_days, _coming(own, today), today)
    places = [each for each in supply if each.location is not None]
    whole = next((each for each in supply if each.location is None), LocationStock(None))
    quantity = stock
    if quantity is None:
        quantity = _sum(each.quantity for each in places)
    lead = whole.lead_time_days
    if lead is None:
        lead = min((each.lead_time_days for each in places if each.lead_time_days is not None), default=None)
    if whole.next_delivery is not None:
        return _available(quantity, None, lead, _coming(whole, today), today)
    deliveries = [each for each in (_coming(place, today) for place in places) if each is not None]
    return _available(quantity, None, lead, _earliest(deliveries), today)


def available_by(quantity: int | None, coming: Delivery | None, lead_time_days: int | None, today: date) -> date | None:
    """Return the first day: today for what is on hand, else the next delivery's, else after the lead time."""
    if quantity is not None and quantity > 0:
        return today
    if coming is not None:
        return coming.date
    return None if lead_time_days is None else today + timedelta(days=lead_time_days)


def together(articles: Sequence[Availability]) -> Availability:
    """Return what there is of several articles, such as a product's variants, of which any will do.

    The quantity is their sum, None if it is unknown of one of them.
    """
    if len(articles) == 1:
        return articles[0]
    quantities = [each.quantity for each in articles if each.quantity is not None]
    return Availability(
        sum(quantities) if len(quantities) == len(articles) else None,
        next((each.location for each in articles if each.location is not None), None),
        min((each.lead_time_days for each in articles if each.lead_time_days is not None), default=None),
        _earliest([each.next_delivery for each in articles if each.next_delivery is not None]),
        min((each.available_by for each in articles if each.available_by is not None), default=None),
    )


def _available(
    quantity: int | None, location: str | None, lead: int | None, coming: Delivery | None, today: date
) -> Availability:
    return Availability(quantity, location, lead, coming, available_by(quantity, coming, lead, today))


def _coming(place: LocationStock, today: date) -> Delivery | None:
    delivery = place.next_delivery
    return delivery if delivery is not None and delivery.date >= today else None


def _earliest(deliveries: Sequence[Delivery]) -> Delivery | None:
    """Return what comes in on the earliest day; unknown quantities count as none beside known ones."""
    if not deliveries:
        return None
    first = min(each.date for each in deliveries)
    return Delivery(first, _sum(each.quantity for each in deliveries if each.date == first))


def _sum(quantities: Iterable[int | None]) -> int | None:
    known = [each for each in quantities if each is not None]
    return sum(known) if known else None
