"""Stock by location in the cluster: what units keep of it, conditions on what one buyer can have, and answers.

Locations are numbers (``engines.stock.place_of``), and so are days; what a unit keeps of a place is one whole number,
the place before the value, so that a range of numbers is a range of one place's values. ``EVERYWHERE`` stands for all
locations together, worked out when a unit is written; only what depends on today is left to the query.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor

from commerce.availability import Availability, Delivery, LocationStock, seen
from commerce.buyer import Buyer
from engines.opensearch.conditions import NOTHING, UNITS, any_of
from engines.opensearch.connection import Json
from engines.opensearch.states import of_states
from engines.plan import Interval
from engines.stock import (
    AVAILABLE_BY,
    DAY_SECONDS,
    EVERYWHERE,
    IN_STOCK,
    day_number_at,
    day_of_number,
    number_of_day,
    place_of,
)
from language.filters.tree import Compare, Exists, In, Scalar

STOCK_FIELDS = frozenset({IN_STOCK, AVAILABLE_BY})
STOCK_MAPPING: Json = {
    # The places that something is known of; those where nothing is on hand, and where something is.
    "places": {"type": "long"},
    "sold_out": {"type": "long"},
    "on_hand": {"type": "long"},
    # Lead times in days and days of deliveries, each behind its place.
    "lead": {"type": "long"},
    "coming": {"type": "long"},
}
_VALUE_BITS = 21
_LATEST = (1 << _VALUE_BITS) - 1
_FIRST_DAY = date(1970, 1, 1)
_MOST_SECONDS = 1e12


def stock_source(stock: int | None, supply: Sequence[LocationStock]) -> dict[str, object]:
    """Return what a unit keeps of its stock."""
    whole = seen(stock, supply, None, _FIRST_DAY)
    own = next((each.next_delivery for each in supply if each.location is None), None)
    local = [(place_of(each.location), each) for each in supply if each.location is not None]
    quantities = [(EVERYWHERE, whole.quantity), *((place, each.quantity) for place, each in local)]
    leads = [(EVERYWHERE, whole.lead_time_days), *((place, each.lead_time_days) for place, each in local)]
    deliveries = [(place, each.next_delivery) for place, each in local]
    deliveries += [(EVERYWHERE, each) for each in ([own] if own else [each.next_delivery for _, each in local])]
    return {
        "stock": stock,
        "places": [place for place, _ in local],
        "sold_out": [place for place, quantity in quantities if quantity == 0],
        "on_hand": [place for place, quantity in quantities if quantity],
        "lead": [_packed(place, days) for place, days in leads if days is not None],
        "coming": [_packed(place, number_of_day(each.date)) for place, each in deliveries if each is not None],
        "supply": [_row(each) for each in supply],
    }


def is_sold_out(stock: int | None, supply: Iterable[LocationStock]) -> bool:
    """Say whether a unit is out of stock for some buyer."""
    return stock == 0 or any(each.quantity == 0 for each in supply)


@dataclass(frozen=True, slots=True)
class SeenStock:
    """What one buyer, of a location or of none, can have as of one day."""

    location: str | None = None
    day: int = 0

    @staticmethod
    def of(buyer: Buyer, at: datetime | None) -> "SeenStock":
        """Return what a buyer can have at a moment, None is now."""
        return SeenStock(buyer.location, day_number_at(at))

    def condition(self, node: Compare | In | Exists) -> Json:
        """Return a filter's condition on units, for the fields of stock."""
        if node.field == IN_STOCK:
            return of_states(node, lambda state: self.in_stock(state=state))
        match node:
            case Exists():
                return self._between(None, None)
            case In(values=values):
                return any_of([self._on(value) for value in values])
            case Compare(op="=", value=value):
                return self._on(value)
            case Compare(op="!=", value=value):
                return {"bool": {"filter": [self._between(None, None)], "must_not": [self._on(value)]}}
            case Compare(op=op, value=value):
                if isinstance(value, str):
                    return NOTHING
                moment = _days(float(value))
                first = floor(moment) + 1 if op == ">" else -floor(-moment) if op == ">=" else None
                last = -floor(-moment) - 1 if op == "<" else floor(moment) if op == "<=" else None
                return self._between(first, last)

    def within(self, interval: Interval) -> Json:
        """Return the condition that a unit can be had in an interval."""
        first = None if interval.gte is None else -floor(-_days(interval.gte))
        last = None if interval.lt is None else -floor(-_days(interval.lt)) - 1
        return self._between(first, last)

    def in_stock(self, *, state: bool) -> Json:
        """Return the condition that a unit can be had at once, or that it cannot."""
        own = self._placed(lambda place: _term("sold_out", place))
        return _not(own) if state else own

    def of_unit(self, unit: Json) -> Availability:
        """Return what the buyer can have of a unit, from its part of a product's source."""
        supply = [_place(row) for row in unit.get("supply", ())]
        return seen(unit["stock"], supply, self.location, day_of_number(self.day))

    def _on(self, value: Scalar) -> Json:
        if isinstance(value, str) or _days(float(value)) % 1:
            return NOTHING
        day = int(_days(float(value)))
        return self._between(day, day)

    def _between(self, first: int | None, last: int | None) -> Json:
        """Return the condition that the day from which a unit can be had lies between two days, open where None."""
        return self._placed(lambda place: self._between_at(place, first or 0, _LATEST if last is None else last))

    def _between_at(self, place: int, first: int, last: int) -> Json:
        today, start = self.day, max(first, self.day)
        later: list[Json] = []
        if start <= last:
            missing = [_range("coming", place, today, start - 1)] if start > today else []
            due = _range("coming", place, start, last)
            later.append({"bool": {"filter": [due], "must_not": missing}})
            led = _range("lead", place, start - today, last - today)
            later.append({"bool": {"filter": [led], "must_not": [_range("coming", place, today, _LATEST)]}})
        here = _term("on_hand", place)
        parts: list[Json] = [{"bool": {"filter": [any_of(later)], "must_not": [here]}}]
        if first <= today <= last:
            parts.append(here)
        return any_of(parts)

    def _placed(self, condition: Callable[[int], Json]) -> Json:
        """Return a condition on the buyer's own place where something is known of it, else on all together."""
        place = place_of(self.location)
        if place == EVERYWHERE:
            return condition(EVERYWHERE)
        known = _term("places", place)
        return any_of(
            [
                {"bool": {"filter": [known, condition(place)]}},
                {"bool": {"filter": [condition(EVERYWHERE)], "must_not": [known]}},
            ]
        )


