"""Products as JSON: with the buyer's price, what is in stock, their variants and their attribute sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import orjson

from api.shop import Shelf
from commerce.buyer import Buyer
from commerce.documents import stored_attributes
from commerce.promotions import Promoted
from engines.port import EXTRACTED
from engines.results import StoredProduct, UnitOffer
from indexer.extraction.stated import stated_rows
from indexer.values import SheetRow
from ranking.facets import label

Json = dict[str, object]


def product_line(stored: StoredProduct, shelf: Shelf, locale: str) -> Json:
    """Return one product with its offer."""
    return {
        "product": product(stored),
        "price": price(stored, shelf, locale),
        "availability": availability(stored),
    }


def sheet(stored: StoredProduct, shown: StoredProduct, shelf: Shelf, locale: str) -> list[Json]:
    """Return the attribute sheet of a product as it is ``shown`` in a locale.

    A type that was derived stands first, with how sure it is; what its texts state beyond its attributes, last.
    """
    whole = orjson.loads(stored.document)
    type_name: str | None = whole["category"][0] if whole["category"] else None
    rows: list[Json] = []
    if type_name and (source := whole.get("category_source")):
        rows.append(_derived_type(type_name, source, locale))
    attributes = orjson.loads(shown.document)["attributes"]
    given = {*attributes, *_of_variants(stored)}
    return [
        *rows,
        *_rows(attributes, type_name, shelf, locale),
        *map(_row, stated_rows(whole, shelf.index.dictionary(), given, locale)),
    ]


def compared_sheet(
    stored: StoredProduct, shown: StoredProduct, type_name: str | None, shelf: Shelf, locale: str
) -> Sequence[SheetRow]:
    """Return the sheet of a product to compare. Of what its variants say, each value stands once."""
    attributes: dict[str, Any] = orjson.loads(shown.document)["attributes"]
    for name, values in _of_variants(shown).items():
        attributes.setdefault(name, values if len(values) > 1 else values[0])
    stated = stated_rows(orjson.loads(stored.document), shelf.index.dictionary(), attributes.keys(), locale)
    return [*shelf.values.rows(stored_attributes(attributes), type_name, locale), *stated]


def _of_variants(stored: StoredProduct) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    if b'"variants":' not in stored.more:
        return found
    for variant in _more(stored)["variants"]:
        for name, value in variant["attributes"].items():
            values = found.setdefault(name, [])
            values += [each for each in (value if isinstance(value, list) else [value]) if each not in values]
    return found


def _rows(attributes: dict[str, Any], type_name: str | None, shelf: Shelf, locale: str) -> list[Json]:
    return [_row(each) for each in shelf.values.rows(stored_attributes(dict(attributes)), type_name, locale)]


def _row(row: SheetRow) -> Json:
    return asdict(row)


def _derived_type(name: str, source: Mapping[str, Any], locale: str) -> Json:
    evidence = {"title": "the words of the title", "attribute": "the attribute product_type"}.get(
        source["from"], "attributes and title words like those of other products of this type"
    )
    return {
        "name": "category",
        "label": label("category", locale, {}),
        "group": None,
        "value": name,
        "unit": None,
        "normalised": name,
        "normalised_unit": None,
        "source": "extracted",
        "confidence": source["confidence"],
        "evidence": evidence,
        "span": None,
    }


def product(stored: StoredProduct, fields: Sequence[str] | None = None) -> object:
    """Return a product: whole, or its id and the fields picked; ``attributes.X`` picks one attribute, also where the
    product's texts state it."""
    if fields is None:
        return orjson.Fragment(stored.document)
    whole = orjson.loads(stored.document)
    picked: Json = {"id": whole["id"]}
    attributes: Json = {}
    stated: Json = {}
    for field in fields:
        if field.startswith("attributes."):
            name = field.removeprefix("attributes.")
            if name in whole["attributes"]:
                attributes[name] = whole["attributes"][name]
            elif name in whole.get(EXTRACTED, ()):
                stated[name] = whole[EXTRACTED][name]
        elif field in whole:
            picked[field] = whole[field]
    for member, values in (("attributes", attributes), (EXTRACTED, stated)):
        if values:
            picked.setdefault(member, values)
    return picked


