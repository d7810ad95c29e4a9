"""Products to and from the contract's ``product`` object."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from commerce.availability_reading import read_supply
from commerce.product import AttributeValue, CatalogItem, Offer, Product, Quantity, Relation, Scalar, Texts, Variant
from commerce.reading import LONGEST_ID, Members
from language.errors import VitrineError
from language.locales import canonical_locale

_LONGEST_LOCALE = 35


class InvalidProduct(VitrineError):
    """A product object that cannot be used; ``problems`` are (JSON pointer, message) pairs, one a field."""

    code = "invalid_request"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{pointer}: {message}" for pointer, message in problems), pointer=problems[0][0])
        self.problems = problems


def product_to_json(product: Product) -> bytes:
    """Return the contract's ``product`` object: what an answer shows of a product."""
    return orjson.dumps(_public(product), option=orjson.OPT_UTC_Z)


def whole_product_to_json(product: Product) -> bytes:
    """Return all of a product: variants (without their offers), relations and other locales' texts too."""
    whole = _public(product)
    for name, value in extras(product).items():
        whole[name] = value
    return orjson.dumps(whole, option=orjson.OPT_UTC_Z)


def extras(product: Product) -> dict[str, object]:
    """Return what a product has beyond the contract's ``product`` object, ready for JSON; empty for most."""
    found: dict[str, object] = {}
    if product.variants:
        found["variants"] = [
            {
                "id": variant.id,
                "title": variant.title,
                "mpn": variant.mpn,
                "gtin": variant.gtin,
                "image_urls": variant.image_urls,
                "attributes": variant.attributes,
            }
            for variant in product.variants
        ]
    if product.relations:
        found["relations"] = product.relations
    if product.texts:
        found["texts"] = product.texts
    return found


def product_from_json(value: object) -> Product:
    """Read a ``product`` object; unknown members are passed over. Raises InvalidProduct naming each field at fault."""
    return catalog_item_from_json(value).product


def catalog_item_from_json(value: object, currency: str | None = None) -> CatalogItem:
    """Read a ``product`` object that may also have ``price``, ``stock``, ``availability``, ``popularity``,
    ``variants``, ``relations`` and ``texts`` by locale; a price is ``{"net": "12.90", "tiers": […], "cost": "8.10"}``
    or ``"12.90"``. A price that names another ``currency`` than the catalogue's is at fault.

    Raises InvalidProduct naming each field at fault.
    """
    if not isinstance(value, Mapping):
        raise InvalidProduct([("", "a product is an object")])
    problems: list[tuple[str, str]] = []
    members = Members(value, "", problems)
    identity = members.text("id", required=True, longest=LONGEST_ID)
    title = members.text("title", required=True)
    product = Product(
        id=identity,
        title=title,
        description=members.text("description"),
        brand=members.text("brand", longest=LONGEST_ID) or None,
        mpn=members.text("mpn", longest=LONGEST_ID) or None,
        gtin=members.texts("gtin"),
        category=members.texts("category"),
        image_urls=members.texts("image_urls"),
        attributes=members.attributes(),
        released=members.moment("released"),
        keywords=members.texts("keywords"),
        classifications=members.named_texts("classifications"),
        relations=tuple(_relation(each) for each in members.objects("relations")),
        texts=_texts(members, problems),
    )
    offer = _offer(members, currency)
    varied = replace(product, variants=_variants(members, offer, currency, problems))
    item = CatalogItem(varied, offer, members.popularity())
    if problems:
        raise InvalidProduct(problems)
    return item


def stored_product(whole: Mapping[str, Any]) -> Product:
    """Return the product of what ``whole_product_to_json`` wrote; five times faster than checking it once more."""
    released = whole["released"]
    return Product(
        id=whole["id"],
        title=whole["title"],
        description=whole["description"],
        brand=whole["brand"],
        mpn=whole["mpn"],
        gtin=tuple(whole["gtin"]),
        category=tuple(whole["category"]),
        image_urls=tuple(whole["image_urls"]),
        attributes=stored_attributes(whole["attributes"]),
        released=datetime.fromisoformat(released) if released else None,
        keywords=tuple(whole.get("keywords", ())),
        classifications=whole.get("classifications", {}),
        relations=tuple(Relation(each["type"], each["id"]) for each in whole.get("relations", ())),
        texts={locale: _stored_texts(texts) for locale, texts in whole.get("texts", {}).items()},
        variants=tuple(_stored_variant(variant) for variant in whole.get("variants", ())),
    )


