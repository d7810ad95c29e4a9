"""What one buyer can have of the articles of one part: the plain stock, overlaid by what is known of the buyer's
location. The rule is that of ``commerce.availability``, computed for all units at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from commerce.availability import Availability, Delivery
from engines.embedded.container import Array
from engines.embedded.part import NO_STOCK, Rows
from engines.embedded.state import SUPPLY
from engines.stock import EVERYWHERE, day_of_number, seconds_of_day

Whole = NDArray[np.int64]
NONE = -1
_NEVER = np.iinfo(np.int64).max


class Supplies:
    """Stock by location of one part: rows of ``SUPPLY``, whose units are counted within the part; immutable."""

    def __init__(self, rows: Array) -> None:
        order = np.lexsort((rows["unit"], rows["place"]))
        self.rows: Array = rows[order]

    def at(self, place: int) -> Array:
        """Return the rows of one place, by unit."""
        first, last = np.searchsorted(self.rows["place"], (place, place + 1))
        return self.rows[first:last]

    def changed(self, units: Whole, rows: Array) -> "Supplies":
        """Return what there is when ``rows`` are all that is known of these units."""
        if not len(self.rows) and not len(rows):
            return self
        kept = self.rows[~np.isin(self.rows["unit"], units)]
        return Supplies(np.concatenate([kept, rows]))


NO_SUPPLIES = Supplies(np.empty(0, SUPPLY))


@dataclass(frozen=True, slots=True)
class Times:
    """Lead times in days, days of the next delivery and its quantities by unit, as of one day; NONE is unknown."""

    day: int
    lead: Whole
    coming: Whole
    coming_quantity: Whole
    available: Whole


class Stocks:
    """Stock of one part's units at one place; immutable.

    ``plain`` is the catalogue's own for all locations together, ``supplies`` what is known by location. Four numbers a
    unit are kept for the place once they are asked for.
    """

    def __init__(self, plain: Whole, supplies: Supplies = NO_SUPPLIES, place: int = EVERYWHERE) -> None:
        self.plain = plain
        self.supplies = supplies
        self.place = place
        self._times: Times | None = None

    def changed(self, plain: Whole, units: Whole, rows: Array) -> "Stocks":
        """Return the stock with another plain one, and with ``rows`` as all that is known of ``units`` by location."""
        return Stocks(plain, self.supplies.changed(units, rows), self.place)

    def seen_at(self, place: int) -> "Stocks":
        """Return the stock as a buyer of that place has it."""
        return self if place == self.place else Stocks(self.plain, self.supplies, place)

    def knows(self, place: int) -> bool:
        """Say whether anything is known of a place."""
        return bool(len(self.supplies.at(place)))

    @cached_property
    def quantity(self) -> Whole:
        """What is on hand by unit; NO_STOCK is unknown."""
        rows = self.supplies.rows
        if not len(rows):
            return self.plain
        counted = rows[(rows["place"] != EVERYWHERE) & (rows["quantity"] != NONE)]
        total = np.full(len(self.plain), NO_STOCK, dtype=np.int64)
        total[counted["unit"]] = 0
        np.add.at(total, counted["unit"], counted["quantity"])
        found = np.where(self.plain == NO_STOCK, total, self.plain)
        if self.place != EVERYWHERE:
            own = self.supplies.at(self.place)
            found[own["unit"]] = own["quantity"]
        return found

    @cached_property
    def located(self) -> NDArray[np.bool_]:
        """Of which units something is known of the buyer's own location."""
        found = np.zeros(len(self.plain), bool)
        if self.place != EVERYWHERE:
            found[self.supplies.at(self.place)["unit"]] = True
        return found

    def times(self, day: int) -> Times:
        """Return when units can be had, as of a day; kept for the day that was asked for last."""
        known = self._times
        if known is None or known.day != day:
            known = self._times = self._times_of(day)
        return known

    def dates(self, day: int) -> tuple[Rows, NDArray[np.float64]]:
        """Return the units of which it is known when they can be had, ascending, and the moments, in seconds."""
        available = self.times(day).available
        units = np.flatnonzero(available != NONE).astype(np.int32)
        return units, (available[units] * seconds_of_day(1)).astype(np.float64)

    def of_unit(self, unit: int, day: int, location: str | None) -> Availability:
        """Return what the buyer, whose ``location`` has this place, can have of one unit."""
        times, quantity = self.times(day), int(self.quantity[unit])
        coming = int(times.coming[unit])
        return Availability(
            None if quantity == NO_STOCK else quantity,
            location if self.located[unit] else None,
            _known(times.lead[unit]),
            None if coming == NONE else Delivery(day_of_number(coming), _known(times.coming_quantity[unit])),
            None if (by := int(times.available[unit])) == NONE else day_of_number(by),
        )

    def _times_of(self, day: int) -> Times:
        units = len(self.plain)
        lead, coming, expected = (np.full(units, NONE, dtype=np.int64) for _ in range(3))
        if len(self.supplies.rows):
            whole = self.supplies.at(EVERYWHERE)
            rows = self.supplies.rows[len(whole) :]
            lead = _least(rows["unit"], rows["lead"], rows["lead"] != NONE, units)
            coming = _least(rows["unit"], rows["coming"], rows["coming"] >= day, units)
            first = rows[(rows["coming"] == coming[rows["unit"]]) & (rows["coming"] >= day)]
            first = first[first["coming_quantity"] != NONE]
            expected[first["unit"]] = 0
            np.add.at(expected, first["unit"], first["coming_quantity"])
            led, due = whole[whole["lead"] != NONE], whole[whole["coming"] != NONE]
            lead[led["unit"]] = led["lead"]
            own = self.supplies.at(self.place) if self.place != EVERYWHERE else due[:0]
            lead[own["unit"]] = own["lead"]
            for each in (due, own):
                ahead = each["coming"] >= day
                coming[each["unit"]] = np.where(ahead, each["coming"], NONE)
                expected[each["unit"]] = np.where(ahead, each["coming_quantity"], NONE)
        later = np.where(coming != NONE, coming, np.where(lead != NONE, day + lead, NONE))
        return Times(day, lead, coming, expected, np.where(self.quantity > 0, day, later))


def _least(units: Whole, values: Whole, counts: NDArray[np.bool_], size: int) -> Whole:
    """Return the least of the values that count by unit, NONE where there is none."""
    found = np.full(size, _NEVER, dtype=np.int64)
    np.minimum.at(found, units[counts], values[counts])
    found[found == _NEVER] = NONE
    return found


def _known(value: np.int64) -> int | None:
    return None if value == NONE else int(value)
