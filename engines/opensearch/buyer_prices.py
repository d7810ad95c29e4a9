"""What one buyer pays, who has price lists: as conditions, as numbers to count, and as an order.

A buyer's price is made of pieces that never overlap: a unit's price comes from the rows of the first list, or else from
its first rule that matches, or else from the next list …, or else is the catalogue's own. A piece says which units it
prices (conditions that must and must not hold), which stored number its prices come from (a list's points, or the
catalogue's own price) and by which rules. Rules never change direction: where a price must lie between two bounds, the
stored number must lie between two others, which are sought by halving, so that each condition stays a range that the
index knows, and the numbers to count are the stored ones of each piece, put through its rules. The order alone comes
from a script, which does the same sum for each unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engines.opensearch.conditions import EVERYTHING, NOTHING, any_of
from engines.opensearch.connection import Json
from engines.opensearch.price_book import ON_REQUEST, StoredList
from engines.opensearch.price_order import price_order
from engines.opensearch.price_pieces import Piece, pieces_of, priced_by
from engines.opensearch.price_rules import SILENT, ListPrices, Rows
from engines.opensearch.prices import Bounds, Counted, merged


@dataclass(frozen=True, slots=True)
class BuyerPrices:
    """``lists`` are those in force, highest precedence first; with ``fallback`` the catalogue's own price holds where
    they are silent."""

    lists: tuple[ListPrices, ...]
    fallback: bool

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds."""
        return any_of([each for piece, _ in self.pieces() if (each := piece.within(bounds)) is not NOTHING])

    def values(self, size: int) -> Json:
        """Return the aggregation that lists distinct prices."""
        parts = {str(at): piece.values(size) for at, (piece, _) in enumerate(self.pieces())}
        return {"filter": EVERYTHING, "aggs": parts} if parts else {"filter": NOTHING}

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``."""
        found = [piece.read(answer[str(at)]) for at, (piece, _) in enumerate(self.pieces())]
        return merged(found)

    def lowered(self) -> Json:
        """Return the condition that a unit costs less by a promotion: none does."""
        return NOTHING

    def order(self, condition: Json | None, *, descending: bool) -> list[Json]:
        """Return the order of products by price, as digits; products without a price come last."""
        priced = None if condition is None else {"bool": {"filter": [self.within({}), condition]}}
        return [price_order(self.params(), priced, descending=descending)]

    def price(self, rows: Rows, own: int | None, unit: Json) -> tuple[int, str | None]:
        """Return what a unit costs, in millionths or ``ON_REQUEST``, and the list that says so; ``own`` is the
        catalogue's own price."""
        base = ON_REQUEST if own is None else own
        for prices in self.lists:
            if (net := prices.price(rows, base, unit)) != SILENT:
                return net, prices.stored.id
        return base if self.fallback else ON_REQUEST, None

    def stored(self) -> list[StoredList]:
        """Return all lists whose rows count, those that rules build on among them."""
        used = (each.stored for prices in self.lists for each in prices.all())
        return list({each.number: each for each in used if each.rows}.values())

    def tested(self) -> bool:
        """Say whether a price depends on the values of a unit."""
        rules = (rule for prices in self.lists for each in prices.all() for rule in each.rules)
        return any(rule.test is not None for rule in rules)

    def params(self) -> dict[str, object]:
        """Return the prices as the scripts take them."""
        return {"lists": [prices.params() for prices in self.lists], "fallback": self.fallback, "promotions": []}

    def pieces(self) -> Iterator[tuple[Piece, bool]]:
        """Yield the pieces, and whether their prices are by a list."""
        earlier: tuple[Json, ...] = ()
        for prices in self.lists:
            for piece in pieces_of(prices):
                yield replace(piece, unmet=(*piece.unmet, *earlier)), True
            earlier = (*earlier, priced_by(prices))
        if self.fallback:
            yield Piece(None, unmet=earlier), False
