"""Promotions: for a time, some articles cost their buyers less.

What a shop expects, and what therefore holds here:

- A promotion lowers the price that the buyer has already: the catalogue's own, or, where the promotion says
  ``applies_to_price_lists``, also one by a price list. Prices by contract are agreed and stay as they are unless it
  does. An article without a price has none with a promotion either; a promotion never raises a price.
- What promotions make is rounded to the currency's minor unit, half away from zero, once for each promotion, and never
  falls below ``minimum_net`` or zero. A fixed ``net`` is taken as it is.
- Of those that cannot be stacked the one that lowers the price most counts, by priority, then id, where several do.
  Those that can are applied one after the other, the highest priority first, each to what the one before has left. Of
  these two ways the buyer has the cheaper, and a single promotion where both cost the same.
- A promotion from a quantity on (``min_quantity``) makes a tier; the price for a single one is without it.
- It holds from ``valid_from`` until before ``valid_until``, looked at when a buyer asks.

Engines do the same to all articles at once, in whole numbers; ``tests/conformance`` compares them with this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from commerce.pricing import PriceRule, Selected
from language.locales import resolve_locale

Standing = Literal["in_force", "disabled", "not_yet_in_force", "no_longer_in_force"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """One promotion on the products or variants of ``ids`` in ``selected``, and on those that meet its filter.

    The price becomes ``net``, or else price + price x percent / 100 + amount, both of these 0 or less. ``text`` is what
    the badge says by locale, ``code`` what a storefront knows the kind of badge by. ``version`` counts how often it was
    written.
    """

    id: str
    selected: Selected = field(default_factory=Selected)
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    net: Decimal | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    code: str = "promotion"
    enabled: bool = True
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    priority: int = 0
    stackable: bool = False
    applies_to_price_lists: bool = False
    minimum_net: Decimal | None = None
    min_quantity: int = 1
    version: int = 0

    def standing(self, moment: datetime) -> Standing:
        """Return whether the promotion is in force at a moment, and if not, why."""
        if not self.enabled:
            return "disabled"
        if self.valid_from is not None and moment < self.valid_from:
            return "not_yet_in_force"
        if self.valid_until is not None and moment >= self.valid_until:
            return "no_longer_in_force"
        return "in_force"

    def concerns(self, quantity: int, *, listed: bool) -> bool:
        """Say whether it may lower a price at a quantity; ``listed`` is a price by a price list."""
        return self.min_quantity <= quantity and (self.applies_to_price_lists or not listed)

    @property
    def reduction(self) -> PriceRule:
        """What it takes off where it has no fixed ``net``, as a rule on the buyer's price."""
        return PriceRule(percent=self.percent, amount=self.amount)

    @property
    def floor(self) -> Decimal:
        """The price that it never goes below."""
        return self.minimum_net or Decimal(0)

    def lowered(self, net: Decimal, currency: str) -> Decimal:
        """Return what it makes of a price; the price itself where it would not be lower."""
        made = self.reduction.applied(net, currency) if self.net is None else self.net
        return min(max(made, self.floor), net)

    def text_in(self, *locales: str) -> str:
        """Return what the badge says in the first of some locales in which it says anything, or else in any."""
        return self.text[resolve_locale(locales, tuple(self.text))] if self.text else ""


@dataclass(frozen=True, slots=True)
class Promoted:
    """A price that promotions lowered: ``net`` instead of ``was``, by these in the order in which they were applied."""

    net: Decimal
    was: Decimal
    by: tuple[Promotion, ...]

    @property
    def valid_until(self) -> datetime | None:
        """Until when the price holds: as long as all that make it."""
        return min((each.valid_until for each in self.by if each.valid_until is not None), default=None)


def in_order(promotions: Iterable[Promotion]) -> tuple[Promotion, ...]:
    """Return promotions in the order in which they are applied: by priority, the highest first, then by id."""
    return tuple(sorted(promotions, key=lambda each: (-each.priority, each.id)))


def promote(net: Decimal, promotions: Sequence[Promotion], currency: str) -> Promoted | None:
    """Return what promotions make of a buyer's price, None where none of them lowers it.

    ``promotions`` are those that concern the article at the quantity, ``in_order``.
    """
    best, by = net, tuple[Promotion, ...]()
    left, steps = net, tuple[Promotion, ...]()
    for each in promotions:
        if each.stackable:
            made = each.lowered(left, currency)
            if made < left:
                left, steps = made, (*steps, each)
        elif (made := each.lowered(net, currency)) < best:
            best, by = made, (each,)
    if left < best:
        return Promoted(left, net, steps)
    return Promoted(best, net, by) if by else None
