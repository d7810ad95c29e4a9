"""The product, its offer, and the catalogue that they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

Scalar = str | float | bool


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit that the source gave for it, such as 16 "GB"."""

    value: float
    unit: str


AttributeValue = Scalar | Quantity | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """What a shop says about one article; ``category`` holds paths such as "Computers > Laptops"."""

    id: str
    title: str
    description: str = ""
    brand: str | None = None
    mpn: str | None = None
    gtin: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    image_urls: tuple[str, ...] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """The catalogue's own price (net, for quantity 1, in the catalogue's currency) and what is in stock.

    ``net`` None means price on request, ``stock`` None means that the shop gives no stock data.
    """

    net: Decimal | None = None
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """One durable row of a catalogue: the product, its offer, and how often buyers chose it (0 = unknown)."""

    product: Product
    offer: Offer = Offer()
    popularity: float = 0.0


@dataclass(frozen=True, slots=True)
class Catalog:
    """A named set of products that share a currency (ISO 4217) and a default locale."""

    id: str
    currency: str
    locale: str = "en"
