"""What one buyer pays where promotions are in force.

Each piece of the prices without promotions is cut by the cells of promotions; within one of them promotions are one
more step behind the piece's own, which never changes direction, so that bounds are turned back through it as through
a rule.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from commerce.promotions import Promotion
from engines.opensearch.buyer_prices import BuyerPrices
from engines.opensearch.conditions import EVERYTHING, NOTHING, any_of
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.price_order import price_order
from engines.opensearch.price_pieces import Piece
from engines.opensearch.prices import Bounds, Counted, merged
from engines.opensearch.promotion_cells import Lowering, Meetings, too_many
from engines.opensearch.promotions import ReadyPromotion

_MOST_MILLIONTHS = 2**53
_MOST_CLAUSES = 300
"""The cluster takes 1,024 in one query, which may have three such conditions and others."""


@dataclass(frozen=True)
class PromotedPrices:
    """``before`` are the prices without promotions; ``promotions`` are those in force, in the order in which they are
    applied."""

    before: BuyerPrices
    promotions: Sequence[ReadyPromotion]
    meetings: Meetings

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds. Raises TooManyPromotions."""
        if not bounds:
            # A promotion neither gives a price nor takes one.
            return self.before.within(bounds)
        return self._sayable(any_of([each for piece in self._pieces if (each := piece.within(bounds)) is not NOTHING]))

    def values(self, size: int) -> Json:
        """Return the aggregation that lists distinct prices."""
        parts = {str(at): piece.values(size) for at, piece in enumerate(self._pieces)}
        return {"filter": EVERYTHING, "aggs": parts} if parts else {"filter": NOTHING}

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``."""
        return merged([piece.read(answer[str(at)]) for at, piece in enumerate(self._pieces)])

    def lowered(self) -> Json:
        """Return the condition that a unit costs less by a promotion."""
        return self._lowered

    def order(self, condition: Json | None, *, descending: bool) -> list[Json]:
        """Return the order of products by price, as digits; products without a price come last."""
        priced = None if condition is None else {"bool": {"filter": [self.within({}), condition]}}
        params = {**self.before.params(), "promotions": [each.params() for each in self._single]}
        return [price_order(params, priced, descending=descending)]

    def on(self, product: str, unit: Json) -> tuple[Promotion, ...]:
        """Return the promotions in force on a unit of a product, at whatever quantity."""
        return tuple(each.terms for each in self.promotions if each.is_on(product, unit))

    def tested(self) -> bool:
        """Say whether a price depends on the values of a unit."""
        return self.before.tested() or any(each.condition is not None for each in self.promotions)

    @cached_property
    def _single(self) -> Sequence[ReadyPromotion]:
        """The promotions that may lower this buyer's price for quantity 1."""
        return [each for each in self.promotions if each.terms.concerns(1, listed=not self.before.fallback)]

    @cached_property
    def _pieces(self) -> list[Piece]:
        return [
            piece if lowering is None else replace(piece, steps=(*piece.steps, lowering))
            for piece, lowering in self._cut()
        ]

    @cached_property
    def _lowered(self) -> Json:
        if not self._single:
            return NOTHING
        parts = [
            each
            for piece, lowering in self._cut()
            if lowering is not None and (each := _lowered(piece, lowering)) is not NOTHING
        ]
        return self._sayable(any_of(parts))

    def _sayable(self, condition: Json) -> Json:
        if _clauses(condition) > _MOST_CLAUSES:
            raise too_many(self._single)
        return condition

    def _cut(self) -> Iterator[tuple[Piece, Lowering | None]]:
        """Yield the pieces cut by the cells, and what promotions make of their prices."""
        cells = self.meetings.cells(self._single)
        for piece, listed in self.before.pieces():
            for cell in cells:
                own = replace(piece, met=(*piece.met, *cell.met), unmet=(*piece.unmet, *cell.unmet))
                yield own, cell.lowering(listed=listed)


def _lowered(piece: Piece, lowering: Lowering) -> Json:
    """Return the condition that a price of a piece is lowered.

    Of prices in whole minor units exactly those from some price on are: what is taken off must reach half of one. A
    smaller price with a fraction of a minor unit, which rounding alone lowers, counts as not lowered.
    """
    minor = lowering.parts[0].step.millionths
    last = _MOST_MILLIONTHS // minor
    first = bisect_left(range(last), True, key=lambda at: lowering.made(at * minor) < at * minor)
    return NOTHING if first == last else piece.within({"gte": first * minor / PRICE_SCALE})


def _clauses(condition: Json) -> int:
    """Return of how many smallest conditions one is made."""
    if "bool" not in condition:
        return 1
    return sum(_clauses(each) for kind in ("filter", "should", "must_not") for each in condition["bool"].get(kind, ()))