def price(stored: StoredProduct, shelf: Shelf, locale: str) -> Json | None:
    """Return the buyer's price; None where there is none. That of a product with variants is the lowest of those that
    match, with the tiers of the variant that has it."""
    cheapest = next((unit.id for unit in stored.units if unit.net == stored.net), stored.id)
    return _price(stored, _tiers(stored).get(cheapest, []), shelf, locale)


def variants(stored: StoredProduct, shelf: Shelf, locale: str) -> list[Json]:
    """Return a product's variants, each with its offer and its sheet."""
    category = orjson.loads(stored.document)["category"]
    tiers = _tiers(stored)
    offers = {unit.id: unit for unit in stored.units}
    return [
        {
            **{name: value for name, value in variant.items() if name != "tiers"},
            "price": _price(offers[variant["id"]], tiers.get(variant["id"], []), shelf, locale),
            "availability": availability(offers[variant["id"]]),
            "sheet": _rows(variant["attributes"], category[0] if category else None, shelf, locale),
        }
        for variant in _more(stored).get("variants", [])
    ]


def relations(stored: StoredProduct, shelf: Shelf, buyer: Buyer) -> list[Json]:
    """Return a product's relations to others; a buyer with assortments is told of products in them alone."""
    found: list[Json] = _more(stored).get("relations", [])
    if buyer.assortments is None or not found:
        return found
    seen = shelf.index.get(list(dict.fromkeys(str(each["id"]) for each in found)), buyer)
    return [each for each in found if each["id"] in seen]


def badges(offer: StoredProduct, shelf: Shelf, locale: str) -> list[Json]:
    """Return the badges of the promotions that make a product's price."""
    if offer.promoted is None:
        return []
    return [{"code": each.code, "text": each.text_in(locale, shelf.catalog.locale)} for each in offer.promoted.by]


def _price(offer: StoredProduct | UnitOffer, own_tiers: list[Json], shelf: Shelf, locale: str) -> Json | None:
    if offer.net is None:
        return None
    tiers = own_tiers
    if offer.tiers is not None:
        tiers = [{"min_quantity": at, "net": None if net is None else money(net)} for at, net in offer.tiers]
    return {
        "net": money(offer.net),
        "gross": None,
        "tax_rate": None,
        "currency": shelf.catalog.currency,
        "list": None if offer.own is None else money(offer.own),
        "tiers": tiers,
        "price_list": offer.price_list,
        "promotion": None if offer.promoted is None else _promotion(offer.promoted, shelf, locale),
    }


def _promotion(promoted: Promoted, shelf: Shelf, locale: str) -> Json:
    """Return what a buyer is told of the promotions that make a price: the first one, and the ids of all."""
    first, until = promoted.by[0], promoted.valid_until
    return {
        "id": first.id,
        "text": first.text_in(locale, shelf.catalog.locale),
        "was": money(promoted.was),
        "valid_until": until and until.isoformat(),
        "ids": [each.id for each in promoted.by],
    }


def money(amount: Decimal) -> str:
    """Return an amount as decimal text, with at least two decimals."""
    decimals = -int(amount.as_tuple().exponent)
    return f"{amount:f}" if decimals >= 2 else f"{amount:.2f}"


def availability(stored: StoredProduct | UnitOffer) -> Json:
    """Return what the buyer can have, of all variants together."""
    found = stored.availability
    coming = found.next_delivery
    return {
        "in_stock": found.in_stock,
        "quantity": found.quantity,
        "location": found.location,
        "lead_time_days": found.lead_time_days,
        "next_delivery": None if coming is None else coming._asdict(),
        "available_by": found.available_by,
    }


def _more(stored: StoredProduct) -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(stored.more) if stored.more else {}
    return found


def _tiers(stored: StoredProduct) -> Mapping[str, list[Json]]:
    """Return the tiers by variant or product; products that have none are not read for them."""
    found: Mapping[str, list[Json]] = _more(stored).get("tiers", {}) if b'"tiers":' in stored.more else {}
    return found
