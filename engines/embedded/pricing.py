"""One buyer's prices of a part: the catalogue's own, overlaid by the buyer's price lists, lowered by promotions; all in
whole numbers."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from commerce.pricing import DEEPEST_CHAIN, OWN, PriceRule
from commerce.promotions import Promoted, Promotion, promote
from engines.embedded.book import Book
from engines.embedded.book_entries import StoredList
from engines.embedded.filtering import filter_mask
from engines.embedded.offers import Nets, Offers
from engines.embedded.part import NO_PRICE, PRICE_SCALE, Part
from engines.embedded.promoting import ActivePromotions
from engines.embedded.rounding import applied
from engines.embedded.view import View, decimal_net

_JOINED_ROWS = 6_000_000
Units = NDArray[np.int64]
Tiers = tuple[tuple[int, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class ListRows:
    """The rows of one list whose articles one part has: units ascending, and for each the net price and from which
    quantity it holds, in ascending order of quantity."""

    units: Units
    nets: Nets
    quantities: NDArray[np.int64]

    def first(self) -> tuple[Units, Nets]:
        """Return the units that have a price for quantity 1, and these prices."""
        one = self.quantities <= 1
        return self.units[one], self.nets[one]

    def of_unit(self, unit: int) -> list[tuple[int, int]]:
        """Return the (quantity, net) pairs of one unit."""
        first, last = np.searchsorted(self.units, (unit, unit + 1)).tolist()
        return list(zip(self.quantities[first:last].tolist(), self.nets[first:last].tolist(), strict=True))


class ListJoins:
    """Remembers which rows of a list belong to which units of a part; neither ever changes. Safe for concurrent use."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Part, int], ListRows] = OrderedDict()
        self._rows = 0
        self._lock = Lock()

    def rows(self, book: Book, prices: StoredList, part: Part) -> ListRows:
        """Return the rows of a list that one part has units for."""
        key = (part, prices.number)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        found = _join(book, prices, part)
        with self._lock:
            if key not in self._known:
                self._known[key] = found
                self._rows += len(found.units) + 1
            while self._rows > _JOINED_ROWS:
                _, oldest = self._known.popitem(last=False)
                self._rows -= len(oldest.units) + 1
        return found


