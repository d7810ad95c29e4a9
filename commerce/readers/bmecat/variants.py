"""Variants of a product: features that come in several values, each with a supplement to the product's number."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations

from commerce.product import Offer, Variant
from commerce.readers.bmecat.header import Fault
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.nodes import Node
from commerce.readers.bmecat.numbers import decimal_of
from commerce.readers.bmecat.sheet import Value
from commerce.readers.bmecat.texts import Cleaner
from commerce.readers.bmecat.values import read_values
from commerce.reading import MOST_VALUES


@dataclass(frozen=True, slots=True)
class Choice:
    """One feature that buyers choose: its place in the numbers of variants, its name, its (supplement, value) pairs."""

    node: Node
    order: float
    name: str
    options: tuple[tuple[str, Value], ...]


def read_choice(
    variants: Node, name: str, unit: str, readable: Callable[[str], str], clean: Cleaner, ledger: Ledger, fault: Fault
) -> Choice:
    """Read the VARIANTS of one feature; ``readable`` gives the name of a coded value."""
    options: list[tuple[str, Value]] = []
    for variant in variants.all("VARIANT"):
        value = variant.first("FVALUE", "VALUE_IDREF")
        supplement = variant.first("SUPPLIER_AID_SUPPLEMENT", "SUPPLIER_PID_SUPPLEMENT")
        text = "" if value is None else readable(value.text) or clean(value)
        if value is None or supplement is None or not text or not supplement.text:
            fault(variant, "variants", "has no FVALUE or no SUPPLIER_AID_SUPPLEMENT")
            ledger.leave(variant, "cannot be used: see the rejects")
            continue
        ledger.keep(value, supplement)
        read = read_values([text], unit, "choice").values
        options.append((supplement.text, read[0] if read else text))
    order = decimal_of(variants.value("VORDER"))
    ledger.merge(*(each for each in variants.all("VORDER") if each.text))
    return Choice(variants, 0.0 if order is None else float(order), name, tuple(options))


def read_variants(
    identity: str, choices: Sequence[Choice], offer: Offer, ledger: Ledger, fault: Fault
) -> tuple[Variant, ...]:
    """Return all combinations of what can be chosen, each at the product's price and with a number of its own.

    That is the product's number and the supplements in the order of the choices.
    """
    usable = sorted((choice for choice in choices if choice.options), key=lambda choice: choice.order)
    if not usable:
        return ()
    if math.prod(len(choice.options) for choice in usable) > MOST_VALUES:
        for choice in usable:
            fault(choice.node, "variants", f"there are more than {MOST_VALUES:,} combinations")
            ledger.leave(choice.node, "more variants than a product may have")
        return ()
    found: dict[str, Variant] = {}
    for picked in combinations(*(choice.options for choice in usable)):
        number = identity + "".join(supplement for supplement, _ in picked)
        attributes = {choice.name: value for choice, (_, value) in zip(usable, picked, strict=True)}
        if number in found:
            fault(usable[0].node, "variants", f"the number {number[:40]!r} stands twice")
        else:
            found[number] = Variant(number, attributes=attributes, offer=offer)
    return tuple(found.values())


def repriced_variants(variants: Sequence[Variant], offer: Offer, stored: Sequence[Variant]) -> tuple[Variant, ...]:
    """Return the variants at a price, each with the stock that the stored one of its number has."""
    stocks = {variant.id: variant.offer for variant in stored}
    found = ((each, stocks.get(each.id, Offer())) for each in variants)
    return tuple(replace(each, offer=replace(offer, stock=own.stock, supply=own.supply)) for each, own in found)
