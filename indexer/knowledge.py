"""What indexing needs to know of a whole catalogue, learned from its items one at a time or taken from what serves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from commerce.product import Catalog, CatalogItem
from engines.port import FieldKind, Schema
from indexer.phrases import PhraseLearner
from indexer.types import ProductTypes, TypeLearner
from language.analysis import analyzer
from language.attributes import AttributeDictionaryBuilder

SYSTEM_KINDS: Mapping[str, FieldKind] = {
    "id": "text",
    "brand": "text",
    "category": "hierarchy",
    "mpn": "text",
    "gtin": "text",
    "in_stock": "boolean",
    "released": "number",
}


@dataclass(frozen=True, slots=True)
class CatalogKnowledge:
    """What only the whole catalogue can tell: its locales, the default one first, the kind of each field, and the
    phrases that titles share. ``types`` type products without a category; None where every product has one."""

    locales: tuple[str, ...]
    kinds: Mapping[str, FieldKind]
    phrases: frozenset[str] = frozenset()
    types: ProductTypes | None = None


class CatalogLearner:
    """Learns from one pass over a catalogue; memory does not grow with the number of products."""

    def __init__(self, catalog: Catalog) -> None:
        self.products = 0
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
        self._phrases.add(product.title)
        self._types.add(product)
        self._untyped += not product.category

    def build(self) -> CatalogKnowledge:
        """Return what was learned."""
        others = (locale for locale, _ in self._locales.most_common() if locale != self._default)
        return CatalogKnowledge(
            locales=(self._default, *others),
            kinds={**SYSTEM_KINDS, **_kinds(self._attributes)},
            phrases=self._phrases.build(),
            types=self._types.build() if self._untyped else None,
        )


def learn(catalog: Catalog, items: Iterable[CatalogItem]) -> CatalogKnowledge:
    """Learn from all items of a catalogue."""
    learner = CatalogLearner(catalog)
    for item in items:
        learner.add(item)
    return learner.build()


def extend(schema: Schema, items: Sequence[CatalogItem]) -> CatalogKnowledge:
    """Return what serves, with the kinds of attributes that these items are the first to have."""
    dictionary = AttributeDictionaryBuilder()
    for item in items:
        for attributes in (item.product.attributes, *(each.attributes for each in item.product.variants)):
            new = {name: v for name, v in attributes.items() if attribute_field(name) not in schema.kinds}
            if new:
                dictionary.add(new)
    return CatalogKnowledge(schema.locales, {**schema.kinds, **_kinds(dictionary)}, schema.phrases)


def attribute_field(name: str) -> str:
    """Return the field name of an attribute."""
    return f"attributes.{name}"


def _kinds(attributes: AttributeDictionaryBuilder) -> dict[str, FieldKind]:
    return {attribute_field(name): info.kind for name, info in attributes.build().items()}
