"""The port that every search engine implements; ``tests/conformance`` holds an adapter to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from commerce.availability import LocationStock
from commerce.buyer import ANONYMOUS, Buyer
from commerce.pricing import Assortment, PriceList
from commerce.promotions import Promotion
from engines.plan import SearchPlan
from engines.results import SearchResult, StoredProduct
from language.dictionary import AttributeEntry
from language.errors import VitrineError
from language.filters.tree import Scalar
from language.vocabulary import Vocabulary

FieldKind = Literal["text", "number", "boolean", "hierarchy"]
EXTRACTED = "extracted"
"""The field that names those attributes of a product whose values were read from its texts."""


class EngineUnavailable(VitrineError):
    """The search engine does not answer."""

    code = "engine_unavailable"


class InvalidCursor(VitrineError):
    """A cursor that this engine did not hand out, or that belongs to another query."""

    code = "invalid_page"


@dataclass(frozen=True, slots=True)
class Unit:
    """What can be bought of a product: one variant, with the values that are its own. ``supply`` is its stock by
    location, each location once."""

    id: str
    values: Mapping[str, tuple[Scalar, ...]]
    net: Decimal | None = None
    stock: int | None = None
    supply: tuple[LocationStock, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One product as an engine indexes it.

    ``texts`` are raw texts by searched field. ``values`` are what filters, facets and sorting see, by
    field name (``brand``, ``attributes.X`` …); every value of one field has the kind that the schema gives it.
    ``units`` are the variants, whose values stand beside the product's; a condition holds for a product if it holds
    for one of them as a whole. Without units the product is its own, at the offer of ``stored`` and with
    ``supply`` as its stock by location. ``identifiers`` are
    normalised part numbers. ``vector`` is the product's embedding of unit length, as long as every other's, or empty.
    ``suggestions`` are phrases that this product should be found by while a buyer types.
    ``stored`` is the answer's ``product``.
    """

    stored: StoredProduct
    texts: Mapping[str, str]
    values: Mapping[str, tuple[Scalar, ...]]
    identifiers: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    vector: tuple[float, ...] = ()
    popularity: float = 0.0
    units: tuple[Unit, ...] = ()
    supply: tuple[LocationStock, ...] = ()

    def all_units(self) -> tuple[Unit, ...]:
        """Return what can be bought: the units, or the product as its own, by the name of ""."""
        return self.units or (Unit("", {}, self.stored.net, self.stored.stock, self.supply),)


