"""Prices and stock of one part as they are now: what the part was written with, and what changed since."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array
from engines.embedded.part import NO_PRICE, PRICE_SCALE, Mask, Part, Rows


class Offers:
    """The offers of one part's units; immutable."""

    def __init__(self, net: NDArray[np.int64], stock: NDArray[np.int64]) -> None:
        self.net = net
        self.stock = stock

    @cached_property
    def prices(self) -> tuple[Rows, NDArray[np.float64]]:
        """The units that have a price, ascending, and their prices."""
        units = np.flatnonzero(self.net != NO_PRICE).astype(np.int32)
        return units, self.net[units] / PRICE_SCALE

    @cached_property
    def all_prices(self) -> tuple[Mask, NDArray[np.float64]]:
        """Which units have a price, and the price of every unit, senseless where it has none."""
        return np.asarray(self.net != NO_PRICE), self.net / PRICE_SCALE

    @cached_property
    def in_stock(self) -> Mask:
        """Which units can be had; those without stock data can."""
        return np.asarray(self.stock != 0)

    def changed(self, part: Part, entries: Array) -> "Offers":
        """Return the offers after ``entries`` (see ``state.OFFER``), of which those of other parts are passed over."""
        own = entries[(entries["unit"] >= part.unit_base) & (entries["unit"] < part.unit_base + part.units)]
        if not len(own):
            return self
        net, stock = self.net.copy(), self.stock.copy()
        # Of several entries for one unit the last one stays.
        net[own["unit"] - part.unit_base] = own["net"]
        stock[own["unit"] - part.unit_base] = own["stock"]
        return Offers(net, stock)
