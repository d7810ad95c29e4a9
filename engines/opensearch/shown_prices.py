"""What a buyer with price lists is offered of the products shown: price, list, and prices at greater quantities."""

from collections.abc import Sequence
from decimal import Decimal

import orjson

from engines.opensearch.buyer_prices import BuyerPrices
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE, decimal_net
from engines.opensearch.point import PointInTime
from engines.opensearch.price_book import ON_REQUEST
from engines.opensearch.price_rules import ListPrices, Rows
from engines.opensearch.shown_rows import ShownRows
from engines.results import UnitOffer

Tiers = tuple[tuple[int, Decimal | None], ...]


class ShownPrices:
    """Makes a buyer's offers of the products of some sources."""

    def __init__(self, prices: BuyerPrices, point: PointInTime, sources: Sequence[Json]) -> None:
        self._prices = prices
        self._rows = ShownRows(point, prices.stored(), sources)

    def offer(self, source: Json, unit: Json) -> UnitOffer:
        """Return what the buyer is offered of one unit of a product."""
        product = source["stored"]["id"]
        rows = self._rows.of(source, unit)
        net, name = self._prices.price(rows, unit["net"], unit)
        more = source["stored"]["more"]
        tiers = self._tiers(rows, unit, _own_tiers(more, unit["id"] or product) if rows else ())
        return UnitOffer(unit["id"], _shown(net), unit["stock"], decimal_net(unit["net"]), name, tiers)

    def _tiers(self, rows: Rows, unit: Json, own: Tiers) -> Tiers | None:
        """Return the prices at greater quantities; None where they are the catalogue's ``own``.

        At each quantity that some list or the catalogue names, the first list that prices the unit at it counts; None
        is on request.
        """
        by_list = [self._of_list(prices, rows, unit) for prices in self._prices.lists]
        if not any(by_list):
            return None
        base: list[tuple[int, int]] = []
        if self._prices.fallback:
            base = [(quantity, int(net * PRICE_SCALE)) for quantity, net in own if net is not None]
        steps = sorted({quantity for each in (*by_list, base) for quantity, _ in each if quantity > 1})
        found: list[tuple[int, Decimal | None]] = []
        for step in steps:
            net = next((each for each in (_at(pairs, step) for pairs in (*by_list, base)) if each is not None), None)
            if net is not None:
                found.append((step, _shown(self._prices.finally_(net, unit))))
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
