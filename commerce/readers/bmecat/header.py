"""The header of a BMEcat file: what holds for all of its products."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from commerce.currencies import is_currency
from commerce.readers.bmecat.languages import locale_of
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.numbers import decimal_of

Fault = Callable[[Node, str, str], None]


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says; empty where it is silent. ``parties`` are names of companies by their id."""

    locale: str = ""
    currency: str = ""
    catalog: str = ""
    mime_root: str = ""
    territories: frozenset[str] = frozenset()
    price_factor: Decimal = Decimal(1)
    parties: Mapping[str, str] = field(default_factory=dict)


def read_header(node: Node, ledger: Ledger, fault: Fault) -> Header:
    """Read the HEADER; ``fault(node, field, reason)`` is told of what cannot be used."""
    catalog = node.first("CATALOG")
    if catalog is None:
        fault(node, "header", "has no CATALOG: add it with LANGUAGE and CURRENCY")
        return Header(parties=_parties(node, ledger))
    languages = [each for each in catalog.all("LANGUAGE") if each.text]
    default = next((each for each in languages if each.attributes.get("default") == "true"), None)
    chosen = default or (languages[0] if languages else None)
    if chosen is None:
        fault(catalog, "language", "has no LANGUAGE: add it, such as <LANGUAGE>deu</LANGUAGE>")
    ledger.keep(*languages)
    territories = [each for each in catalog.all("TERRITORY") if each.text]
    ledger.keep(*territories)
    root = catalog.first("MIME_ROOT")
    if root is not None and root.text:
        ledger.keep(root)
    number = catalog.first("CATALOG_ID")
    if number is not None and number.text:
        # It tells references within this catalogue from those into others.
        ledger.merge(number)
    return Header(
        locale=locale_of(chosen.text) if chosen else "",
        currency=_currency(catalog, ledger, fault),
        catalog=catalog.value("CATALOG_ID"),
        mime_root=catalog.value("MIME_ROOT"),
        territories=frozenset(each.text for each in territories),
        price_factor=_price_factor(catalog, ledger, fault),
        parties=_parties(node, ledger),
    )


def _currency(catalog: Node, ledger: Ledger, fault: Fault) -> str:
    node = catalog.first("CURRENCY")
    if node is None or not node.text:
        return ""
    if not is_currency(node.text):
        fault(node, "currency", "is no currency of ISO 4217: write a code such as EUR")
        return ""
    ledger.keep(node)
    return node.text


def _price_factor(catalog: Node, ledger: Ledger, fault: Fault) -> Decimal:
    node = catalog.first("PRICE_FACTOR")
    if node is None or not node.text:
        return Decimal(1)
    factor = decimal_of(node.text)
    if factor is None or factor <= 0:
        fault(node, "price_factor", "is no number above 0, with a decimal point")
        return Decimal(1)
    ledger.merge(node)
    return factor


def _parties(header: Node, ledger: Ledger) -> dict[str, str]:
    found: dict[str, str] = {}
    for party in (each for group in header.all("PARTIES") for each in group.all("PARTY")):
        address = party.first("ADDRESS")
        name = address.first("NAME") if address is not None else None
        numbers = [each for each in party.all("PARTY_ID") if each.text]
        if name is not None and name.words() and numbers:
            found |= {each.text: name.words() for each in numbers}
            ledger.merge(name, *numbers)
    return found