def _stored_texts(texts: Mapping[str, Any]) -> Texts:
    return Texts(
        title=texts["title"],
        description=texts["description"],
        category=tuple(texts["category"]),
        keywords=tuple(texts["keywords"]),
        attributes=stored_attributes(texts["attributes"]),
    )


def _stored_variant(variant: Mapping[str, Any]) -> Variant:
    return Variant(
        id=variant["id"],
        title=variant["title"],
        mpn=variant["mpn"],
        gtin=tuple(variant["gtin"]),
        image_urls=tuple(variant["image_urls"]),
        attributes=stored_attributes(variant["attributes"]),
    )


def stored_attributes(attributes: dict[str, Any]) -> Mapping[str, AttributeValue]:
    """Return the attributes of what ``product_to_json`` wrote; the argument is changed in place."""
    for name, value in attributes.items():
        if type(value) is list:
            attributes[name] = tuple(map(_stored_value, value))
        elif type(value) is dict:
            attributes[name] = _stored_value(value)
    return attributes


def _stored_value(value: Any) -> Scalar | Quantity:
    return Quantity(value["value"], value["unit"]) if type(value) is dict else value


def with_offers(product: Product, offers: Mapping[str, Offer]) -> Product:
    """Return the product with the offers of its variants in place."""
    if not product.variants:
        return product
    variants = (replace(variant, offer=offers.get(variant.id, Offer())) for variant in product.variants)
    return replace(product, variants=tuple(variants))


def _public(product: Product) -> dict[str, object]:
    found: dict[str, object] = {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "brand": product.brand,
        "gtin": product.gtin,
        "mpn": product.mpn,
        "category": product.category,
        "image_urls": product.image_urls,
        "attributes": product.attributes,
        "released": None if product.released is None else _whole_minutes(product.released),
    }
    if product.keywords:
        found["keywords"] = product.keywords
    if product.classifications:
        found["classifications"] = product.classifications
    return found


def _whole_minutes(moment: datetime) -> datetime:
    """Return a moment whose offset JSON can tell: RFC 3339 knows no seconds there; local times before 1900 do."""
    offset = moment.utcoffset()
    if offset is None or not offset.total_seconds() % 60:
        return moment
    return moment.replace(tzinfo=timezone(timedelta(minutes=round(offset.total_seconds() / 60))))


def _offer(members: Members, currency: str | None) -> Offer:
    net, (stock, supply) = members.price(currency), read_supply(members)
    return Offer(net, stock, members.tiers(), supply, members.cost())


def _relation(members: Members) -> Relation:
    kind = members.text("type", required=True, longest=LONGEST_ID)
    return Relation(kind, members.text("id", required=True, longest=LONGEST_ID))


def _texts(members: Members, problems: list[tuple[str, str]]) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for name, own in members.named_objects("texts").items():
        locale = canonical_locale(name)
        if locale in found:
            problems.append(("/texts", f"the locale {locale[:_LONGEST_LOCALE]!r} stands twice"))
        if not 0 < len(locale) <= _LONGEST_LOCALE:
            problems.append(("/texts", f"a locale has 1 to {_LONGEST_LOCALE} characters"))
        title, description = own.text("title"), own.text("description")
        found[locale] = Texts(title, description, own.texts("category"), own.texts("keywords"), own.attributes())
    return found


def _variants(
    members: Members, of_product: Offer, currency: str | None, problems: list[tuple[str, str]]
) -> tuple[Variant, ...]:
    """Read the variants; one that says nothing of its price has the product's."""
    found: dict[str, Variant] = {}
    for at, own in enumerate(members.objects("variants")):
        identity = own.text("id", required=True, longest=LONGEST_ID)
        if identity in found:
            problems.append((f"/variants/{at}/id", f"the same id stands twice: {identity[:40]}"))
        offer = _offer(own, currency)
        found[identity] = Variant(
            id=identity,
            title=own.text("title"),
            mpn=own.text("mpn", longest=LONGEST_ID) or None,
            gtin=own.texts("gtin"),
            image_urls=own.texts("image_urls"),
            attributes=own.attributes(),
            offer=offer if own.has("price") else replace(offer, net=of_product.net, tiers=of_product.tiers),
        )
    return tuple(found.values())
