"""One part as a snapshot sees it: its columns, its offers now, and which of its rows live."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engines.embedded.offers import Offers
from engines.embedded.part import NO_PRICE, NO_STOCK, Mask, Part
from engines.results import StoredProduct, UnitOffer


@dataclass(frozen=True, slots=True)
class View:
    """A part with the offers and the live rows of one moment."""

    part: Part
    offers: Offers
    live: Mask

    def product(self, at: int, matched: Mask | None = None) -> StoredProduct:
        """Return one stored product; ``matched`` are the units (of the whole part) that meet the conditions."""
        part = self.part
        units = part.units_of_row(at)
        if not part.unit_ids.raw(unit := units.start):
            return StoredProduct(
                id=part.ids[at],
                document=part.documents.raw(at),
                title=part.titles[at],
                net=_decimal(int(self.offers.net[unit])),
                stock=_stock(int(self.offers.stock[unit])),
                more=part.more.raw(at),
            )
        offers = tuple(self._unit_offers(units))
        counting = offers
        ids: tuple[str, ...] = ()
        if matched is not None:
            counting = tuple(offer for offer, unit in zip(offers, units, strict=True) if matched[unit]) or offers
            ids = tuple(offer.id for offer in counting)
        stocks = [offer.stock for offer in counting if offer.stock is not None]
        return StoredProduct(
            id=part.ids[at],
            document=part.documents.raw(at),
            title=part.titles[at],
            net=min((offer.net for offer in counting if offer.net is not None), default=None),
            stock=sum(stocks) if len(stocks) == len(counting) else None,
            more=part.more.raw(at),
            units=offers,
            matched=ids,
        )

    def _unit_offers(self, units: range) -> Iterator[UnitOffer]:
        for unit in units:
            net, stock = int(self.offers.net[unit]), int(self.offers.stock[unit])
            yield UnitOffer(self.part.unit_ids[unit], _decimal(net), _stock(stock))


def _stock(stock: int) -> int | None:
    return None if stock == NO_STOCK else stock


def _decimal(net: int) -> Decimal | None:
    if net == NO_PRICE:
        return None
    price = Decimal(net).scaleb(-6)
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price.normalize()
