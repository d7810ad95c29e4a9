"""What indexing needs to know of a whole catalogue, learned from all its items or taken from what serves."""

from collections.abc import Sequence

from commerce.product import CatalogItem
from engines.port import FieldKind, Schema
from indexer.documents import SYSTEM_KINDS, CatalogKnowledge, attribute_field, shared_phrases
from language.analysis import analyzer
from language.attributes import AttributeDictionaryBuilder


def learn(items: Sequence[CatalogItem], locale: str) -> CatalogKnowledge:
    """Learn the kind of each attribute and the phrases that titles share."""
    dictionary = AttributeDictionaryBuilder()
    for item in items:
        dictionary.add(item.product.attributes)
    kinds: dict[str, FieldKind] = dict(SYSTEM_KINDS)
    kinds.update({attribute_field(name): info.kind for name, info in dictionary.build().items()})
    return CatalogKnowledge(kinds, shared_phrases((item.product.title for item in items), analyzer(locale)))


def extend(schema: Schema, items: Sequence[CatalogItem]) -> CatalogKnowledge:
    """Return what serves, with the kinds of attributes that these items are the first to have."""
    dictionary = AttributeDictionaryBuilder()
    for item in items:
        new = {n: v for n, v in item.product.attributes.items() if attribute_field(n) not in schema.kinds}
        if new:
            dictionary.add(new)
    kinds = dict(schema.kinds)
    kinds.update({attribute_field(name): info.kind for name, info in dictionary.build().items()})
    return CatalogKnowledge(kinds, schema.phrases)
