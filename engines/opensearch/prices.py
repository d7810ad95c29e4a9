"""The price that a buyer pays, as conditions on units, as the numbers to count, and as an order.

Filters, facets and sorting know no more of prices than this. Without price lists they are the catalogue's own, one
field of a unit; ``buyer_prices`` has those of buyers with lists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engines.opensearch.conditions import NOTHING, UNITS
from engines.opensearch.connection import Json

PRICE = "units.price"
Bounds = Mapping[str, float]
"""Any of ``gt``, ``gte``, ``lt`` and ``lte``, in the currency; none is any price."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct prices in any order, and the units at each; whether these are all."""

    values: NDArray[np.float64]
    units: NDArray[np.int64]
    complete: bool


class Prices(Protocol):
    """One kind of price of the units."""

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds."""
        ...

    def values(self, size: int) -> Json:
        """Return the aggregation that lists the distinct prices of units, up to ``size`` of one kind."""
        ...

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``."""
        ...

    def lowered(self) -> Json:
        """Return the condition that a unit costs less by a promotion."""
        ...

    def order(self, condition: Json | None, *, descending: bool) -> list[Json]:
        """Return the order of products by the lowest price of their units that meet a condition; products without one
        come last. None is for products that have one unit each, which all conditions of the search are about."""
        ...


class OwnPrices:
    """The catalogue's own prices."""

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds."""
        return {"range": {PRICE: bounds}} if bounds else {"exists": {"field": PRICE}}

    def values(self, size: int) -> Json:
        """Return the aggregation that lists distinct prices."""
        return own_values(self.within({}), size)

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``."""
        return read_buckets(answer)

    def lowered(self) -> Json:
        """Return the condition that a unit costs less by a promotion: none does."""
        return NOTHING

    def order(self, condition: Json | None, *, descending: bool) -> list[Json]:
        """Return the order of products by price."""
        nested: dict[str, object] = {"path": UNITS} if condition is None else {"path": UNITS, "filter": condition}
        order = "desc" if descending else "asc"
        return [{PRICE: {"order": order, "mode": "min", "nested": nested, "missing": "_last"}}]


def own_values(condition: Json, size: int) -> Json:
    """Return the aggregation that lists the catalogue's own prices of the units that meet a condition."""
    return {"filter": condition, "aggs": {"values": {"terms": {"field": PRICE, "size": size}}}}


def read_buckets(answer: Json) -> Counted:
    """Read the values of one aggregation, as they are in the index."""
    buckets = answer["values"]["buckets"]
    return Counted(
        np.array([bucket["key"] for bucket in buckets], dtype=np.float64),
        np.array([bucket["doc_count"] for bucket in buckets], dtype=np.int64),
        not answer["values"].get("sum_other_doc_count", 0),
    )


def merged(parts: Sequence[Counted]) -> Counted:
    """Return the prices of several kinds, which no unit has two of, as one."""
    if not parts:
        return Counted(np.empty(0), np.empty(0, np.int64), complete=True)
    values, places = np.unique(np.concatenate([each.values for each in parts]), return_inverse=True)
    counts = np.concatenate([each.units for each in parts])
    units = np.bincount(places, weights=counts, minlength=len(values)).astype(np.int64)
    return Counted(values, units, all(each.complete for each in parts))
