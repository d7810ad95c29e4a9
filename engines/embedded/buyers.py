"""What each buyer sees of a snapshot: views with the buyer's prices and of the buyer's assortments alone."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from threading import Lock

import numpy as np

from commerce.buyer import Buyer
from commerce.pricing import Selected
from engines.embedded.book import Book
from engines.embedded.book_entries import StoredAssortment
from engines.embedded.filtering import filter_mask
from engines.embedded.part import Mask, gather
from engines.embedded.pricing import BuyerPrices, ListJoins
from engines.embedded.promoting import PromotionUnits, active_promotions
from engines.embedded.view import View
from engines.stock import EVERYWHERE, day_number_at, place_of

_KEPT_UNITS = 10_000_000
"""Units over all kept buyers: some 30 bytes each."""
Key = tuple[object, ...]


class BuyerViews:
    """Makes the views of buyers from the catalogue's own, and keeps those that were asked for last. Safe for concurrent
    use."""

    def __init__(
        self, views: Sequence[View], book: Book, currency: str, joins: ListJoins, promoted: PromotionUnits
    ) -> None:
        self._views = views
        self._book = book
        self._currency = currency
        self._joins = joins
        self._plain: tuple[int, Sequence[View]] = (0, views)
        self._promoted = promoted
        self._kept: OrderedDict[Key, Sequence[View]] = OrderedDict()
        self._most = max(_KEPT_UNITS // max(sum(view.part.units for view in views), 1), 4)
        self._lock = Lock()

    def of(self, buyer: Buyer, at: datetime | None = None) -> Sequence[View]:
        """Return what a buyer sees at a moment, None is now.

        Price lists that are unknown, not in force or in another currency are passed over, and so is a location that the
        catalogue does not know; an unknown assortment is empty.
        """
        moment = at or datetime.now(UTC)
        day, location = day_number_at(moment), self._location(buyer)
        plain = not buyer.price_lists and buyer.fallback and buyer.assortments is None and location is None
        if plain and not self._book.promotions:
            return self._everyones(day)
        prices = self._prices(buyer, moment)
        seen = None if buyer.assortments is None else self._assortments(buyer.assortments)
        if prices is None and seen is None and location is None:
            return self._everyones(day)
        key: Key = (
            day,
            location,
            None if prices is None else prices.key(),
            None if seen is None else tuple(each.number for each in seen),
        )
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        made = [self._view(view, prices, seen, location) for view in self._everyones(day)]
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def _everyones(self, day: int) -> Sequence[View]:
        """Return the catalogue's own views as of a day; kept for the day that was asked for last."""
        plain = self._plain
        if plain[0] != day:
            plain = self._plain = (day, [replace(view, day=day, kept={}) for view in self._views])
        return plain[1]

    def _location(self, buyer: Buyer) -> str | None:
        place = place_of(buyer.location)
        known = place != EVERYWHERE and any(view.offers.stocks.knows(place) for view in self._views)
        return buyer.location if known else None

    def _prices(self, buyer: Buyer, moment: datetime) -> BuyerPrices | None:
        named = (self._book.lists.get(each) for each in dict.fromkeys(buyer.price_lists))
        lists = tuple(
            each for each in named if each and each.terms.currency == self._currency and each.terms.holds(moment)
        )
        promotions = active_promotions(self._book, moment, self._currency, self._promoted)
        if not lists and buyer.fallback and not promotions:
            return None
        return BuyerPrices(self._book, lists, buyer.fallback, self._currency, self._joins, promotions)

    def _assortments(self, names: Sequence[str]) -> list[StoredAssortment]:
        found = (self._book.assortments.get(each) for each in dict.fromkeys(names))
        return [each for each in found if each]

    def _view(
        self, view: View, prices: BuyerPrices | None, seen: list[StoredAssortment] | None, location: str | None
    ) -> View:
        live = view.live
        if seen is not None:
            nothing = np.zeros(view.part.count, bool)
            live = live & reduce(np.logical_or, (self._visible(each, view) for each in seen), nothing)
        offers = (prices.offers(view) if prices else view.offers).seen_at(place_of(location))
        return replace(view, offers=offers, live=live, prices=prices, location=location, kept=None)

    def _visible(self, assortment: StoredAssortment, view: View) -> Mask:
        include = assortment.selected.include
        visible = np.ones(view.part.count, bool)
        if include is not None:
            visible = self._selected(assortment.include, include, view)
        return visible & ~self._selected(assortment.exclude, assortment.selected.exclude, view)

    def _selected(self, place: tuple[int, int], selected: Selected, view: View) -> Mask:
        mask = np.zeros(view.part.count, bool)
        postings = view.part.postings
        terms = postings.find(self._book.hashes(place))
        mask[gather(postings.ends, postings.rows, terms[terms >= 0])] = True
        if selected.filter is not None:
            mask |= view.part.any_unit(filter_mask(view, selected.filter))
        return mask
