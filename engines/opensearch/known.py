"""What a process must know of a version to ask for it: size, fields and words, and what lies beside the products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from commerce.buyer import Buyer
from engines.opensearch.assortments import visible
from engines.opensearch.buyer_prices import BuyerPrices
from engines.opensearch.connection import Json
from engines.opensearch.directory import Directory
from engines.opensearch.documents import STORED, OfferOf, own_offer
from engines.opensearch.facets import Catalogue
from engines.opensearch.point import PointInTime
from engines.opensearch.price_rules import ready
from engines.opensearch.promoted_prices import PromotedPrices
from engines.opensearch.promotion_cells import Meetings
from engines.opensearch.promotions import ready_promotions
from engines.opensearch.shown_prices import ShownPrices
from engines.opensearch.shown_rows import TESTED, needed
from engines.port import Schema, Stats
from language.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Known:
    """What a snapshot's process knows of its version."""

    batch: int
    stats: Stats
    catalogue: Catalogue
    vocabularies: Mapping[str, Vocabulary]
    dimensions: int
    shards: int
    schema: Schema
    index: str
    directory: Directory
    sold_out: bool

    def visible(self, buyer: Buyer) -> Json:
        """Return the condition that a product is there and one that the buyer sees."""
        committed = {"range": {"batch": {"lte": self.batch}}}
        if buyer.assortments is None:
            return committed
        seen = visible(self.directory.assortments, buyer.assortments, self.index, self.catalogue.names)
        return {"bool": {"filter": [committed, seen]}}

    def prices(self, buyer: Buyer, at: datetime | None, meetings: Meetings) -> PromotedPrices | None:
        """Return what a buyer pays at a moment, None is now; None where that is the catalogue's own prices."""
        moment = at or datetime.now(UTC)
        book, currency = self.directory.prices, self.schema.currency
        lists = book.in_force(buyer.price_lists, currency, moment)
        promotions = [each for each in self.directory.promotions.values() if each.standing(moment) == "in_force"]
        if not lists and not promotions and buyer.fallback:
            return None
        names = self.catalogue.names
        before = BuyerPrices(tuple(ready(each, book, currency, names) for each in lists), buyer.fallback)
        return PromotedPrices(before, ready_promotions(promotions, currency, names), meetings)

    def offers(self, prices: PromotedPrices | None, point: PointInTime, sources: Sequence[Json]) -> OfferOf:
        """Return what makes a buyer's offers of the products of some sources."""
        return own_offer if prices is None else ShownPrices(prices, self.schema.currency, point, sources).offer


def wanted(prices: PromotedPrices | None) -> list[str]:
    """Return what of a product's source answers need."""
    if prices is None:
        return list(STORED)
    return [*STORED, *needed(prices.before.stored()), *(TESTED if prices.tested() else ())]
