"""Products to what the index keeps of them, and back."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from commerce.availability import Availability, together
from engines.auto_facets import NEVER
from engines.opensearch.connection import Json
from engines.opensearch.encoding import number_term, text_term
from engines.opensearch.mapping import SURFACE
from engines.opensearch.price_book import POINTS
from engines.opensearch.stock import SeenStock, stock_source
from engines.port import Document, FieldKind, OfferUpdate, Schema, Unit, text_field
from engines.results import StoredProduct, UnitOffer
from language.analysis import Analyzer, analyzer
from language.filters.tree import Scalar
from language.identifiers import is_gtin_like

OFFERED = ("in_stock", "on_offer")
"""Follow from the offer, which changes more often than the product."""
KEYS = NEVER
"""Kept apart, so that no count ever walks over them unasked."""
STORED = ("stored", "popularity", "units.id", "units.net", "units.stock", "units.supply")
"""What an answer needs of a product."""
PRICE_SCALE = 1_000_000
Points = Mapping[str, Sequence[int]]
OfferOf = Callable[[Json, Json], UnitOffer]
"""What a buyer is offered of a unit, from the source of its product and its own."""
_CENT = Decimal("0.01")


class Encoder:
    """Turns documents into sources of the index, for one schema."""

    def __init__(self, schema: Schema, numbers: Mapping[str, str]) -> None:
        self._kinds = schema.kinds
        self._numbers = numbers
        default = schema.locales[0]
        self.texts: dict[str, tuple[Analyzer, str, str]] = {
            text_field(field, locale, default): (analyzer(locale), text_field(SURFACE, locale, default), locale)
            for locale in schema.locales
            for field in schema.texts
        }

    def source(self, document: Document, points: Mapping[str, Points]) -> tuple[dict[str, object], dict[str, set[str]]]:
        """Return a document's source, without row and batch, and its words by locale; ``points`` are those of its units
        in price lists, by part."""
        stored = document.stored
        texts: dict[str, object] = {}
        words: dict[str, set[str]] = {}
        surfaces: dict[str, set[str]] = {}
        for field, text in document.texts.items():
            words_of, surface, locale = self.texts[field]
            texts[field] = " ".join(words_of.terms(text))
            seen = words_of.words(text)
            surfaces.setdefault(surface, set()).update(seen)
            words.setdefault(locale, set()).update(seen)
        texts.update({surface: " ".join(sorted(seen)) for surface, seen in surfaces.items()})
        source: dict[str, object] = {
            "popularity": document.popularity,
            "identifiers": document.identifiers,
            "pieces": [each for each in document.identifiers if not is_gtin_like(each)],
            "gtins": [each for each in document.identifiers if is_gtin_like(each)],
            "text": texts,
            "units": [
                {**self._unit(document.values, unit), POINTS: points.get(unit.id, {})} for unit in document.all_units()
            ],
            "stored": {
                "id": stored.id,
                "title": stored.title,
                "document": stored.document.decode(),
                "more": stored.more.decode(),
            },
        }
        if document.vector:
            source["vector"] = document.vector
        return source, words

    def _unit(self, shared: Mapping[str, tuple[Scalar, ...]], unit: Unit) -> dict[str, object]:
        has: dict[str, None] = {}
        terms: dict[str, None] = {}
        numbers: dict[str, None] = {}
        keys: dict[str, None] = {}
        for values in (shared, unit.values):
            for name, given in values.items():
                if name in OFFERED or not given:
                    continue
                kind, field = self._kinds[name], self._numbers[name]
                has[field] = None
                if kind == "number":
                    numbers.update((number_term(field, float(value)), None) for value in given)
                else:
                    into = keys if name in KEYS else terms
                    into.update((text_term(field, value), None) for value in given)
        return {
            "has": list(has),
            "kv": list(terms),
            "num": list(numbers),
            "key": list(keys),
            "id": unit.id,
            **offer_source(unit),
        }


def offer_source(offer: Unit | OfferUpdate) -> dict[str, object]:
    """Return what a unit keeps of its offer."""
    net = offer.net
    return {
        "price": None if net is None else float(net),
        "net": None if net is None else int(net * PRICE_SCALE),
        **stock_source(offer.stock, offer.supply),
    }


def values_of(document: Document, kinds: Mapping[str, FieldKind]) -> dict[str, set[Scalar]]:
    """Return all values that a document or one of its units has, by field."""
    found: dict[str, set[Scalar]] = {}
    for values in (document.values, *(unit.values for unit in document.units)):
        for name, given in values.items():
            if given and name not in OFFERED and name in kinds:
                found.setdefault(name, set()).update(given)
    return found


def product_of(source: Json, offer: OfferOf, stock: SeenStock, matched: Sequence[int] | None = None) -> StoredProduct:
    """Return the stored product of a source with what a buyer can have of it.

    ``offer`` makes what the buyer is offered of each unit, without its stock. ``matched`` are the places of the units
    that meet the conditions, None where there are no conditions.
    """
    stored, units = source["stored"], source["units"]
    document, more = stored["document"].encode(), stored["more"].encode()
    if not units[0]["id"]:
        own, available = offer(source, units[0]), stock.of_unit(units[0])
        # By place, for most products go this way: thirteen names would cost as much as all the rest.
        return StoredProduct(
            stored["id"],
            document,
            stored["title"],
            own.net,
            available.quantity,
            more,
            (),
            (),
            own.own,
            own.price_list,
            own.tiers,
            available,
            own.promoted,
        )
    offers = tuple(_with_stock(offer(source, unit), stock.of_unit(unit)) for unit in units)
    counting = offers if matched is None else tuple(offers[at] for at in sorted(matched)) or offers
    cheapest = min((each for each in counting if each.net is not None), key=_net, default=counting[0])
    available = together([each.availability for each in counting])
    return StoredProduct(
        id=stored["id"],
        document=document,
        title=stored["title"],
        net=cheapest.net,
        stock=available.quantity,
        more=more,
        units=offers,
        matched=() if matched is None else tuple(each.id for each in counting),
        own=cheapest.own,
        price_list=cheapest.price_list,
        tiers=cheapest.tiers,
        availability=available,
        promoted=cheapest.promoted,
    )


def _with_stock(offer: UnitOffer, available: Availability) -> UnitOffer:
    return offer._replace(stock=available.quantity, availability=available)


def own_offer(_source: Json, unit: Json) -> UnitOffer:
    """Offer a unit at the catalogue's own price."""
    net = decimal_net(unit["net"])
    return UnitOffer(unit["id"], net, unit["stock"], net)


def _net(offer: UnitOffer) -> Decimal:
    return offer.net or Decimal(0)


@lru_cache(maxsize=20_000)
def decimal_net(net: int | None) -> Decimal | None:
    """Return a price in millionths as answers show it: with two decimals, or as many as it needs; None for none."""
    if net is None:
        return None
    price = Decimal(net).scaleb(-6)
    cents = price.quantize(_CENT)
    return cents if cents == price else price.normalize()
