"""The attribute dictionary's entries: what each attribute of a catalogue means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "number", "boolean"]
UnitSource = Literal["given", "name", "text", "sibling", "override"]


@dataclass(frozen=True, slots=True)
class UnitRule:
    """The unit of an attribute's bare numbers, for the products of one type (None: of every type).

    ``values`` None means every number; else the unit holds for these numbers only. ``low`` and ``high`` (inclusive)
    bound the numbers that it holds for; it says nothing of products of ``not_types``. ``support`` products of ``seen``
    state the number with this unit in their texts; ``evidence`` quotes one.
    """

    unit: str
    confidence: float
    source: UnitSource
    type: str | None = None
    values: tuple[float, ...] | None = None
    support: int = 0
    seen: int = 0
    evidence: str = ""
    low: float | None = None
    high: float | None = None
    not_types: tuple[str, ...] = ()

    def holds(self, number: float) -> bool:
        """Say whether the rule speaks of this number."""
        return (
            (self.values is None or number in self.values)
            and (self.low is None or number >= self.low)
            and (self.high is None or number <= self.high)
        )


def rule_for(rules: Iterable[UnitRule], number: float, type_name: str | None) -> UnitRule | None:
    """Return the rule that says the unit of a bare number: one of the product's type before one of every type."""
    of_every_type = None
    for rule in rules:
        if rule.type is None:
            if of_every_type is None and type_name not in rule.not_types and rule.holds(number):
                of_every_type = rule
        elif rule.type == type_name and rule.holds(number):
            return rule
    return of_every_type


@dataclass(frozen=True, slots=True)
class AttributeEntry:
    """One attribute: kind, names for people by locale, group, the unit that its numbers are kept in, and how the unit
    of a bare number is known. ``better`` is the direction that buyers want, None if neither or not known; ``products``
    counts those that carry the attribute."""

    name: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    unit: str | None = None
    rules: tuple[UnitRule, ...] = ()
    better: Literal["higher", "lower"] | None = None
    products: int = 0

    def label(self, locale: str) -> str | None:
        """Return the name for people in a locale, in another one if need be; None if there is none."""
        return (
            self.labels.get(locale) or self.labels.get(locale.split("-")[0]) or next(iter(self.labels.values()), None)
        )


def entry_from_json(value: Mapping[str, Any]) -> AttributeEntry:
    """Read an entry as it was written from its fields."""
    rules = tuple(
        UnitRule(
            **{
                **rule,
                "values": None if rule["values"] is None else tuple(rule["values"]),
                "not_types": tuple(rule.get("not_types", ())),
            }
        )
        for rule in value["rules"]
    )
    return AttributeEntry(**{**value, "rules": rules})
