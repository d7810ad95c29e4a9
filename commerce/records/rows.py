"""Catalogue items to and from rows of the tables."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa

from commerce.documents import stored_product, whole_product_to_json, with_offers
from commerce.product import CatalogItem, Offer, Tier
from commerce.records.supply_texts import supply_from_text, supply_to_text

_HALF_PAIR = re.compile("[\ud800-\udfff]")
Row = sa.Row[*tuple[Any, ...]]


def product_row(catalog_id: str, item: CatalogItem) -> dict[str, object]:
    """Return the row of one product."""
    return {
        "catalog": catalog_id,
        "product_id": item.product.id,
        "document": whole_product_to_json(item.product).decode(),
        **_offer_columns(item.offer),
        "popularity": item.popularity,
        "variants": len(item.product.variants),
    }


def variant_rows(catalog_id: str, item: CatalogItem) -> Iterator[dict[str, object]]:
    """Yield the row of each variant's offer."""
    for variant in item.product.variants:
        yield {
            "catalog": catalog_id,
            "product_id": item.product.id,
            "variant_id": variant.id,
            **_offer_columns(variant.offer),
        }


def findable(ids: Iterable[str]) -> Iterator[str]:
    """Yield the ids that a record can have. A database refuses to look for others: PostgreSQL those with NUL, and all
    those with half a surrogate pair."""
    for identity in ids:
        if "\0" not in identity and not _HALF_PAIR.search(identity):
            yield identity


def item_of(row: Row, offers: Mapping[str, Offer]) -> CatalogItem:
    """Return the item of a product's row; ``offers`` are those of its variants."""
    product = stored_product(orjson.loads(row.document))
    return CatalogItem(with_offers(product, offers), offer_of(row), row.popularity)


def offer_of(row: Row) -> Offer:
    """Return the offer in a row of a product or a variant."""
    tiers = () if row.tiers is None else tuple(Tier(int(at), Decimal(net)) for at, net in orjson.loads(row.tiers))
    cost = None if row.cost is None else Decimal(row.cost)
    supply = supply_from_text(row.supply)
    return Offer(None if row.net is None else Decimal(row.net), row.stock, tiers, supply, cost)


def _offer_columns(offer: Offer) -> dict[str, object]:
    return {
        "net": None if offer.net is None else str(offer.net),
        "stock": offer.stock,
        "tiers": tiers_to_text(offer.tiers),
        "supply": supply_to_text(offer.supply),
        "cost": None if offer.cost is None else str(offer.cost),
    }


def tiers_to_text(tiers: Sequence[Tier]) -> str | None:
    """Return tiers as they stand in their column."""
    return orjson.dumps([[tier.min_quantity, str(tier.net)] for tier in tiers]).decode() if tiers else None
