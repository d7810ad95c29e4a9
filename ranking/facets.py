"""What a facet is called."""

from language.attributes import label_of

_SYSTEM = {
    "en": {
        "brand": "Brand",
        "category": "Category",
        "price": "Price",
        "list_price": "List price",
        "in_stock": "In stock",
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
        "released": "Erschienen",
        "mpn": "Teilenummer",
        "gtin": "GTIN",
        "id": "Nummer",
    },
}


def label(field: str, locale: str = "en") -> str:
    """Return a field's name for people."""
    system = _SYSTEM.get(locale.split("-")[0], _SYSTEM["en"])
    return system.get(field) or label_of(field.removeprefix("attributes."))