@dataclass(frozen=True, slots=True)
class BuyerPrices:
    """What one buyer pays: ``lists`` are those in force, highest precedence first; with ``fallback`` the catalogue's
    own price holds where they are silent. Then ``promotions`` lower it."""

    book: Book
    lists: tuple[StoredList, ...]
    fallback: bool
    currency: str
    joins: ListJoins
    promotions: ActivePromotions

    def key(self) -> tuple[object, ...]:
        """Return what is equal for buyers with equal prices."""
        return self.fallback, tuple(each.number for each in self.lists), self.promotions.key()

    def offers(self, view: View) -> Offers:
        """Return the offers of one part at these prices; ``view`` has the catalogue's own."""
        own = view.offers
        if not self.lists and self.fallback:
            net, source = own.net, None
        else:
            net = own.net.copy() if self.fallback else np.full_like(own.net, NO_PRICE)
            source = np.full(len(net), -1, dtype=np.int16)
            for place in range(len(self.lists) - 1, -1, -1):
                units, nets = self._prices(self.lists[place], view)
                net[units], source[units] = nets, place
        lowered = self.promotions.lowered(view, net, None if source is None else source >= 0)
        return Offers(lowered, own.stocks, own.net, source, None if lowered is net else net)

    def promotions_of(self, view: View, unit: int) -> tuple[Promotion, ...]:
        """Return the promotions in force on one unit, in the order in which they are applied."""
        return self.promotions.of_unit(view, unit)

    def promoted(self, view: View, unit: int, promotions: Sequence[Promotion]) -> Promoted | None:
        """Return how ``promotions``, those on the unit, come to its price for quantity 1; None if they do not."""
        offers = view.offers
        if not promotions or offers.before is None or offers.before[unit] == offers.net[unit]:
            return None
        was = decimal_net(int(offers.before[unit]))
        assert was is not None  # only what has a price is lowered
        listed = offers.lists is not None and bool(offers.lists[unit] >= 0)
        concerned = [each for each in promotions if each.concerns(1, listed=listed)]
        return promote(was, concerned, self.currency)

    def tiers(self, view: View, unit: int, own: Tiers, promotions: Sequence[Promotion]) -> Tiers | None:
        """Return the prices of one unit at greater quantities; None where they are the catalogue's ``own``.

        At each quantity that some list or the catalogue names, the first list that prices the unit at it counts; None
        is on request. Quantities that ``promotions``, those on the unit, begin at are named where they change the
        price.
        """
        rows = [self._rows_of_unit(prices, view, unit) for prices in self.lists]
        if not any(rows) and not promotions:
            return None
        base: list[tuple[int, int]] = []
        if self.fallback:
            single = int(view.offers.own[unit])
            base = [] if single == NO_PRICE else [(1, single)]
            base += [(quantity, int(net * PRICE_SCALE)) for quantity, net in own if net is not None]
        named = {quantity for each in (*rows, base) for quantity, _ in each if quantity > 1}
        steps = named | {each.min_quantity for each in promotions if each.min_quantity > 1}
        before = decimal_net(int(view.offers.net[unit]))
        found: list[tuple[int, Decimal | None]] = []
        for step in sorted(steps):
            listed = next((each for each in (_at(pairs, step) for pairs in rows) if each is not None), None)
            net = listed if listed is not None else _at(base, step)
            if net is None:
                continue
            shown = decimal_net(net)
            if shown is not None:
                concerned = [each for each in promotions if each.concerns(step, listed=listed is not None)]
                promoted = promote(shown, concerned, self.currency)
                shown = promoted.net if promoted else shown
            if step in named or shown != before:
                found.append((step, shown))
            before = shown
        return tuple(found)

    def _rows_of_unit(self, prices: StoredList, view: View, unit: int) -> list[tuple[int, int]]:
        rows = self.joins.rows(self.book, prices, view.part).of_unit(unit)
        if prices.terms.rules and not (rows and rows[0][0] <= 1):
            units, nets = self._prices(prices, view)
            at = int(np.searchsorted(units, unit))
            if at < len(units) and units[at] == unit:
                return [(1, int(nets[at])), *rows]
        return rows

    def _prices(self, prices: StoredList, view: View, depth: int = 0) -> tuple[Units, Nets]:
        """Return the units that a list prices at quantity 1, ascending, and these prices."""
        units, nets = self.joins.rows(self.book, prices, view.part).first()
        if not prices.terms.rules:
            return units, nets
        net = np.full(view.part.units, NO_PRICE)
        priced = np.zeros(view.part.units, bool)
        priced[units], net[units] = True, nets
        for rule in prices.terms.rules:
            base = self._base(rule, view, depth)
            if base is None:
                continue
            matches = (base != NO_PRICE) & ~priced
            if rule.filter is not None:
                matches &= filter_mask(view, rule.filter)
            net[matches] = applied(rule, base[matches], self.currency)
            priced |= matches
        found = np.flatnonzero(priced)
        return found, net[found]

    def _base(self, rule: PriceRule, view: View, depth: int) -> Nets | None:
        if rule.base == OWN:
            return view.offers.own
        prices = self.book.lists.get(rule.base)
        if prices is None or prices.terms.currency != self.currency or depth >= DEEPEST_CHAIN:
            return None
        units, nets = self._prices(prices, view, depth + 1)
        base = np.full(view.part.units, NO_PRICE)
        base[units] = nets
        return base


def _join(book: Book, prices: StoredList, part: Part) -> ListRows:
    rows = book.rows(prices)
    hashes = np.asarray(rows["article"])
    terms = part.postings.find(hashes)
    at = np.flatnonzero(terms >= 0)
    # The newest row of a product counts; older ones are dead.
    ends = part.postings.ends
    has_row = ends[terms[at] + 1] > ends[terms[at]]
    at = at[has_row]
    products = part.postings.rows[ends[terms[at] + 1] - 1].astype(np.int64)
    if part.unit_ends is None:
        units = products
    else:
        # The price of a product is that of its variants, unless they have their own.
        spread = np.diff(part.unit_ends)[products]
        starts = np.repeat(part.unit_ends[:-1][products], spread)
        ahead = np.arange(len(starts)) - np.repeat(np.cumsum(spread) - spread, spread)
        units, at = starts + ahead, np.repeat(at, spread)
        own_at, own_units = part.variant_index.find(hashes)
        shared = ~np.isin(units, own_units)
        units, at = np.concatenate((units[shared], own_units)), np.concatenate((at[shared], own_at))
    order = np.lexsort((rows["quantity"][at], units))
    at, units = at[order], units[order]
    return ListRows(units.astype(np.int64), np.asarray(rows["net"][at]), np.asarray(rows["quantity"][at]))


def _at(pairs: Sequence[tuple[int, int]], quantity: int) -> int | None:
    """Return the net of the greatest quantity that is not above ``quantity``; None if there is none."""
    found = None
    for least, net in pairs:
        if least <= quantity:
            found = net
    return found
