"""What indexing needs to know of a whole catalogue, learned from its items one at a time or taken from what serves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from commerce.product import Catalog, CatalogItem, Product
from engines.port import EXTRACTED, FieldKind, Schema
from indexer.attribute_dictionary import dictionary_of
from indexer.extraction.model import ExtractionModel
from indexer.phrases import PhraseLearner
from indexer.types import ProductTypes, TypedProduct, TypeLearner
from indexer.units import UnitLearner
from indexer.values import ValueReader
from language.analysis import analyzer
from language.attributes import AttributeDictionaryBuilder, AttributeInfo
from language.dictionary import AttributeEntry

_ALL = 25_000
_CARRIERS = 300
_MOST_READ = 200_000
_SHARE = 0.02

SYSTEM_KINDS: Mapping[str, FieldKind] = {
    "id": "text",
    "brand": "text",
    "category": "hierarchy",
    "mpn": "text",
    "gtin": "text",
    "in_stock": "boolean",
    "released": "number",
    EXTRACTED: "text",
}


@dataclass(frozen=True, slots=True)
class CatalogKnowledge:
    """What only the whole catalogue can tell: its locales, the default one first, what its attributes mean and how
    their values are read, and the phrases that titles share. ``types`` type products without a category; None where
    every product has one. ``extraction`` reads what texts state of missing attributes, None for nothing."""

    locales: tuple[str, ...]
    dictionary: Mapping[str, AttributeEntry]
    values: ValueReader
    phrases: frozenset[str] = frozenset()
    types: ProductTypes | None = None
    extraction: ExtractionModel | None = None

    def kinds(self) -> dict[str, FieldKind]:
        """Return the kind of each field that filters, facets and sorting may name."""
        return {**SYSTEM_KINDS, **{attribute_field(name): entry.kind for name, entry in self.dictionary.items()}}

    def type_of(self, product: Product) -> TypedProduct | None:
        """Return the derived type of a product that names no category."""
        return self.types.of(product) if self.types and not product.category else None

    def types_of(self, items: Sequence[CatalogItem]) -> dict[str, TypedProduct]:
        """Return the derived types of products that name no category, by their ids."""
        found = {item.product.id: self.type_of(item.product) for item in items}
        return {identity: typed for identity, typed in found.items() if typed}


def type_name(product: Product, typed: TypedProduct | None) -> str | None:
    """Return what units are learned by: the product's first category, or else its derived type."""
    return product.category[0] if product.category else typed.name if typed else None


class CatalogLearner:
    """Learns from one pass over a catalogue; memory does not grow with the number of products.

    Phrases and types of a very large catalogue are learned from an even sample of the ``expected`` products.
    ``sample`` are the products to learn units from: all of a small catalogue; of a large one those that are among the
    first three hundred to carry some attribute, and an even share of the others.
    """

    def __init__(self, catalog: Catalog, expected: int = 0) -> None:
        self.products = 0
        self.sample: list[str] = []
        self._carried: Counter[str] = Counter()
        self._random = Random(0)  # noqa: S311
        self._read_share = min(1.0, _MOST_READ / max(expected, 1))
        self._default = catalog.locale
        self._locales: Counter[str] = Counter()
        self._attributes = AttributeDictionaryBuilder()
        self._phrases = PhraseLearner(analyzer(catalog.locale))
        self._types = TypeLearner()
        self._untyped = 0

    def add(self, item: CatalogItem) -> None:
        """Learn from one item."""
        product = item.product
        self.products += 1
        self._locales.update(product.texts.keys())
        self._attributes.add(product.attributes)
        for variant in product.variants:
            self._attributes.add(variant.attributes)
        self._untyped += not product.category
        if self._read_share == 1.0 or self._random.random() < self._read_share:
            self._phrases.add(product.title)
            self._types.add(product)
        if self._is_sampled(product):
            self.sample.append(product.id)

    def attributes(self) -> Mapping[str, AttributeInfo]:
        """Return the attributes with their kinds."""
        return self._attributes.build()

    def locales(self) -> tuple[str, ...]:
        """Return the catalogue's locales, its default first."""
        others = (locale for locale, _ in self._locales.most_common() if locale != self._default)
        return (self._default, *others)

    def phrases(self) -> frozenset[str]:
        """Return the phrases that titles share."""
        return self._phrases.build()

    def derived_types(self) -> ProductTypes | None:
        """Return the types of products without a category; None where every product has one."""
        return self._types.build() if self._untyped else None

    def _is_sampled(self, product: Product) -> bool:
        if self.products <= _ALL:
            return True
        rare = [name for name in product.attributes if self._carried[name] < _CARRIERS]
        self._carried.update(rare)
        return bool(rare) or self._random.random() < _SHARE


def extend(schema: Schema, items: Sequence[CatalogItem]) -> CatalogKnowledge:
    """Return what serves, with the attributes that these items are the first to have, learned from them alone."""
    new = AttributeDictionaryBuilder()
    for item in items:
        for attributes in (item.product.attributes, *(each.attributes for each in item.product.variants)):
            if unknown := {name: value for name, value in attributes.items() if name not in schema.dictionary}:
                new.add(unknown)
    infos = new.build()
    added: Mapping[str, AttributeEntry] = {}
    if infos:
        units = UnitLearner(schema.locales[0])
        for item in items:
            units.add(item.product, type_name(item.product, None))
        added = dictionary_of(infos, units.build(), schema.locales[0])
    dictionary = {**schema.dictionary, **added}
    return CatalogKnowledge(schema.locales, dictionary, ValueReader(dictionary), schema.phrases)


def attribute_field(name: str) -> str:
    """Return the field name of an attribute."""
    return f"attributes.{name}"