EVERYONES_STOCK = SeenStock()


def _days(seconds: float) -> float:
    return max(-_MOST_SECONDS, min(seconds, _MOST_SECONDS)) / DAY_SECONDS


def _packed(place: int, value: int) -> int:
    return place << _VALUE_BITS | value


def _range(field: str, place: int, first: int, last: int) -> Json:
    ends = {"gte": _packed(place, max(first, 0)), "lte": _packed(place, min(last, _LATEST))}
    return {"range": {f"{UNITS}.{field}": ends}} if first <= last and last >= 0 and first <= _LATEST else NOTHING


def _term(field: str, place: int) -> Json:
    return {"term": {f"{UNITS}.{field}": place}}


def _not(condition: Json) -> Json:
    return {"bool": {"must_not": [condition]}}


def _row(each: LocationStock) -> list[object]:
    coming = each.next_delivery
    ends = (None, None) if coming is None else (coming.date.isoformat(), coming.quantity)
    return [each.location, each.quantity, each.lead_time_days, *ends]


def _place(row: Sequence[object]) -> LocationStock:
    location, quantity, lead, day, coming = row
    delivery = None if day is None else Delivery(date.fromisoformat(str(day)), coming)  # type: ignore[arg-type]
    return LocationStock(location, quantity, lead, delivery)  # type: ignore[arg-type]
