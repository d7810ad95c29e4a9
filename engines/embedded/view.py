"""One part as a snapshot shows it to one buyer: its columns, the buyer's offers, and which rows the buyer sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson

from commerce.availability import together
from engines.embedded.offers import Offers
from engines.embedded.part import NO_PRICE, Mask, Part
from engines.results import StoredProduct, UnitOffer

if TYPE_CHECKING:
    from engines.embedded.pricing import BuyerPrices, Tiers

_MOST_KEPT = 20_000
"""Products of a part, as many as ranking remembers the words of; some 50 MB with their documents."""


@dataclass(frozen=True, slots=True)
class View:
    """A part with offers and the rows that are live (and in the buyer's assortments) at one moment. ``prices`` are the
    buyer's, None for a buyer without price lists and promotions; then ``offers`` are the catalogue's own. ``day`` is
    the moment's, ``location`` the buyer's where the catalogue knows it. ``kept`` holds the products that were asked for
    last, by row, where many buyers share the view: a search asks for some of its candidates twice."""

    part: Part
    offers: Offers
    live: Mask
    prices: BuyerPrices | None = None
    day: int = 0
    location: str | None = None
    kept: dict[int, StoredProduct] | None = None

    def product(self, at: int, matched: Mask | None = None) -> StoredProduct:
        """Return one stored product; ``matched`` are the units (of the whole part) that meet the conditions."""
        if self.kept is not None and (known := self.kept.get(at)) is not None:
            return known
        part = self.part
        units = part.units_of_row(at)
        more = part.more.raw(at)
        if not part.unit_ids.raw(units.start):
            [offer] = self._unit_offers(units, part.ids[at], more)
            product = StoredProduct(
                id=part.ids[at],
                document=part.documents.raw(at),
                title=part.titles[at],
                net=offer.net,
                stock=offer.stock,
                more=more,
                own=offer.own,
                price_list=offer.price_list,
                tiers=offer.tiers,
                availability=offer.availability,
                promoted=offer.promoted,
            )
            if self.kept is not None:
                if len(self.kept) >= _MOST_KEPT:
                    self.kept.clear()
                self.kept[at] = product
            return product
        offers = tuple(self._unit_offers(units, None, more))
        counting = offers
        ids: tuple[str, ...] = ()
        if matched is not None:
            counting = tuple(offer for offer, unit in zip(offers, units, strict=True) if matched[unit]) or offers
            ids = tuple(offer.id for offer in counting)
        available = together([offer.availability for offer in counting])
        priced = [offer for offer in counting if offer.net is not None]
        cheapest = min(priced, key=lambda offer: offer.net or 0) if priced else counting[0]
        return StoredProduct(
            id=part.ids[at],
            document=part.documents.raw(at),
            title=part.titles[at],
            net=cheapest.net,
            stock=available.quantity,
            more=more,
            units=offers,
            matched=ids,
            own=cheapest.own,
            price_list=cheapest.price_list,
            tiers=cheapest.tiers,
            availability=available,
            promoted=cheapest.promoted,
        )

    def _unit_offers(self, units: range, alone: str | None, more: bytes) -> Iterator[UnitOffer]:
        """Yield the offers of a product's units; ``alone`` is the id of a product without variants."""
        offers = self.offers
        own_tiers = _own_tiers(more) if self.prices else {}
        for unit in units:
            net = decimal_net(int(offers.net[unit]))
            available = offers.stocks.of_unit(unit, self.day, self.location)
            identity = self.part.unit_ids[unit] if alone is None else alone
            if self.prices is None:
                yield UnitOffer(identity, net, available.quantity, net, availability=available)
                continue
            place = -1 if offers.lists is None else int(offers.lists[unit])
            promotions = self.prices.promotions_of(self, unit)
            yield UnitOffer(
                identity,
                net,
                available.quantity,
                decimal_net(int(offers.own[unit])),
                None if place < 0 else self.prices.lists[place].id,
                self.prices.tiers(self, unit, own_tiers.get(identity, ()), promotions),
                available,
                self.prices.promoted(self, unit, promotions),
            )


def _own_tiers(more: bytes) -> Mapping[str, Tiers]:
    if b'"tiers":' not in more:
        return {}
    tiers = orjson.loads(more).get("tiers", {})
    return {
        identity: tuple((step["min_quantity"], Decimal(step["net"])) for step in steps)
        for identity, steps in tiers.items()
    }


def decimal_net(net: int) -> Decimal | None:
    """Return a price as answers show it: with two decimals, or as many as it needs; None for none."""
    if net == NO_PRICE:
        return None
    price = Decimal(net).scaleb(-6)
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price.normalize()
