"""What a buyer with price lists or promotions is offered of the products shown: price, where it comes from, and
prices at greater quantities."""

from collections.abc import Sequence
from decimal import Decimal

import orjson

from commerce.promotions import Promoted, Promotion, promote
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE, decimal_net
from engines.opensearch.point import PointInTime
from engines.opensearch.price_book import ON_REQUEST
from engines.opensearch.price_rules import ListPrices, Rows
from engines.opensearch.promoted_prices import PromotedPrices
from engines.opensearch.shown_rows import ShownRows
from engines.results import UnitOffer

Tiers = tuple[tuple[int, Decimal | None], ...]


class ShownPrices:
    """Makes a buyer's offers of the products of some sources, of a catalogue in one currency."""

    def __init__(self, prices: PromotedPrices, currency: str, point: PointInTime, sources: Sequence[Json]) -> None:
        self._promoted = prices
        self._prices = prices.before
        self._currency = currency
        self._rows = ShownRows(point, self._prices.stored(), sources)

    def offer(self, source: Json, unit: Json) -> UnitOffer:
        """Return what the buyer is offered of one unit of a product."""
        product = source["stored"]["id"]
        rows = self._rows.of(source, unit)
        promotions = self._promoted.on(product, unit)
        millionths, name = self._prices.price(rows, unit["net"], unit)
        net = _shown(millionths)
        promoted = None if net is None else self._promote(net, promotions, 1, listed=name is not None)
        if promoted is not None:
            net = _normal(promoted.net)
        more = source["stored"]["more"]
        own = _own_tiers(more, unit["id"] or product) if rows or promotions else ()
        return UnitOffer(
            unit["id"],
            net,
            unit["stock"],
            decimal_net(unit["net"]),
            name,
            self._tiers(rows, unit, own, promotions, net),
            promoted=promoted,
        )

    def _promote(
        self, net: Decimal, promotions: Sequence[Promotion], quantity: int, *, listed: bool
    ) -> Promoted | None:
        return promote(net, [each for each in promotions if each.concerns(quantity, listed=listed)], self._currency)

    def _tiers(
        self, rows: Rows, unit: Json, own: Tiers, promotions: Sequence[Promotion], before: Decimal | None
    ) -> Tiers | None:
        """Return the prices at greater quantities; None where they are the catalogue's ``own``.

        At each quantity that some list or the catalogue names, the first list that prices the unit at it counts; None
        is on request. Quantities that ``promotions``, those on the unit, begin at are named where they change the
        price, which is ``before`` for a single one.
        """
        by_list = [self._of_list(prices, rows, unit) for prices in self._prices.lists]
        if not any(by_list) and not promotions:
            return None
        base: list[tuple[int, int]] = []
        if self._prices.fallback:
            base = [] if unit["net"] is None else [(1, unit["net"])]
            base += [(quantity, int(net * PRICE_SCALE)) for quantity, net in own if net is not None]
        named = {quantity for each in (*by_list, base) for quantity, _ in each if quantity > 1}
        found: list[tuple[int, Decimal | None]] = []
        for step in sorted(named | {each.min_quantity for each in promotions if each.min_quantity > 1}):
            listed = next((each for each in (_at(pairs, step) for pairs in by_list) if each is not None), None)
            net = listed if listed is not None else _at(base, step)
            if net is None:
                continue
            shown = _shown(net)
            if shown is not None and (made := self._promote(shown, promotions, step, listed=listed is not None)):
                shown = _normal(made.net)
            if step in named or shown != before:
                found.append((step, shown))
            before = shown
        return tuple(found)

    def _of_list(self, prices: ListPrices, rows: Rows, unit: Json) -> list[tuple[int, int]]:
        flat = rows.get(str(prices.stored.number), ())
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        if prices.rules and not (pairs and pairs[0][0] <= 1):
            own = ON_REQUEST if unit["net"] is None else unit["net"]
            if (net := prices.price(rows, own, unit)) >= ON_REQUEST:
                return [(1, net), *pairs]
        return pairs


def _own_tiers(more: str, article: str) -> Tiers:
    if '"tiers":' not in more:
        return ()
    steps = orjson.loads(more).get("tiers", {}).get(article, ())
    return tuple((step["min_quantity"], Decimal(step["net"])) for step in steps)


def _at(pairs: Sequence[tuple[int, int]], quantity: int) -> int | None:
    """Return the net of the greatest quantity that is not above ``quantity``; None if there is none."""
    found = None
    for least, net in pairs:
        if least <= quantity:
            found = net
    return found


def _shown(net: int) -> Decimal | None:
    return decimal_net(None if net == ON_REQUEST else net)


def _normal(net: Decimal) -> Decimal:
    return decimal_net(int(net * PRICE_SCALE)) or Decimal("0.00")
