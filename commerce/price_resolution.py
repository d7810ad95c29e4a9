"""Why one article has its price: every list that a buyer names, in order, with what it says and what that does.

The same rules as ``commerce.pricing`` tells, applied to one article step by step with ``Decimal``; engines apply them
to all articles at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from commerce.pricing import OWN, PriceList, PriceRow, PriceRule, by_article
from commerce.product import Offer
from language.filters.tree import Filter

Verdict = Literal[
    "priced",  # this list makes the price
    "on_request",  # this list takes the price away, and no later one is asked
    "outranked",  # it prices the article, but a list before it has done so
    "silent",  # it does not price this article at this quantity
    "unknown",  # there is no such list
    "not_yet_in_force",
    "no_longer_in_force",
    "other_currency",
]
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Article:
    """What is priced: a product, or one variant of it. ``offer`` is the catalogue's own."""

    id: str
    product_id: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a list comes to a price, ``net`` (None is on request): by a ``row``, or by its rule ``number`` (from 1) on
    the price ``base`` of another list, or of the catalogue."""

    net: Decimal | None
    row: PriceRow | None = None
    rule: PriceRule | None = None
    number: int | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """One list that the buyer names, what became of it, and what it says of the article."""

    id: str
    verdict: Verdict
    prices: PriceList | None = None
    derivation: Derivation | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The price of an article at a quantity and how it came about.

    ``net`` None is no price. ``price_list`` is the list that decided, None where the catalogue's own price or nothing
    does. ``own`` is the catalogue's price at this quantity, ``own_quantity`` the tier that it is of.
    """

    article: Article
    quantity: int
    net: Decimal | None
    price_list: str | None
    own: Decimal | None
    own_quantity: int
    considered: tuple[Considered, ...]

    @property
    def decisive(self) -> Considered | None:
        """The list that decided, None if no list did."""
        return next((each for each in self.considered if each.verdict in {"priced", "on_request"}), None)


class PriceResolver:
    """Resolves prices by some lists in a currency. ``matches`` says whether the article meets a rule's filter.

    ``lists`` are those named and those that their rules stand on; rows of other articles may be left out of them.
    """

    def __init__(
        self, lists: Mapping[str, PriceList], currency: str, matches: Callable[[Article, Filter], bool]
    ) -> None:
        self._lists = lists
        self._currency = currency
        self._matches = matches

    def resolve(
        self, article: Article, named: Sequence[str], moment: datetime, *, fallback: bool = True, quantity: int = 1
    ) -> Resolution:
        """Resolve one article's price for a buyer who names lists, highest precedence first, at a moment."""
        considered: list[Considered] = []
        decided: Considered | None = None
        for name in dict.fromkeys(named):
            verdict, prices = self._standing(name, moment)
            derivation = None
            if verdict is None and prices is not None:
                derivation = self._derivation(prices, article, quantity)
                if derivation is None:
                    verdict = "silent"
                elif decided is not None:
                    verdict = "outranked"
                else:
                    verdict = "on_request" if derivation.net is None else "priced"
            each = Considered(name, verdict or "unknown", prices, derivation)
            if decided is None and each.verdict in {"priced", "on_request"}:
                decided = each
            considered.append(each)
        own, own_quantity = _own(article.offer, quantity)
        net = own if fallback else None
        if decided is not None:
            net = decided.derivation.net if decided.derivation else None
        listed = decided.id if decided is not None else None
        return Resolution(article, quantity, net, listed, own, own_quantity, tuple(considered))

    def _standing(self, name: str, moment: datetime) -> tuple[Verdict | None, PriceList | None]:
        prices = self._lists.get(name)
        if prices is None:
            return "unknown", None
        if prices.currency != self._currency:
            return "other_currency", prices
        if not prices.holds(moment):
            begun = prices.valid_from is None or prices.valid_from <= moment
            return ("no_longer_in_force" if begun else "not_yet_in_force"), prices
        return None, prices

    def _derivation(self, prices: PriceList, article: Article, quantity: int, depth: int = 0) -> Derivation | None:
        rows = by_article(prices.rows)
        # Rows of a variant stand in the place of its product's, all of them.
        own = rows.get(article.id) or rows.get(article.product_id, [])
        if row := next((row for row in reversed(own) if row.min_quantity <= quantity), None):
            return Derivation(row.net, row=row)
        for number, rule in enumerate(prices.rules, start=1):
            base = self._base(rule, article, depth)
            if base is not None and (rule.filter is None or self._matches(article, rule.filter)):
                return Derivation(rule.applied(base, self._currency), rule=rule, number=number, base=base)
        return None

    def _base(self, rule: PriceRule, article: Article, depth: int) -> Decimal | None:
        if rule.base == OWN:
            return article.offer.net
        prices = self._lists.get(rule.base)
        if prices is None or prices.currency != self._currency or depth >= _DEEPEST:
            return None
        # Rules stand on prices for quantity 1, whether or not the base holds for the buyer at the moment.
        found = self._derivation(prices, article, 1, depth + 1)
        return found.net if found else None


def _own(offer: Offer, quantity: int) -> tuple[Decimal | None, int]:
    """Return the catalogue's own price at a quantity, and the tier that it is of."""
    for tier in sorted(offer.tiers, key=lambda each: -each.min_quantity):
        if tier.min_quantity <= quantity:
            return tier.net, tier.min_quantity
    return offer.net, 1
