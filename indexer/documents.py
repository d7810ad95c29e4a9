"""Catalogue items to what an engine indexes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from commerce.documents import extras, product_to_json
from commerce.product import AttributeValue, CatalogItem, Offer, Product, Texts, Variant
from engines.port import EXTRACTED, Document, Unit, text_field
from engines.results import StoredProduct
from indexer.extraction.model import Extracted
from indexer.extraction.stated import filter_values, with_stated
from indexer.knowledge import CatalogKnowledge, attribute_field, type_name
from indexer.phrases import phrases_of
from indexer.types import TypedProduct
from indexer.values import ValueReader
from language.analysis import Analyzer, analyzer
from language.attributes import label_of
from language.filters.tree import Scalar
from language.identifiers import normalise_identifier
from language.measure_terms import measure_terms

_SEPARATOR = " > "
_SHORTEST_IDENTIFIER = 3
Values = dict[str, tuple[Scalar, ...]]


def to_document(
    item: CatalogItem, typed: TypedProduct | None, knowledge: CatalogKnowledge, vector: tuple[float, ...] = ()
) -> Document:
    """Turn one item into a document. A product without category takes its derived type as one, and says so; what its
    texts state of missing attributes stands apart, and is filtered by where it is sure enough."""
    product = item.product
    derived = typed if typed and not product.category else None
    if derived:
        product = replace(product, category=(derived.name,))
    named = type_name(product, typed)
    stated = knowledge.extraction.extract(product, named) if knowledge.extraction else []
    stored = StoredProduct(
        id=product.id,
        document=with_stated(_with_source(product_to_json(product), derived), stated),
        title=product.title,
        net=item.offer.net,
        stock=item.offer.stock,
        more=_more(item, product),
    )
    shared, own = _values(product, named, knowledge.values)
    shared |= _stated_values(stated, knowledge)
    return Document(
        stored=stored,
        texts=_texts(product, knowledge.locales),
        values={**shared, "in_stock": (any(_in_stock(offer) for _, offer in item.offers()),)},
        identifiers=tuple(_identifiers(product)),
        suggestions=tuple(_suggestions(product, knowledge.phrases, analyzer(knowledge.locales[0]))),
        vector=vector,
        popularity=item.popularity,
        units=tuple(
            Unit(each.id, values, each.offer.net, each.offer.stock, each.offer.supply)
            for each, values in zip(product.variants, own, strict=True)
        ),
        supply=item.offer.supply,
    )


def ancestors(path: str) -> list[str]:
    """Return a category path and all above it: "A > B" gives "A" and "A > B"."""
    steps = path.split(_SEPARATOR)
    return [_SEPARATOR.join(steps[: depth + 1]) for depth in range(len(steps))]


def _with_source(document: bytes, derived: TypedProduct | None) -> bytes:
    if derived is None:
        return document
    source = orjson.dumps({"source": "extracted", "from": derived.source, "confidence": derived.confidence})
    return document[:-1] + b',"category_source":' + source + b"}"


def _more(item: CatalogItem, product: Product) -> bytes:
    """Return what the product has beyond its document, with the tiers of what can be bought by id."""
    found = extras(product)
    if tiers := {identity: _tiers(offer) for identity, offer in item.offers() if offer.tiers}:
        found["tiers"] = tiers
    return orjson.dumps(found, option=orjson.OPT_UTC_Z) if found else b""


def _tiers(offer: Offer) -> list[dict[str, object]]:
    return [{"min_quantity": tier.min_quantity, "net": str(tier.net)} for tier in offer.tiers]


def _in_stock(offer: Offer) -> bool:
    return offer.stock is None or offer.stock > 0


def _texts(product: Product, locales: Sequence[str]) -> dict[str, str]:
    """Return the searched texts in every locale; what a locale does not say, the default one says for it."""
    default = locales[0]
    own = _localised(product, Texts(), default)
    found = dict(own)
    for locale in locales[1:]:
        texts = _localised(product, product.texts[locale], locale) if locale in product.texts else own
        found.update({text_field(field, locale, default): text for field, text in texts.items()})
    return {field: text for field, text in found.items() if text}


def _localised(product: Product, texts: Texts, locale: str) -> dict[str, str]:
    category = texts.category or product.category
    attributes = {**product.attributes, **texts.attributes}
    said = [*_attribute_words(product.mpn, attributes)]
    measures = measure_terms(texts.title or product.title, locale)
    for variant in product.variants:
        measures += measure_terms(variant.title, locale)
        said += (variant.title, *_attribute_words(variant.mpn, variant.attributes))
    return {
        "title": texts.title or product.title,
        "type": " ".join(path.rsplit(_SEPARATOR, 1)[-1] for path in category),
        "brand": product.brand or "",
        "attributes": " ".join(dict.fromkeys((*said, *(texts.keywords or product.keywords)))),
        "description": texts.description or product.description,
        "measures": " ".join(dict.fromkeys(measures)),
    }


def _attribute_words(mpn: str | None, attributes: Mapping[str, AttributeValue]) -> Iterator[str]:
    if mpn:
        yield mpn
    for name, value in attributes.items():
        if value is True:
            yield label_of(name)
        elif isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, str))


def _values(product: Product, type_name: str | None, reader: ValueReader) -> tuple[Values, list[Values]]:
    """Return the values that all units share, and those of each variant. What a variant does not say, the product says
    for it."""
    shared: Values = {"id": (product.id,)}
    if product.category:
        shared["category"] = tuple(dict.fromkeys(part for path in product.category for part in ancestors(path)))
    if product.released:
        shared["released"] = (product.released.timestamp(),)
    if product.brand:
        shared["brand"] = (product.brand,)
    shared.update(_article_values(product, type_name, reader))
    own = [_article_values(variant, type_name, reader) for variant in product.variants]
    for field in {field for values in own for field in values} & shared.keys():
        of_product = shared.pop(field)
        for values in own:
            values.setdefault(field, of_product)
    return shared, own


def _article_values(article: Product | Variant, type_name: str | None, reader: ValueReader) -> Values:
    values: Values = {}
    if article.mpn:
        values["mpn"] = (article.mpn,)
    if article.gtin:
        values["gtin"] = article.gtin
    # An attribute that came up since the catalogue was learned from is left out; the follower will index its product
    # again.
    for name, read in reader.values(article.attributes, type_name).items():
        values[attribute_field(name)] = read
    return values


def _stated_values(stated: Sequence[Extracted], knowledge: CatalogKnowledge) -> Values:
    if not stated or not knowledge.extraction:
        return {}
    found = filter_values(stated, knowledge.dictionary, knowledge.extraction.filtered_from)
    values: Values = {attribute_field(name): value for name, value in found.items()}
    return {**values, EXTRACTED: tuple(values)} if values else values


def _identifiers(product: Product) -> Iterator[str]:
    articles: tuple[Product | Variant, ...] = (product, *product.variants)
    for article in articles:
        for given in (article.id, article.mpn, *article.gtin):
            normalised = normalise_identifier(given or "")
            if len(normalised) >= _SHORTEST_IDENTIFIER:
                yield normalised


def _suggestions(product: Product, phrases: frozenset[str], words: Analyzer) -> Iterable[str]:
    found: dict[str, None] = {}
    for path in product.category:
        leaf = path.rsplit(_SEPARATOR, 1)[-1]
        found[leaf.lower()] = None
        if product.brand:
            found[f"{product.brand} {leaf}".lower()] = None
    for phrase in phrases_of(words.words(product.title)):
        if phrase in phrases:
            found[phrase] = None
    return found
