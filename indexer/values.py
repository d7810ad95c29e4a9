"""What filters, facets, sorting and the attribute sheet see of a product's attributes: numbers in known units.

A number whose unit is not known, of an attribute whose other numbers have one, stays out of filters and facets: a
wrong number is worse than none. An attribute without a unit of its own keeps its bare numbers and pieces.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from commerce.product import AttributeValue, Quantity, Scalar
from language.attribute_groups import group_label
from language.attributes import label_of
from language.dictionary import AttributeEntry, Kind, UnitRule, rule_for
from language.unit_codes import given_unit
from language.units import convert

_PIECES = "pcs"
Normalised = Scalar | tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Where in a text something stands, in characters: from ``start`` to before ``end``."""

    field: Literal["title", "description"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a product's attribute sheet.

    ``value`` and ``unit`` are as the shop gave them, the unit inferred where it gave none. A row that was extracted
    from the texts says from where, in the catalogue's own locale (``span``). ``normalised`` is what
    filters, facets and sorting compare, in ``normalised_unit``; None where that is not known. ``confidence`` (0 to 1)
    and ``evidence`` tell how the unit is known.
    """

    name: str
    label: str
    group: str | None
    value: Scalar | tuple[Scalar, ...]
    unit: str | None
    normalised: Normalised
    normalised_unit: str | None
    source: Literal["given", "extracted"] = "given"
    confidence: float = 1.0
    evidence: str | None = None
    span: TextSpan | None = None


class ValueReader:
    """Reads attribute values by a catalogue's dictionary; built once for a dictionary, safe to share."""

    def __init__(self, dictionary: Mapping[str, AttributeEntry]) -> None:
        self._dictionary = dictionary
        self._rules: dict[tuple[str, str | None], tuple[UnitRule, ...]] = {}
        for name, entry in dictionary.items():
            for of_type in {None, *(rule.type for rule in entry.rules)}:
                self._rules[name, of_type] = tuple(rule for rule in entry.rules if rule.type in {None, of_type})

    def values(self, attributes: Mapping[str, AttributeValue], type_name: str | None) -> dict[str, tuple[Scalar, ...]]:
        """Return what filters, facets and sorting see: values of the attribute's kind, numbers in its unit."""
        found = {}
        for name, value in attributes.items():
            entry = self._dictionary.get(name)
            if entry and (read := tuple(self._normalised(entry, value, type_name))):
                found[name] = read
        return found

    def rows(
        self, attributes: Mapping[str, AttributeValue], type_name: str | None, locale: str = "en"
    ) -> list[SheetRow]:
        """Return the attribute sheet in the order of the attributes."""
        return [self._row(name, value, type_name, locale) for name, value in attributes.items()]

    def rule(self, name: str, number: float, type_name: str | None) -> UnitRule | None:
        """Return why a bare number of an attribute has a unit: the rule of its type, or else of every type."""
        rules = self._rules.get((name, type_name)) or self._rules.get((name, None), ())
        return rule_for(rules, number, type_name)

    def _normalised(self, entry: AttributeEntry, value: AttributeValue, type_name: str | None) -> Iterator[Scalar]:
        for each in value if isinstance(value, tuple) else (value,):
            if _kind(each) != entry.kind:
                continue
            if isinstance(each, str | bool):
                yield each
            elif (number := self._number(entry, each, type_name)) is not None:
                yield number

    def _number(self, entry: AttributeEntry, value: float | Quantity, type_name: str | None) -> float | None:
        if isinstance(value, Quantity):
            # What the attribute's own unit cannot stand for is of another scale; without one, only pieces are bare.
            return convert(value.value, given_unit(value.unit), entry.unit or _PIECES)
        if entry.unit is None:
            return value
        rule = self.rule(entry.name, value, type_name)
        return convert(value, rule.unit, entry.unit) if rule else None

    def _row(self, name: str, value: AttributeValue, type_name: str | None, locale: str) -> SheetRow:
        members = value if isinstance(value, tuple) else (value,)
        entry = self._dictionary.get(name) or AttributeEntry(name, _kind(members[0]) if members else "text")
        rules = [self._rule_of(entry, each, type_name) for each in members]
        units = [_unit(each, rule) for each, rule in zip(members, rules, strict=True)]
        normalised = tuple(self._normalised(entry, value, type_name))
        shown: tuple[Scalar, ...] = tuple(each.value if isinstance(each, Quantity) else each for each in members)
        unit = units[0] if len(set(units)) == 1 else None
        if unit is None and any(units) and len(normalised) == len(members):
            shown, unit = normalised, entry.unit  # several units in one row: only the common one can stand for all
        rule = next((each for each in rules if each), None)
        several = isinstance(value, tuple)
        return SheetRow(
            name=name,
            label=entry.label(locale) or label_of(name),
            group=group_label(entry.group, locale) if entry.group else None,
            value=shown if several else shown[0],
            unit=unit,
            normalised=(normalised if several else normalised[0]) if normalised else None,
            normalised_unit=entry.unit if normalised and entry.kind == "number" else None,
            confidence=rule.confidence if rule else 1.0,
            evidence=_evidence(rule) if rule else None,
        )

    def _rule_of(self, entry: AttributeEntry, value: Scalar | Quantity, type_name: str | None) -> UnitRule | None:
        if isinstance(value, Quantity) or _kind(value) != "number":
            return None
        return self.rule(entry.name, float(value), type_name)


def _unit(value: Scalar | Quantity, rule: UnitRule | None) -> str | None:
    if isinstance(value, Quantity):
        return given_unit(value.unit)
    return rule.unit if rule else None


def _evidence(rule: UnitRule) -> str:
    if rule.source == "text":
        return f"the unit is stated by {rule.support} of {rule.seen} products that give numbers of it: {rule.evidence}"
    return rule.evidence


def _bare(value: Scalar | Quantity) -> Scalar:
    return value.value if isinstance(value, Quantity) else value


def _kind(value: Scalar | Quantity) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"
