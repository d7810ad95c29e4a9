"""What promotions make of a price, and which of them make the same: promotions of one reduction are one group.

A buyer has the cheaper of two ways, the best promotion that cannot be stacked or all that can one after the other. So
a unit costs less than some price where it does without promotions, or by one group that cannot be stacked, or by some
groups that can: promotions only ever lower, and never turn a higher price into a lower one than a lower price. These
are the ways in which a price comes about, and no more need be known of how promotions meet to compare prices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from engines.opensearch.conditions import all_of, any_of
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.price_rules import Step
from engines.opensearch.promotions import ReadyPromotion
from language.errors import VitrineError

_MOST_STACKED = 8
"""Groups whose combinations are asked about: ``commerce.promotion_limits`` allows fewer."""


class TooManyPromotions(VitrineError):
    """More promotions are in force than the records accept, or than this buyer's many lists leave room for."""

    code = "too_many_promotions"


@dataclass(frozen=True, slots=True)
class Part:
    """The sum of one promotion, in millionths: ``net`` where it has a fixed price."""

    step: Step
    net: int | None
    floor: int
    stackable: bool

    def made(self, net: int) -> int:
        """Return what becomes of a price, never more than the price."""
        reduced = self.step.made(net) if self.net is None else self.net
        return min(max(reduced, self.floor), net)

    @property
    def fixed(self) -> int | None:
        """The price that all higher ones become; None where that depends on the price."""
        return None if self.net is None else max(self.net, self.floor)


@dataclass(frozen=True, slots=True)
class Lowering:
    """What promotions make of a price, see ``commerce.promotions.promote``; ``parts`` in the order of application."""

    parts: tuple[Part, ...]
    factor: int = 1

    def made(self, base: int) -> int:
        """Return the price that comes of another, both in millionths."""
        best = left = base
        for each in self.parts:
            if each.stackable:
                left = each.made(left)
            else:
                best = min(best, each.made(base))
        return min(best, left)

    @property
    def fixed(self) -> int | None:
        """The price that all higher ones become; None where that depends on the price."""
        return self.parts[0].fixed if len(self.parts) == 1 else None


@dataclass(frozen=True, slots=True)
class Group:
    """Promotions of one sum, or those that can be stacked of one selection; places are those in the order of all."""

    promotions: tuple[ReadyPromotion, ...]
    places: tuple[int, ...]
    stackable: bool

    def touched(self) -> list[Json]:
        """Return the conditions of which a unit meets one where one of them is on it."""
        return [each for promotion in self.promotions for each in promotion.touched()]

    def concerns(self, *, listed: bool) -> bool:
        """Say whether one of them may lower a price, by a list or not."""
        return any(each.terms.concerns(1, listed=listed) for each in self.promotions)


@dataclass(frozen=True, slots=True)
class Way:
    """How promotions may make a price, and the conditions of which a unit meets one where they do so; ``alone`` are
    those of one group."""

    lowering: Lowering
    touched: Sequence[Json]
    alone: bool


def groups_of(promotions: Sequence[ReadyPromotion]) -> list[Group]:
    """Return promotions, given in the order of application, as groups."""
    found: dict[object, list[int]] = {}
    for at, each in enumerate(promotions):
        key = each.terms.selected if each.terms.stackable else (_part(each), each.terms.applies_to_price_lists)
        found.setdefault(key, []).append(at)
    return [
        Group(tuple(promotions[at] for at in places), tuple(places), promotions[places[0]].terms.stackable)
        for places in found.values()
    ]


def lowering_of(groups: Sequence[Group], *, listed: bool) -> Lowering | None:
    """Return what becomes of a price, by a list or not, where these groups are on a unit; None where nothing does."""
    placed = sorted(
        ((at, each) for group in groups for at, each in zip(group.places, group.promotions, strict=True)),
        key=lambda pair: pair[0],
    )
    parts = [_part(each) for _, each in placed if each.terms.concerns(1, listed=listed)]
    # Of a group that cannot be stacked all make the same.
    kept = tuple(each for at, each in enumerate(parts) if each.stackable or each not in parts[:at])
    return Lowering(kept) if kept else None


def ways_of(groups: Sequence[Group], *, listed: bool) -> Iterator[Way]:
    """Yield the ways in which promotions may make a price, by a list or not. Raises TooManyPromotions."""
    concerned = [each for each in groups if each.concerns(listed=listed)]
    stacked = [each for each in concerned if each.stackable]
    if len(stacked) > _MOST_STACKED:
        raise too_many(f"{len(stacked)} selections of promotions that can be stacked are in force")
    unstacked = [(each,) for each in concerned if not each.stackable]
    together = [some for count in range(1, len(stacked) + 1) for some in combinations(stacked, count)]
    for members in (*unstacked, *together):
        if (lowering := lowering_of(members, listed=listed)) is not None:
            alone = len(members) == 1
            touched = members[0].touched() if alone else [all_of([any_of(each.touched()) for each in members])]
            yield Way(lowering, touched, alone)


def too_many(what: str) -> TooManyPromotions:
    """Return the error that says so."""
    return TooManyPromotions(
        f"{what}, more than OpenSearch can be asked for at once: give promotions of the same reduction one filter, "
        "name ids instead of long filters, or disable some"
    )


def _part(promotion: ReadyPromotion) -> Part:
    terms = promotion.terms
    net = None if terms.net is None else int(terms.net * PRICE_SCALE)
    return Part(promotion.step, net, int(terms.floor * PRICE_SCALE), terms.stackable)
