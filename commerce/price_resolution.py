"""Why one article has its price: every list that a buyer names, in order, with what it says and what that does, and
then every promotion on the article.

The same rules as ``commerce.pricing`` and ``commerce.promotions`` tell, applied to one article step by step with
``Decimal``; engines apply them to all articles at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from commerce.pricing import DEEPEST_CHAIN, OWN, PriceList, PriceRow, PriceRule, by_article
from commerce.product import Offer
from commerce.promotions import Promoted, Promotion, in_order, promote
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
PromotionVerdict = Literal[
    "applied",
    "outdone",  # it would lower the price, but others lower it more
    "lowers_nothing",  # the price is not above what it makes
    "no_price",  # there is no price that it could lower
    "price_list",  # the price is by a price list, and it applies to the catalogue's own alone
    "greater_quantity",  # it begins at a greater quantity
    "disabled",
    "not_yet_in_force",
    "no_longer_in_force",
]


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
class ConsideredPromotion:
    """One promotion on the article, what became of it, and the price that it alone would make of the buyer's."""

    promotion: Promotion
    verdict: PromotionVerdict
    net: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The price of an article at a quantity and how it came about.

    ``before`` is the price without promotions, None for no price. ``price_list`` is the list that decided, None where
    the catalogue's own price or nothing does. ``own`` is the catalogue's price at this quantity, ``own_quantity`` the
    tier that it is of. ``promoted`` is what promotions made of ``before``, None where none lowers it.
    """

    article: Article
    quantity: int
    before: Decimal | None
    price_list: str | None
    own: Decimal | None
    own_quantity: int
    considered: tuple[Considered, ...]
    promoted: Promoted | None = None
    promotions: tuple[ConsideredPromotion, ...] = ()

    @property
    def net(self) -> Decimal | None:
        """The price that the buyer pays, None for none."""
        return self.promoted.net if self.promoted else self.before

    @property
    def decisive(self) -> Considered | None:
        """The list that decided, None if no list did."""
        return next((each for each in self.considered if each.verdict in {"priced", "on_request"}), None)


class PriceResolver:
    """Resolves prices by some lists and promotions in a currency. ``matches`` says whether an article meets a filter.

    ``lists`` are those named and those that their rules stand on; rows of other articles may be left out of them.
    """

    def __init__(
        self,
        lists: Mapping[str, PriceList],
        currency: str,
        matches: Callable[[Article, Filter], bool],
        promotions: Iterable[Promotion] = (),
    ) -> None:
        self._promotions = in_order(promotions)
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
        promoted, promotions = self._promoted(article, net, quantity, moment, listed=listed is not None)
        return Resolution(
            article, quantity, net, listed, own, own_quantity, tuple(considered), promoted, tuple(promotions)
        )

    def _promoted(
        self, article: Article, net: Decimal | None, quantity: int, moment: datetime, *, listed: bool
    ) -> tuple[Promoted | None, list[ConsideredPromotion]]:
        """Return what promotions make of a price, and what became of each that is on the article."""
        on_it = [each for each in self._promotions if self._is_on(each, article)]
        verdicts: dict[str, PromotionVerdict] = {}
        concerned: list[Promotion] = []
        for each in on_it:
            standing = each.standing(moment)
            if standing != "in_force":
                verdicts[each.id] = standing
            elif net is None:
                verdicts[each.id] = "no_price"
            elif each.min_quantity > quantity:
                verdicts[each.id] = "greater_quantity"
            elif not each.concerns(quantity, listed=listed):
                verdicts[each.id] = "price_list"
            else:
                concerned.append(each)
                verdicts[each.id] = "outdone" if each.lowered(net, self._currency) < net else "lowers_nothing"
        promoted = None if net is None else promote(net, concerned, self._currency)
        verdicts.update((each.id, "applied") for each in (promoted.by if promoted else ()))
        considered = [
            ConsideredPromotion(each, verdicts[each.id], None if net is None else each.lowered(net, self._currency))
            for each in on_it
        ]
        return promoted, considered

    def _is_on(self, promotion: Promotion, article: Article) -> bool:
        selected = promotion.selected
        if not selected.ids.isdisjoint((article.id, article.product_id)):
            return True
        return selected.filter is not None and self._matches(article, selected.filter)

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
        if prices is None or prices.currency != self._currency or depth >= DEEPEST_CHAIN:
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
