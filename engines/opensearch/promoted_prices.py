"""What one buyer pays where promotions are in force.

Prices are compared way by way: a price lies below a bound where one of the ways in which promotions may make it leads
below, and each way is one more step behind a piece's own, which never changes direction, so that bounds are turned back
through it as through a rule. To count prices each piece is cut by the cells of promotions.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from commerce.promotions import Promotion
from engines.opensearch.buyer_prices import BuyerPrices
from engines.opensearch.conditions import EVERYTHING, NOTHING, all_of, any_of
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.price_order import price_order
from engines.opensearch.price_pieces import Piece
from engines.opensearch.prices import Bounds, Counted, merged
from engines.opensearch.promotion_cells import Meetings
from engines.opensearch.promotion_groups import Group, Lowering, Way, groups_of, lowering_of, too_many, ways_of
from engines.opensearch.promotions import ReadyPromotion

_MOST_MILLIONTHS = 2**53
_MOST_CLAUSES = 600
"""The cluster takes 1,024 in one query. What the records accept stays below unless a buyer has many lists with rules
and promotions apply to these."""


@dataclass(frozen=True)
class PromotedPrices:
    """``before`` are the prices without promotions; ``promotions`` are those in force, in the order in which they are
    applied."""

    before: BuyerPrices
    promotions: Sequence[ReadyPromotion]
    meetings: Meetings

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds. Raises TooManyPromotions."""
        if not bounds or not self._single:
            # A promotion neither gives a price nor takes one.
            return self.before.within(bounds)
        upper = {name: end for name, end in bounds.items() if name in {"lt", "lte"}}
        lower = [{other: bounds[name]} for name, other in (("gte", "lt"), ("gt", "lte")) if name in bounds]
        met = self._below(upper) if upper else self.before.within({})
        unmet = [each for end in lower if (each := self._below(end)) is not NOTHING]
        if met is NOTHING or not unmet:
            return met
        return {"bool": {"filter": [met], "must_not": unmet}}

    def values(self, size: int) -> Json:
        """Return the aggregation that lists distinct prices."""
        parts = {str(at): piece.values(size) for at, piece in enumerate(self._pieces)}
        return {"filter": EVERYTHING, "aggs": parts} if parts else {"filter": NOTHING}

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``."""
        return merged([piece.read(answer[str(at)]) for at, piece in enumerate(self._pieces)])

    def lowered(self) -> Json:
        """Return the condition that a unit costs less by a promotion. Raises TooManyPromotions."""
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
    def _groups(self) -> list[Group]:
        return groups_of(self._single)

    @cached_property
    def _ways(self) -> dict[bool, list[Way]]:
        return {listed: list(ways_of(self._groups, listed=listed)) for listed in (False, True)}

    @cached_property
    def _pieces(self) -> list[Piece]:
        """The pieces without promotions, cut by the cells, each with what promotions make of its prices."""
        return [each for piece, listed in self.before.pieces() for each in self._cut(piece, listed=listed)]

    def _cut(self, piece: Piece, *, listed: bool) -> Iterator[Piece]:
        concerned = [each for each in self._groups if each.concerns(listed=listed)]
        if not concerned:
            yield piece
            return
        for cell in self.meetings.cells(concerned):
            lowering = lowering_of(cell.groups, listed=listed)
            steps = piece.steps if lowering is None else (*piece.steps, lowering)
            yield replace(piece, steps=steps, met=(*piece.met, *cell.met), unmet=(*piece.unmet, *cell.unmet))

    def _below(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds from above."""
        found = []
        for piece, listed in self.before.pieces():
            plain = piece.range(bounds)
            others: dict[str, tuple[Json, list[Json]]] = {}
            for way in self._ways[listed]:
                ranged = _below_by(piece, way.lowering, bounds)
                if ranged not in (NOTHING, plain):
                    others.setdefault(repr(ranged), (ranged, []))[1].extend(way.touched)
            either = [] if plain is NOTHING else [plain]
            either += [all_of([any_of(touched), ranged]) for ranged, touched in others.values()]
            if either:
                found.append(piece.limited(any_of(either)))
        return _sayable(any_of(found))

    @cached_property
    def _lowered(self) -> Json:
        found = []
        for piece, listed in self.before.pieces():
            ways: dict[str, tuple[Json, list[Json]]] = {}
            for way in self._ways[listed]:
                # Several together lower a price only where one of them does so alone.
                if way.alone and (ranged := _lowered_by(piece, way.lowering)) is not NOTHING:
                    ways.setdefault(repr(ranged), (ranged, []))[1].extend(way.touched)
            if either := [all_of([any_of(touched), ranged]) for ranged, touched in ways.values()]:
                found.append(piece.limited(any_of(either)))
        return _sayable(any_of(found))


def _below_by(piece: Piece, lowering: Lowering, bounds: Bounds) -> Json:
    """Return the condition that a piece's price, lowered, is within bounds from above, of whatever units."""
    fixed = lowering.fixed
    if fixed is None:
        return replace(piece, steps=(*piece.steps, lowering)).range(bounds)
    net = fixed / PRICE_SCALE
    inside = net <= bounds.get("lte", net) and ("lt" not in bounds or net < bounds["lt"])
    return piece.range({}) if inside else piece.range(bounds)


def _lowered_by(piece: Piece, lowering: Lowering) -> Json:
    """Return the condition that a price of a piece is lowered, of whatever units.

    Of prices in whole minor units exactly those from some price on are: what is taken off must reach half of one. A
    smaller price with a fraction of a minor unit, which rounding alone lowers, counts as not lowered.
    """
    if (fixed := lowering.fixed) is not None:
        return piece.range({"gt": fixed / PRICE_SCALE})
    minor = lowering.parts[0].step.millionths
    last = _MOST_MILLIONTHS // minor
    first = bisect_left(range(last), True, key=lambda at: lowering.made(at * minor) < at * minor)
    return NOTHING if first == last else piece.range({"gte": first * minor / PRICE_SCALE})


def _sayable(condition: Json) -> Json:
    if (count := _clauses(condition)) > _MOST_CLAUSES:
        raise too_many(f"a buyer's price with the promotions in force takes {count} conditions")
    return condition


def _clauses(condition: Json) -> int:
    """Return of how many smallest conditions one is made."""
    if "bool" not in condition:
        return 1
    return sum(_clauses(each) for kind in ("filter", "should", "must_not") for each in condition["bool"].get(kind, ()))
