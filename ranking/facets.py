"""What a facet is called, and what its numbers are."""

from collections.abc import Mapping

from language.attributes import label_of
from language.dictionary import AttributeEntry

_SYSTEM = {
    "en": {
        "brand": "Brand",
        "category": "Category",
        "price": "Price",
        "list_price": "List price",
        "in_stock": "In stock",
        "on_offer": "On offer",
        "released": "Released",
        "mpn": "Part number",
        "gtin": "GTIN",
        "id": "Number",
    },
    "de": {
        "brand": "Marke",
        "category": "Kategorie",
        "price": "Preis",
        "list_price": "Listenpreis",
        "in_stock": "Auf Lager",
        "on_offer": "Im Angebot",
        "released": "Erschienen",
        "mpn": "Teilenummer",
        "gtin": "GTIN",
        "id": "Nummer",
    },
}


def label(field: str, locale: str, dictionary: Mapping[str, AttributeEntry]) -> str:
    """Return a field's name for people."""
    system = _SYSTEM.get(locale.split("-")[0], _SYSTEM["en"])
    if field in system:
        return system[field]
    name = field.removeprefix("attributes.")
    entry = dictionary.get(name)
    return (entry and entry.label(locale)) or label_of(name)


def unit(field: str, dictionary: Mapping[str, AttributeEntry]) -> str | None:
    """Return the unit of an attribute field's numbers; None where there is none or it is not known."""
    entry = dictionary.get(field.removeprefix("attributes."))
    return entry.unit if entry and field.startswith("attributes.") else None
