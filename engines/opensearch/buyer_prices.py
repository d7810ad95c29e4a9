"""What one buyer pays, who has price lists: as conditions, as numbers to count, and as an order.

A buyer's price is made of pieces that never overlap: a unit's price comes from the rows of the first list, or else from
its first rule that matches, or else from the next list …, or else is the catalogue's own. A piece says which units it
prices (conditions that must and must not hold), which stored number its prices come from (a list's points, or the
catalogue's own price) and by which rules. Rules never change direction: where a price must lie between two bounds, the
stored number must lie between two others, which are sought by halving, so that each condition stays a range that the
index knows, and the numbers to count are the stored ones of each piece, put through its rules. The order alone comes
from a script, which does the same sum for each unit.

A further step of price (a promotion) belongs behind all of this, and composes by ``then``: a rule with the condition
that its units meet, in order of precedence. Each piece becomes two, one with the rule behind its own, one without the
condition; the script and the prices shown apply it as they apply a list's rule. Whether it is in force is decided
before, at the moment of the plan, as it is for lists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from engines.opensearch.conditions import EVERYTHING, NOTHING, any_of
from engines.opensearch.connection import Json
from engines.opensearch.price_book import ON_REQUEST, StoredList
from engines.opensearch.price_order import price_order
from engines.opensearch.price_pieces import Piece, pieces_of, priced_by
from engines.opensearch.price_rules import SILENT, ListPrices, Rows, Rule
from engines.opensearch.prices import Bounds, Counted
from engines.opensearch.unit_criteria import holds


@dataclass(frozen=True, slots=True)
class BuyerPrices:
    """``lists`` are those in force, highest precedence first; with ``fallback`` the catalogue's own price holds where
    they are silent. The first rule of ``after`` that is for a unit is applied to its price."""

    lists: tuple[ListPrices, ...]
    fallback: bool
    after: tuple[Rule, ...] = ()

    def then(self, rules: Iterable[Rule]) -> "BuyerPrices":
        """Return the prices that further rules make of these; their bases count for nothing."""
        return replace(self, after=tuple(rules))

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit has a price within bounds."""
        return any_of([each for piece in self._pieces() if (each := piece.within(bounds)) is not NOTHING])

    def values(self, size: int) -> Json:
        """Return the aggregation that lists distinct prices."""
        parts = {str(at): piece.values(size) for at, piece in enumerate(self._pieces())}
        return {"filter": EVERYTHING, "aggs": parts} if parts else {"filter": NOTHING}

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``."""
        found = [piece.read(answer[str(at)]) for at, piece in enumerate(self._pieces())]
        if not found:
            return Counted(np.empty(0), np.empty(0, np.int64), complete=True)
        values, places = np.unique(np.concatenate([each.values for each in found]), return_inverse=True)
        counts = np.concatenate([each.units for each in found])
        units = np.bincount(places, weights=counts, minlength=len(values)).astype(np.int64)
        return Counted(values, units, all(each.complete for each in found))

    def order(self, condition: Json | None, *, descending: bool) -> list[Json]:
        """Return the order of products by price, as digits; products without a price come last."""
        conditions = [self.within({}), *([] if condition is None else [condition])]
        return [price_order(self._params(), {"bool": {"filter": conditions}}, descending=descending)]

    def price(self, rows: Rows, own: int | None, unit: Json) -> tuple[int, str | None]:
        """Return what a unit costs, in millionths or ``ON_REQUEST``, and the list that says so; ``own`` is the
        catalogue's own price."""
        base = ON_REQUEST if own is None else own
        for prices in self.lists:
            if (net := prices.price(rows, base, unit)) != SILENT:
                return self.finally_(net, unit), prices.stored.id
        return self.finally_(base, unit) if self.fallback else ON_REQUEST, None

    def stored(self) -> list[StoredList]:
        """Return all lists whose rows count, those that rules build on among them."""
        used = (each.stored for prices in self.lists for each in prices.all())
        return list({each.number: each for each in used if each.rows}.values())

    def tested(self) -> bool:
        """Say whether a price depends on the values of a unit."""
        rules = (rule for prices in self.lists for each in prices.all() for rule in each.rules)
        return any(rule.test is not None for rule in (*rules, *self.after))

    def finally_(self, net: int, unit: Json) -> int:
        """Return a price of the lists or the catalogue, in millionths, after the further rules."""
        if net < 0:
            return net
        rules = (rule for rule in self.after if rule.test is None or holds(rule.test, unit))
        rule = next(rules, None)
        return net if rule is None else rule.step.made(net)

    def _params(self) -> dict[str, object]:
        return {
            "lists": [prices.params() for prices in self.lists],
            "fallback": self.fallback,
            "then": [rule.params() for rule in self.after],
        }

    def _pieces(self) -> Iterator[Piece]:
        for piece in self._before():
            earlier: tuple[Json, ...] = ()
            for rule in self.after:
                condition = EVERYTHING if rule.condition is None else rule.condition
                met, unmet = (*piece.met, condition), (*piece.unmet, *earlier)
                yield replace(piece, steps=(*piece.steps, rule.step), met=met, unmet=unmet)
                earlier = (*earlier, condition)
            yield replace(piece, unmet=(*piece.unmet, *earlier))

    def _before(self) -> Iterator[Piece]:
        earlier: tuple[Json, ...] = ()
        for prices in self.lists:
            for piece in pieces_of(prices):
                yield replace(piece, unmet=(*piece.unmet, *earlier))
            earlier = (*earlier, priced_by(prices))
        if self.fallback:
            yield Piece(None, unmet=earlier)
