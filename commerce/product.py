"""The product, its variants and offers, and the catalogue that they belong to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from commerce.availability import LocationStock

Scalar = str | float | bool


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit that the source gave for it, such as 16 "GB"."""

    value: float
    unit: str


AttributeValue = Scalar | Quantity | tuple[Scalar | Quantity, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A net price that holds from a quantity on."""

    min_quantity: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """The catalogue's own price (net, for quantity 1, in the catalogue's currency) and what is in stock.

    ``net`` None means price on request, ``stock`` None means that the shop gives no stock data for all locations
    together. ``tiers`` ascend. ``supply`` is what it says by location, see ``commerce.availability``.
    ``cost`` is what the article costs the shop, None where it is not known; it never reaches an index or a buyer.
    """

    net: Decimal | None = None
    stock: int | None = None
    tiers: tuple[Tier, ...] = ()
    supply: tuple[LocationStock, ...] = ()
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One article of a product that comes in several: what it does not say, the product says for it."""

    id: str
    title: str = ""
    mpn: str | None = None
    gtin: tuple[str, ...] = ()
    image_urls: tuple[str, ...] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    offer: Offer = Offer()


@dataclass(frozen=True, slots=True)
class Texts:
    """What a product says in another locale than the catalogue's; what is empty, the catalogue's locale says."""

    title: str = ""
    description: str = ""
    category: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relation:
    """This product's ``type`` (accessory, spare_part, similar, follow_up …) is the product ``id``."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Product:
    """What a shop says about one article; ``category`` holds paths such as "Computers > Laptops".

    ``classifications`` are class codes by system, such as "27141137" by "ECLASS-9.0". ``texts`` are by locale.
    """

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
    keywords: tuple[str, ...] = ()
    classifications: Mapping[str, str] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    texts: Mapping[str, Texts] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """One durable row of a catalogue: the product, its offer, and how often buyers chose it (0 = unknown).

    A product with variants is offered through them: its own ``offer`` counts only while it has none.
    """

    product: Product
    offer: Offer = Offer()
    popularity: float = 0.0

    def offers(self) -> Iterator[tuple[str, Offer]]:
        """Yield what can be bought, with its id: the variants, or the product itself."""
        if self.product.variants:
            yield from ((variant.id, variant.offer) for variant in self.product.variants)
        else:
            yield self.product.id, self.offer


@dataclass(frozen=True, slots=True)
class Catalog:
    """A named set of products that share a currency (ISO 4217) and a default locale."""

    id: str
    currency: str
    locale: str = "en"
