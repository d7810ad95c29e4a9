"""The attribute dictionary of a catalogue, put together from what was learned: kinds, units, groups, directions."""

from collections import Counter
from collections.abc import Mapping, Sequence

from indexer.unit_names import without_unit
from indexer.units import LearnedUnits
from language.attribute_groups import group_of
from language.attributes import AttributeInfo, label_of
from language.dictionary import AttributeEntry, UnitRule
from language.preferences import better_direction
from language.unit_codes import given_unit
from language.units import dimension, readable_unit

_KNOWN = 0.5


def dictionary_of(
    infos: Mapping[str, AttributeInfo], units: LearnedUnits, locale: str = "en"
) -> dict[str, AttributeEntry]:
    """Return the dictionary: what people know better is merged in by ``language.dictionary_file.merged``."""
    stems = Counter(without_unit(name) for name in infos)
    return {
        # "width_mm" is called "Width", unless there is a "width_in", too.
        name: _entry(info, label_of(stem) if stems[stem := without_unit(name)] == 1 else info.label, units, locale)
        for name, info in sorted(infos.items())
    }


def canonical_unit(rules: Sequence[UnitRule], given: Mapping[str, Sequence[float]]) -> str | None:
    """Return the unit to keep an attribute's numbers in: of those that rules or the source name, the readable one.

    If they measure different things, the one that most numbers are of is chosen; the others cannot be compared with it.
    """
    numbers: dict[str, list[float]] = {}
    for unit, values in given.items():
        numbers.setdefault(given_unit(unit), []).extend(values)
    for rule in rules:
        numbers.setdefault(rule.unit, []).extend([_typical(rule)] * max(1, rule.support))
    by_dimension: dict[str, dict[str, list[float]]] = {}
    for unit, values in numbers.items():
        by_dimension.setdefault(dimension(unit) or unit, {})[unit] = values
    if not by_dimension:
        return None
    most = max(by_dimension, key=lambda name: sum(len(values) for values in by_dimension[name].values()))
    return readable_unit(by_dimension[most])


def _entry(info: AttributeInfo, label: str, units: LearnedUnits, locale: str) -> AttributeEntry:
    is_number = info.kind == "number"
    rules = units.rules.get(info.name, ()) if is_number else ()
    given = units.given.get(info.name, {}) if is_number else {}
    # A unit that is known of few numbers shows in their sheets only: else the others would all be left out of filters.
    is_known = units.known.get(info.name, 1.0) >= _KNOWN
    unit = canonical_unit(rules, given) if is_known else None
    return AttributeEntry(
        info.name,
        info.kind,
        labels={locale: label},
        group=group_of(info.name),
        unit=unit,
        rules=rules,
        better=better_direction(info.name) if is_number else None,
        products=info.products,
    )


def _typical(rule: UnitRule) -> float:
    """Return a number in the middle of those that a rule is for."""
    low, high = rule.low, rule.high
    if low is None or high is None:
        return 1.0
    return float((low * high) ** 0.5) if low > 0 else (low + high) / 2
