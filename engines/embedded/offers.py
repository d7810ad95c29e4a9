"""Prices and stock of one part as one buyer has them at one moment; for most buyers the catalogue's own."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array
from engines.embedded.part import NO_PRICE, PRICE_SCALE, Mask, Part, Rows
from engines.embedded.state import newest
from engines.embedded.stocks import Stocks

Nets = NDArray[np.int64]


class Offers:
    """The offers of one part's units; immutable.

    ``net`` are the buyer's prices for quantity 1 and ``own`` the catalogue's, ``stocks`` what the buyer can have.
    ``lists`` says for each unit which of the buyer's price lists its price comes from, -1 for the catalogue's own; None
    if all are. ``before`` are the buyer's prices without promotions; None where there are none.
    """

    def __init__(
        self,
        net: Nets,
        stocks: Stocks,
        own: Nets | None = None,
        lists: NDArray[np.int16] | None = None,
        before: Nets | None = None,
    ) -> None:
        self.net = net
        self.stocks = stocks
        self.own = net if own is None else own
        self.lists = lists
        self.before = before

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
        return np.asarray(self.stocks.quantity != 0)

    @cached_property
    def on_offer(self) -> Mask:
        """Which units cost less by a promotion."""
        return np.zeros(len(self.net), bool) if self.before is None else np.asarray(self.net < self.before)

    def states_of(self, field: str) -> Mask:
        """Return where a field of ``OFFERED`` is true: ``in_stock`` or ``on_offer``."""
        return self.on_offer if field == "on_offer" else self.in_stock

    @cached_property
    def all_in_stock(self) -> bool:
        """Whether nothing is out of stock."""
        return bool(np.all(self.in_stock))

    def seen_at(self, place: int) -> "Offers":
        """Return the offers with the stock as a buyer of a place has it."""
        stocks = self.stocks.seen_at(place)
        return self if stocks is self.stocks else Offers(self.net, stocks, self.own, self.lists, self.before)

    def changed(self, part: Part, news: "News") -> "Offers":
        """Return the catalogue's own offers after what is new, of which entries of other parts are passed over."""
        own, supplies = news.of(part)
        if not len(own):
            return self
        net, plain = self.net.copy(), self.stocks.plain.copy()
        # Of several entries for one unit the last one stays.
        net[own["unit"]] = own["net"]
        plain[own["unit"]] = own["stock"]
        return Offers(net, self.stocks.changed(plain, own["unit"], supplies))


class News:
    """Offers that changed, in the order of their log from the entry ``first`` on, with their stock by location."""

    def __init__(self, offers: Array, supplies: Array, first: int) -> None:
        self._offers = offers
        # What an older offer of the same unit said is over.
        self._supplies = supplies[np.isin(supplies["entry"], newest(offers) + first)] if len(supplies) else supplies

    def of(self, part: Part) -> tuple[Array, Array]:
        """Return the entries of one part, whose units they then count within it."""
        return _within(self._offers, part), _within(self._supplies, part)


def _within(entries: Array, part: Part) -> Array:
    own = entries[(entries["unit"] >= part.unit_base) & (entries["unit"] < part.unit_base + part.units)]
    own["unit"] -= part.unit_base
    return own


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
