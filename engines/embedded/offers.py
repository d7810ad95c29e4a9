"""Prices and stock of one part as one buyer has them at one moment; for most buyers the catalogue's own."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array
from engines.embedded.part import NO_PRICE, PRICE_SCALE, Mask, Part, Rows

Nets = NDArray[np.int64]


class Offers:
    """The offers of one part's units; immutable.

    ``net`` are the buyer's prices for quantity 1 and ``own`` the catalogue's. ``lists`` says for each unit which of the
    buyer's price lists its price comes from, -1 for the catalogue's own; None if all are.
    """

    def __init__(
        self, net: Nets, stock: NDArray[np.int64], own: Nets | None = None, lists: NDArray[np.int16] | None = None
    ) -> None:
        self.net = net
        self.stock = stock
        self.own = net if own is None else own
        self.lists = lists

    @cached_property
    def prices(self) -> "Prices":
        """The buyer's prices."""
        return Prices(self.net)

    @cached_property
    def own_prices(self) -> "Prices":
        """The catalogue's own prices."""
        return self.prices if self.own is self.net else Prices(self.own)

    def prices_of(self, field: str) -> "Prices":
        """Return the prices that a field stands for: ``price`` or ``list_price``."""
        return self.own_prices if field == "list_price" else self.prices

    @cached_property
    def in_stock(self) -> Mask:
        """Which units can be had; those without stock data can."""
        return np.asarray(self.stock != 0)

    def changed(self, part: Part, entries: Array) -> "Offers":
        """Return the catalogue's own offers after ``entries`` (see ``state.OFFER``), of which those of other parts are
        passed over."""
        own = entries[(entries["unit"] >= part.unit_base) & (entries["unit"] < part.unit_base + part.units)]
        if not len(own):
            return self
        net, stock = self.net.copy(), self.stock.copy()
        # Of several entries for one unit the last one stays.
        net[own["unit"] - part.unit_base] = own["net"]
        stock[own["unit"] - part.unit_base] = own["stock"]
        return Offers(net, stock)


@dataclass(frozen=True)
class Prices:
    """Prices in millionths by unit, as numbers when they are first asked for."""

    net: Nets

    @cached_property
    def given(self) -> Mask:
        """Which units have a price."""
        return np.asarray(self.net != NO_PRICE)

    @cached_property
    def every(self) -> NDArray[np.float64]:
        """The price of every unit, senseless where it has none."""
        return self.net / PRICE_SCALE

    @cached_property
    def column(self) -> tuple[Rows, NDArray[np.float64]]:
        """The units that have a price, ascending, and their prices."""
        units = np.flatnonzero(self.given).astype(np.int32)
        return units, self.every[units]
