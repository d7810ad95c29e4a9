"""Facts beside the features that a buyer wants to know, as attributes: delivery, packing, measures, origin."""

from collections.abc import Mapping
from dataclasses import dataclass

from commerce.product import Quantity
from commerce.readers.bmecat.languages import by_locale
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.numbers import decimal_of
from commerce.readers.bmecat.sheet import Sheet, Value
from commerce.readers.bmecat.texts import Cleaner
from language.unit_codes import unit_of_code


@dataclass(frozen=True, slots=True)
class _Fact:
    """One element below a part of the product: what it is called, and the unit that BMEcat defines for it.

    ``is_code`` values are codes of units, shown by name.
    """

    part: str
    tag: str
    de: str
    en: str
    unit: str = ""
    is_code: bool = False

    def name(self, locale: str) -> str:
        return self.de if locale.lower().startswith("de") else self.en


_DETAILS, _ORDER = "PRODUCT_DETAILS", "PRODUCT_ORDER_DETAILS"
_LOGISTICS, _DIMENSIONS = "PRODUCT_LOGISTIC_DETAILS", "PRODUCT_DIMENSIONS"
_FACTS = (
    _Fact(_DETAILS, "MANUFACTURER_TYPE_DESCR", "Typbezeichnung", "Type designation"),
    _Fact(_DETAILS, "SUPPLIER_ALT_PID", "Alternative Artikelnummer", "Alternative product number"),
    _Fact(_DETAILS, "DELIVERY_TIME", "Lieferzeit", "Delivery time", unit="d"),
    _Fact(_DETAILS, "SPECIAL_TREATMENT_CLASS", "Gefahrgutklasse", "Special treatment class"),
    _Fact(_DETAILS, "REMARKS", "Hinweis", "Remarks"),
    _Fact(_DETAILS, "PRODUCT_STATUS", "Status", "Status"),
    _Fact(_ORDER, "ORDER_UNIT", "Bestelleinheit", "Order unit", is_code=True),
    _Fact(_ORDER, "CONTENT_UNIT", "Inhaltseinheit", "Content unit", is_code=True),
    _Fact(_ORDER, "NO_CU_PER_OU", "Inhalt je Bestelleinheit", "Content per order unit"),
    _Fact(_ORDER, "QUANTITY_MIN", "Mindestbestellmenge", "Minimum order quantity"),
    _Fact(_ORDER, "QUANTITY_MAX", "Höchstbestellmenge", "Maximum order quantity"),
    _Fact(_ORDER, "QUANTITY_INTERVAL", "Bestellschritt", "Order interval"),
    _Fact(_LOGISTICS, "COUNTRY_OF_ORIGIN", "Ursprungsland", "Country of origin"),
    _Fact(_DIMENSIONS, "WEIGHT", "Gewicht", "Weight", unit="kg"),
    _Fact(_DIMENSIONS, "VOLUME", "Volumen", "Volume", unit="m³"),
    _Fact(_DIMENSIONS, "LENGTH", "Länge", "Length", unit="m"),
    _Fact(_DIMENSIONS, "WIDTH", "Breite", "Width", unit="m"),
    _Fact(_DIMENSIONS, "DEPTH", "Tiefe", "Depth", unit="m"),
    _Fact("CUSTOMS_TARIFF_NUMBER", "CUSTOMS_NUMBER", "Zolltarifnummer", "Customs tariff number"),
)
_WITH_TYPE = frozenset({"SPECIAL_TREATMENT_CLASS"})
_NUMBERS = frozenset({"NO_CU_PER_OU", "QUANTITY_MIN", "QUANTITY_MAX", "QUANTITY_INTERVAL"})


def read_details(product: Node, locale: str, default: str, sheet: Sheet, clean: Cleaner, ledger: Ledger) -> None:
    """Add the facts of a product to its attributes, under names in the catalogue's ``locale``.

    ``default`` is the locale of texts without a language.
    """
    parts = _parts(product)
    for fact in _FACTS:
        for part in parts.get(fact.part, ()):
            for own, node in by_locale(part.all(fact.tag), ""):
                text = clean(node)
                if not text:
                    continue
                name = fact.name(locale)
                if node.tag in _WITH_TYPE and (kind := node.attributes.get("type")):
                    name = f"{name} ({kind})"
                where = own or (default if fact.is_code or fact.tag == "REMARKS" else None)
                kept = sheet.add(name, [_value(fact, text, where or locale)], where)
                (ledger.keep if kept else ledger.merge)(node)


def read_extensions(product: Node, sheet: Sheet, clean: Cleaner, ledger: Ledger) -> None:
    """Add a supplier's own fields to the attributes where they are flat: "UDX.ACME.COLOUR" becomes "ACME.COLOUR"."""
    for own in (each for group in product.all("USER_DEFINED_EXTENSIONS") for each in group.children):
        text = clean(own)
        if own.children or not text:
            continue
        kept = sheet.add(own.written.removeprefix("UDX."), [text])
        (ledger.keep if kept else ledger.merge)(own)


def _parts(product: Node) -> Mapping[str, list[Node]]:
    logistics = product.all(_LOGISTICS)
    return {
        _DETAILS: product.all(_DETAILS),
        _ORDER: product.all(_ORDER),
        _LOGISTICS: logistics,
        _DIMENSIONS: [each for part in logistics for each in part.all(_DIMENSIONS)],
        "CUSTOMS_TARIFF_NUMBER": [each for part in logistics for each in part.all("CUSTOMS_TARIFF_NUMBER")],
    }


def _value(fact: _Fact, text: str, locale: str) -> Value:
    if fact.is_code:
        unit = unit_of_code(text)
        return text if unit is None else unit.name(locale)
    if fact.unit or fact.tag in _NUMBERS:
        number = decimal_of(text)
        if number is not None:
            return Quantity(float(number), fact.unit) if fact.unit else float(number)
    return text
