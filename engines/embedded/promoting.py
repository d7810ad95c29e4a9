"""Promotions over one part: which units they concern, and what they make of the prices of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from commerce.promotions import Promotion, in_order
from engines.embedded.book import Book
from engines.embedded.book_entries import StoredPromotion
from engines.embedded.filtering import filter_mask
from engines.embedded.offers import Nets
from engines.embedded.part import NO_PRICE, Mask, Part, gather
from engines.embedded.rounding import lowered
from engines.embedded.view import View


class PromotionUnits:
    """Remembers which units of a part promotions are on, a byte for each unit; neither ever changes. Safe for
    concurrent use."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Part, dict[int, Mask]] = WeakKeyDictionary()
        self._last: WeakKeyDictionary[Part, tuple[tuple[int, ...], list[Mask]]] = WeakKeyDictionary()
        self._lock = Lock()

    def masks(self, active: "ActivePromotions", view: View) -> list[Mask]:
        """Return the masks of promotions in their order; at hand for those that were asked for last."""
        key = active.key()
        with self._lock:
            last = self._last.get(view.part)
        if last is not None and last[0] == key:
            return last[1]
        found = [self.mask(active.book, each, view) for each in active.promotions]
        with self._lock:
            self._last[view.part] = (key, found)
        return found

    def mask(self, book: Book, promotion: StoredPromotion, view: View) -> Mask:
        """Return which units of a part a promotion is on."""
        with self._lock:
            known = self._known.get(view.part, {}).get(promotion.number)
        if known is not None:
            return known
        found = _selected(book, promotion, view)
        numbers = {each.number for each in book.promotions.values()}
        with self._lock:
            kept = {number: mask for number, mask in self._known.get(view.part, {}).items() if number in numbers}
            self._known[view.part] = {**kept, promotion.number: found}
        return found


@dataclass(frozen=True, slots=True)
class ActivePromotions:
    """The promotions that are in force at one moment, in the order in which they are applied."""

    book: Book
    promotions: tuple[StoredPromotion, ...]
    currency: str
    units: PromotionUnits

    def __bool__(self) -> bool:
        return bool(self.promotions)

    def key(self) -> tuple[int, ...]:
        """Return what is equal where the same promotions are in force."""
        return tuple(each.number for each in self.promotions)

    def lowered(self, view: View, nets: Nets, listed: Mask | None) -> Nets:
        """Return the prices of a part's units for quantity 1 with promotions; ``nets`` itself where none concerns any.

        ``listed`` says which prices are by a price list, None for none. The rules are those of ``commerce.promotions``.
        """
        given = nets != NO_PRICE
        best = left = nets
        for each, mask in zip(self.promotions, self.units.masks(self, view), strict=True):
            if each.terms.min_quantity > 1:
                continue
            on = given & mask
            if listed is not None and not each.terms.applies_to_price_lists:
                on &= ~listed
            units = np.flatnonzero(on)
            if not len(units):
                continue
            if each.terms.stackable:
                left = left.copy() if left is nets else left
                left[units] = lowered(each.terms, left[units], self.currency)
            else:
                best = best.copy() if best is nets else best
                best[units] = np.minimum(best[units], lowered(each.terms, nets[units], self.currency))
        return best if best is left else np.minimum(best, left)

    def of_unit(self, view: View, unit: int) -> tuple[Promotion, ...]:
        """Return the promotions on one unit, at whatever quantity."""
        masks = self.units.masks(self, view)
        return tuple(each.terms for each, mask in zip(self.promotions, masks, strict=True) if mask[unit])


def active_promotions(book: Book, moment: datetime, currency: str, units: PromotionUnits) -> ActivePromotions:
    """Return the promotions of a book that are in force at a moment."""
    standing = [each for each in book.promotions.values() if each.terms.standing(moment) == "in_force"]
    return ActivePromotions(book, _in_order(standing), currency, units)


def _in_order(promotions: Iterable[StoredPromotion]) -> tuple[StoredPromotion, ...]:
    by_id = {each.id: each for each in promotions}
    return tuple(by_id[each.id] for each in in_order(stored.terms for stored in by_id.values()))


def _selected(book: Book, promotion: StoredPromotion, view: View) -> Mask:
    part = view.part
    rows = np.zeros(part.count, bool)
    hashes = book.hashes(promotion.ids)
    terms = part.postings.find(hashes)
    rows[gather(part.postings.ends, part.postings.rows, terms[terms >= 0])] = True
    mask = np.array(part.all_units(rows))
    if part.unit_ends is not None:
        mask[part.variant_index.find(hashes)[1]] = True
    condition = promotion.terms.selected.filter
    return mask if condition is None else mask | filter_mask(view, condition)
