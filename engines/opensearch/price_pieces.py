"""Where prices come from: pieces of a list's prices that never overlap, each a range of one stored number."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from engines.opensearch.conditions import NOTHING, any_of
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.price_book import StoredList
from engines.opensearch.price_rules import ListPrices, Rule
from engines.opensearch.prices import PRICE, Bounds, Counted, own_values, read_buckets

_MOST_MILLIONTHS = 2**53


class Sum(Protocol):
    """What becomes of a price: never less for more, or, with a negative factor, never more."""

    @property
    def factor(self) -> int:
        """Its sign says which way prices go."""
        ...

    def made(self, base: int) -> int:
        """Return the price that comes of another, both in millionths."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Prices that come from one stored number: a list's points, or the catalogue's own price where ``stored`` is None,
    by ``steps``; of the units that meet all conditions of ``met`` and none of ``unmet``."""

    stored: StoredList | None
    steps: tuple[Sum, ...] = ()
    met: tuple[Json, ...] = ()
    unmet: tuple[Json, ...] = ()

    def within(self, bounds: Bounds) -> Json:
        """Return the condition that a unit's price is of this piece and within bounds."""
        return self.limited(self.range(bounds))

    def limited(self, condition: Json) -> Json:
        """Return a condition for the units of this piece alone."""
        if condition is NOTHING or not (self.met or self.unmet):
            return condition
        return {"bool": {"filter": [condition, *self.met], "must_not": list(self.unmet)}}

    def values(self, size: int) -> Json:
        """Return the aggregation that lists the distinct stored numbers of this piece."""
        stored = self.stored
        if stored is None:
            return own_values(self.within({}), size)
        # Each point is a bucket of its own; those of other lists lie beyond the bounds.
        points = {
            "field": stored.field,
            "interval": 1,
            "min_doc_count": 1,
            "hard_bounds": {"min": stored.first + 1, "max": stored.end - 1},
        }
        return {"filter": self.within({}), "aggs": {"values": {"histogram": points}}}

    def read(self, answer: Json) -> Counted:
        """Read the answer to ``values``: what becomes of the stored numbers."""
        found = read_buckets(answer)
        stored = self.stored
        if stored is None and not self.steps:
            return found
        if stored is None:
            nets = np.rint(found.values * PRICE_SCALE).astype(np.int64).tolist()
        else:
            nets = ((found.values.astype(np.int64) - stored.first - 1) * stored.step).tolist()
        return replace(found, values=np.array([self._made(net) for net in nets], dtype=np.float64))

    def _made(self, net: int) -> float:
        for step in self.steps:
            net = step.made(net)
        return net / PRICE_SCALE

    def range(self, bounds: Bounds) -> Json:
        """Return the condition that the stored number makes a price within bounds, of whatever units."""
        stored = self.stored
        if stored is None:
            if not bounds:
                return {"exists": {"field": PRICE}}
            if not self.steps:
                return {"range": {PRICE: bounds}}
            low, high = self._between(_MOST_MILLIONTHS, 1, bounds)
            return {"range": {PRICE: {"gte": low / PRICE_SCALE, "lt": high / PRICE_SCALE}}} if low < high else NOTHING
        low, high = self._between(stored.end - stored.first - 1, stored.step, bounds)
        begin = stored.first + 1
        return {"range": {stored.field: {"gte": begin + low, "lt": begin + high}}} if low < high else NOTHING

    def _between(self, count: int, unit: int, bounds: Bounds) -> tuple[int, int]:
        """Return the half-open range, among the first ``count`` numbers of ``unit`` millionths, of those whose price is
        within bounds."""

        def above(at: int) -> bool:
            net = self._made(at * unit)
            return net >= bounds.get("gte", net) and ("gt" not in bounds or net > bounds["gt"])

        def below(at: int) -> bool:
            net = self._made(at * unit)
            return net <= bounds.get("lte", net) and ("lt" not in bounds or net < bounds["lt"])

        falling = sum(step.factor < 0 for step in self.steps) % 2
        begins, lasts = (below, above) if falling else (above, below)
        low = bisect_left(range(count), True, key=begins)
        return low, bisect_left(range(count), True, key=lambda at: not lasts(at))


def pieces_of(prices: ListPrices) -> Iterator[Piece]:
    """Yield the pieces of one list's prices."""
    yield Piece(prices.stored)
    earlier = [_rows(prices)]
    for rule in prices.rules:
        wanted = () if rule.condition is None else (rule.condition,)
        for base in _bases(rule):
            met, unmet = (*base.met, *wanted), (*base.unmet, *earlier)
            yield replace(base, steps=(*base.steps, rule.step), met=met, unmet=unmet)
        earlier.append(_matching(rule))


def priced_by(prices: ListPrices) -> Json:
    """Return the condition that a list prices a unit, if only on request."""
    return any_of([_rows(prices), *(_matching(rule) for rule in prices.rules)])


def _rows(prices: ListPrices) -> Json:
    stored = prices.stored
    return {"range": {stored.field: {"gte": stored.first, "lt": stored.end}}}


def _bases(rule: Rule) -> Iterator[Piece]:
    if rule.base is None:
        yield Piece(None)
    else:
        yield from pieces_of(rule.base)


def _matching(rule: Rule) -> Json:
    """Return the condition that a rule has a base price for a unit and is for it."""
    priced = any_of([piece.within({}) for piece in _bases(rule)])
    return priced if rule.condition is None else {"bool": {"filter": [priced, rule.condition]}}
