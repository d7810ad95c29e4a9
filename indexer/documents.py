"""Catalogue items to what an engine indexes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from commerce.documents import product_to_json
from commerce.product import AttributeValue, CatalogItem, Product, Quantity
from engines.port import Document, FieldKind
from engines.results import StoredProduct
from indexer.types import TypedProduct
from language.analysis import Analyzer
from language.attributes import label_of
from language.filters.tree import Scalar
from language.identifiers import normalise_identifier

SYSTEM_KINDS: Mapping[str, FieldKind] = {
    "id": "text",
    "brand": "text",
    "category": "hierarchy",
    "mpn": "text",
    "gtin": "text",
    "in_stock": "boolean",
    "released": "number",
}
_SEPARATOR = " > "
_SHORTEST_IDENTIFIER = 3
_PHRASE_SUPPORT = 5
_PHRASE_WORDS = 3
_PHRASES_FROM = 6


@dataclass(frozen=True, slots=True)
class CatalogKnowledge:
    """What only the whole catalogue can tell: the kind of each field and the phrases that titles share."""

    kinds: Mapping[str, FieldKind]
    phrases: frozenset[str]


def attribute_field(name: str) -> str:
    """Return the field name of an attribute."""
    return f"attributes.{name}"


def shared_phrases(titles: Iterable[str], analyzer: Analyzer) -> frozenset[str]:
    """Return the runs of one to three words that at least five titles have among their first six words."""
    counts: Counter[str] = Counter()
    for title in titles:
        counts.update(set(_phrases(analyzer.words(title))))
    return frozenset(phrase for phrase, count in counts.items() if count >= _PHRASE_SUPPORT)


def to_document(
    item: CatalogItem, typed: TypedProduct | None, knowledge: CatalogKnowledge, analyzer: Analyzer
) -> Document:
    """Turn one item into a document. A product without category takes its derived type as one, and says so."""
    product = item.product
    derived = typed if typed and not product.category else None
    if derived:
        product = replace(product, category=(derived.name,))
    stored = StoredProduct(
        id=product.id,
        document=_with_source(product_to_json(product), derived),
        title=product.title,
        net=item.offer.net,
        stock=item.offer.stock,
    )
    leaves = [path.rsplit(_SEPARATOR, 1)[-1] for path in product.category]
    return Document(
        stored=stored,
        texts=_texts(product, leaves),
        values=_values(item, product, knowledge.kinds),
        identifiers=tuple(_identifiers(product)),
        suggestions=tuple(_suggestions(product, leaves, knowledge.phrases, analyzer)),
        popularity=item.popularity,
    )


def _with_source(document: bytes, derived: TypedProduct | None) -> bytes:
    if derived is None:
        return document
    source = orjson.dumps({"source": "extracted", "from": derived.source, "confidence": derived.confidence})
    return document[:-1] + b',"category_source":' + source + b"}"


def _texts(product: Product, leaves: Sequence[str]) -> dict[str, str]:
    texts = {
        "title": product.title,
        "type": " ".join(leaves),
        "brand": product.brand or "",
        "attributes": " ".join(_attribute_words(product)),
        "description": product.description,
    }
    return {field: text for field, text in texts.items() if text}


def _attribute_words(product: Product) -> Iterable[str]:
    if product.mpn:
        yield product.mpn
    for name, value in product.attributes.items():
        if value is True:
            yield label_of(name)
        elif isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, str))


def _values(item: CatalogItem, product: Product, kinds: Mapping[str, FieldKind]) -> dict[str, tuple[Scalar, ...]]:
    values: dict[str, tuple[Scalar, ...]] = {
        "id": (product.id,),
        "in_stock": (item.offer.stock is None or item.offer.stock > 0,),
    }
    if product.brand:
        values["brand"] = (product.brand,)
    if product.mpn:
        values["mpn"] = (product.mpn,)
    if product.gtin:
        values["gtin"] = product.gtin
    if product.category:
        values["category"] = tuple(dict.fromkeys(part for path in product.category for part in ancestors(path)))
    if product.released:
        values["released"] = (product.released.timestamp(),)
    for name, value in product.attributes.items():
        field = attribute_field(name)
        if of_kind := tuple(_of_kind(value, kinds[field])):
            values[field] = of_kind
    return values


def ancestors(path: str) -> list[str]:
    """Return a category path and all above it: "A > B" gives "A" and "A > B"."""
    steps = path.split(_SEPARATOR)
    return [_SEPARATOR.join(steps[: depth + 1]) for depth in range(len(steps))]


def _of_kind(value: AttributeValue, kind: FieldKind) -> Iterable[Scalar]:
    """Yield the values of the kind that the catalogue gives the attribute; others show in the sheet only."""
    if isinstance(value, tuple):
        for each in value:
            yield from _of_kind(each, kind)
        return
    plain = value.value if isinstance(value, Quantity) else value
    is_kind = {"boolean": isinstance(plain, bool), "text": isinstance(plain, str)}
    if is_kind.get(kind, isinstance(plain, int | float) and not isinstance(plain, bool)):
        yield plain


def _identifiers(product: Product) -> Iterable[str]:
    for given in (product.id, product.mpn, *product.gtin):
        normalised = normalise_identifier(given or "")
        if len(normalised) >= _SHORTEST_IDENTIFIER:
            yield normalised


def _phrases(words: Sequence[str]) -> Iterable[str]:
    first = words[:_PHRASES_FROM]
    for start in range(len(first)):
        for length in range(1, min(_PHRASE_WORDS, len(first) - start) + 1):
            phrase = first[start : start + length]
            if len(phrase[0]) > 1 and len(phrase[-1]) > 1 and not phrase[0].isdigit() and not phrase[-1].isdigit():
                yield " ".join(phrase)


def _suggestions(product: Product, leaves: Sequence[str], phrases: frozenset[str], analyzer: Analyzer) -> Iterable[str]:
    found: dict[str, None] = {}
    for leaf in leaves:
        found[leaf.lower()] = None
        if product.brand:
            found[f"{product.brand} {leaf}".lower()] = None
    for phrase in _phrases(analyzer.words(product.title)):
        if phrase in phrases:
            found[phrase] = None
    return found