@dataclass(frozen=True, slots=True)
class OfferUpdate:
    """The price and stock that one product's unit has from now on; without variants the unit's id is the product's."""

    product_id: str
    unit_id: str
    net: Decimal | None
    stock: int | None
    supply: tuple[LocationStock, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is known of one field in one version: its kind, how many products carry it, how many values it has."""

    name: str
    kind: FieldKind
    products: int = 0
    distinct: int = 0


@dataclass(frozen=True, slots=True)
class Schema:
    """What a version is built with: the catalogue's locales, its default first, the text fields that are searched in
    each of them, the kinds of fields, the phrases that titles share, which are suggested, the attribute
    dictionary by name, and the currency of all prices; price lists in another one do not apply. ``encoder`` names the
    model that made the documents' vectors, empty without vectors: only its own vectors can be compared with them.
    ``extraction`` names the rules that read what texts state of missing attributes, empty without any."""

    locales: tuple[str, ...] = ("en",)
    texts: tuple[str, ...] = ("title", "type", "brand", "attributes", "description", "measures")
    kinds: Mapping[str, FieldKind] = field(default_factory=dict)
    phrases: frozenset[str] = frozenset()
    dictionary: Mapping[str, AttributeEntry] = field(default_factory=dict)
    currency: str = "EUR"
    encoder: str = ""
    extraction: str = ""


def text_field(field: str, locale: str, default: str) -> str:
    """Return where a document keeps a text in one locale: "title" in the default one, "title@de" in another."""
    return field if locale == default else f"{field}@{locale}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion of what the buyer typed, with the number of products that it stands for."""

    text: str
    kind: Literal["query", "category", "brand"]
    count: int


@dataclass(frozen=True, slots=True)
class Stats:
    """The size of the serving version. ``applied`` is the change-log number that it contains; ``disk_bytes`` are its
    files, ``memory_bytes`` those of them that are mapped. ``encoder`` is the schema's."""

    version: int
    locales: tuple[str, ...]
    products: int
    applied: int
    disk_bytes: int
    memory_bytes: int
    encoder: str = ""


class SearchIndex(Protocol):
    """A read-only snapshot of one catalogue's serving version; safe for concurrent use; stays as it was when taken.

    Every answer is the buyer's own: of the buyer's assortments alone, at the prices, promotions among them, and with
    what is available ``at`` a moment (None is now). ``ids`` are those of all products that meet a plan's filter and
    selections, in no order, whatever else it says: cheap where a hundred hits would not be.
    """

    def search(self, plan: SearchPlan) -> SearchResult: ...
    def ids(self, plan: SearchPlan) -> Sequence[str]: ...
    def suggest(self, typed: str, limit: int, buyer: Buyer, at: datetime | None = None) -> Sequence[Suggestion]: ...
    def get(self, ids: Sequence[str], buyer: Buyer, at: datetime | None = None) -> Mapping[str, StoredProduct]: ...
    def fields(self) -> Mapping[str, FieldInfo]: ...
    def vocabulary(self, locale: str, buyer: Buyer = ANONYMOUS) -> Vocabulary: ...
    def dictionary(self) -> Mapping[str, AttributeEntry]: ...
    def stats(self) -> Stats: ...


class IndexBuilder(Protocol):
    """Writes one version; nothing is visible to readers before ``commit``, and a crash leaves the last commit.

    Price lists, assortments and promotions belong to a version as its products do; ``put_…`` replaces one whole. Price
    lists wait in memory for the commit: ``rows_a_commit`` is how many of their rows should at most.
    """

    rows_a_commit: int

    def extend(self, kinds: Mapping[str, FieldKind], dictionary: Mapping[str, AttributeEntry]) -> None: ...
    def write(self, documents: Iterable[Document]) -> int: ...
    def delete(self, ids: Iterable[str]) -> int: ...
    def patch_offers(self, offers: Iterable[OfferUpdate]) -> int: ...
    def put_price_list(self, prices: PriceList) -> None: ...
    def delete_price_list(self, identity: str) -> None: ...
    def put_assortment(self, assortment: Assortment) -> None: ...
    def delete_assortment(self, identity: str) -> None: ...
    def put_promotion(self, promotion: Promotion) -> None: ...
    def delete_promotion(self, identity: str) -> None: ...
    def commit(self, applied: int) -> None: ...
    def close(self) -> None: ...


class SearchEngine(Protocol):
    """A store of versions by catalogue. ``create`` begins a new one, ``switch`` makes it the serving one.

    ``open`` returns this process's current snapshot and is cheap, ``open_version`` a fresh one of any version;
    ``refresh`` takes newer commits and switches into it.
    ``schema`` is the serving version's."""

    def create(self, catalog: str, schema: Schema) -> int: ...
    def schema(self, catalog: str) -> Schema: ...
    def builder(self, catalog: str, version: int) -> IndexBuilder: ...
    def switch(self, catalog: str, version: int) -> None: ...
    def current(self, catalog: str) -> int | None: ...
    def versions(self, catalog: str) -> Sequence[int]: ...
    def drop(self, catalog: str, version: int) -> None: ...
    def open(self, catalog: str) -> SearchIndex | None: ...
    def open_version(self, catalog: str, version: int) -> SearchIndex: ...
    def refresh(self) -> None: ...
