"""The attribute dictionary as a TOML file: what was learned as comments, what people know better as keys.

    [display_diagonal]                 # the attribute's name
    kind = "number"                    # text, number or boolean
    labels = { en = "Diagonal", de = "Bilddiagonale" }
    group = "display"
    unit = "in"                        # its numbers are kept and shown in this unit
    units = { "*" = "in", TV = "cm" }  # what its bare numbers are, by product type; "*" is every other type
    better = "higher"                  # higher, lower or none

Every key may be left out. A person's key wins over what was learned; the comments are only there to be read.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from language.dictionary import AttributeEntry, Kind, UnitRule
from language.errors import VitrineError
from language.numbers import format_number
from language.units import dimension, symbol_of

Better = Literal["higher", "lower", "none"]
_EVERY_TYPE = "*"
_KEYS = ("kind", "labels", "group", "unit", "units", "better")
_MOST_RULES = 12


class InvalidDictionary(VitrineError):
    """A dictionary file that cannot be used; the message names the key and how to mend it."""

    code = "invalid_dictionary"


@dataclass(frozen=True, slots=True)
class Override:
    """What a person says about one attribute; None or empty where nothing is said."""

    kind: Kind | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    unit: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    better: Better | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The dictionary with people's entries in force, and remarks on entries that may be mistaken."""

    entries: Mapping[str, AttributeEntry]
    remarks: tuple[str, ...]


def read_overrides(content: str) -> dict[str, Override]:
    """Read what people say from a file's content. Raises InvalidDictionary, naming the key and the mend."""
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidDictionary(
            f'the dictionary is not TOML: {error}; names with other signs than letters, digits, _ and - stand in ""'
        ) from error
    found = {name: _override(name, table) for name, table in tables.items()}
    return {name: override for name, override in found.items() if override != Override()}


def merged(entries: Mapping[str, AttributeEntry], overrides: Mapping[str, Override]) -> Merged:
    """Put people's entries in force over what was learned; what the catalogue does not have is remarked upon."""
    result = dict(entries)
    remarks = []
    for name, override in overrides.items():
        if name not in entries:
            remarks.append(f"[{name}]: the catalogue has no such attribute")
            continue
        result[name] = _apply(entries[name], override)
        remarks.extend(f"[{name}]: {remark}" for remark in _contradictions(result[name], override))
        unknown = sorted({u for u in (override.unit, *override.units.values()) if u and symbol_of(u) is None})
        remarks.extend(f"[{name}]: unit {unit!r} is not known, its numbers are never converted" for unit in unknown)
    return Merged(result, tuple(remarks))


def _contradictions(entry: AttributeEntry, override: Override) -> Iterable[str]:
    """Yield what people's keys for one attribute say that cannot all hold."""
    said = list(dict.fromkeys(unit for unit in (override.unit, *override.units.values()) if unit))
    if said and entry.kind != "number":
        yield f"units are for numbers, and this attribute is a {entry.kind}: {', '.join(said)} have no effect"
    elif len({found for unit in said if (found := dimension(unit))}) > 1:
        yield f"{', '.join(said)} measure different things, so not all of its numbers can be in one unit"


def write_dictionary(catalog: str, entries: Iterable[AttributeEntry], overrides: Mapping[str, Override]) -> str:
    """Write the dictionary for people: what was learned in comments, with evidence and counts, and their own keys.

    Reading it back gives exactly ``overrides``.
    """
    known = sorted(entries, key=lambda entry: (-entry.products, entry.name))
    lines = [
        f"# Attribute dictionary of the catalogue {catalog!r}: {len(known):,} attributes, the commonest first.",
        "# Lines with # were learned. To know better, write the key below the attribute's name, such as",
        '# unit = "GB", units = { "*" = "GB", Printer = "MB" }, labels = { de = "Arbeitsspeicher" }, group = "memory",',
        '# kind = "number", better = "higher", and hand the file in: vitrine dictionary CATALOG --set FILE',
    ]
    for entry in known:
        lines += ["", f"[{_key(entry.name)}]", *_learned(entry), *_keys(overrides.get(entry.name, Override()))]
    names = {entry.name for entry in known}
    for name, override in overrides.items():
        if name not in names:
            lines += ["", f"[{_key(name)}]", "# the catalogue has no such attribute", *_keys(override)]
    return "\n".join(lines) + "\n"


def _learned(entry: AttributeEntry) -> Iterable[str]:
    about = [f"{entry.products:,} products", entry.kind, *(f'{text} "{label}"' for text, label in entry.labels.items())]
    about += [f"group {entry.group}"] if entry.group else []
    about += [f"better {entry.better}"] if entry.better else []
    about += [f"unit {entry.unit}"] if entry.unit else []
    yield from _comment(", ".join(about))
    for rule in entry.rules[:_MOST_RULES]:
        yield from _comment(f"  {_said(rule)}")
    if len(entry.rules) > _MOST_RULES:
        yield f"#   … and {len(entry.rules) - _MOST_RULES} rules more"


def _said(rule: UnitRule) -> str:
    numbers = "numbers" if rule.values is None else ", ".join(format_number(value) for value in rule.values)
    if rule.low is not None and rule.high is not None:
        numbers += f" from {_about(rule.low)} to {_about(rule.high)}"
    of = f" of {rule.type}" if rule.type else ""
    without = f", not of {', '.join(rule.not_types)}" if rule.not_types else ""
    counts = f" on {rule.support} of {rule.seen} products" if rule.source == "text" else ""
    return f"{rule.unit}: {numbers}{of}{without}; {rule.source}{counts}, {rule.confidence:.0%}: {rule.evidence}"


def _about(number: float) -> str:
    return format_number(float(f"{number:.3g}"))


def _comment(text: str) -> Iterable[str]:
    # Names and quotations come from the shop's data: no sign of theirs may end the comment.
    yield "# " + "".join(char if char.isprintable() else " " for char in text)


def _keys(override: Override) -> Iterable[str]:
    for name in ("kind", "group", "unit", "better"):
        if (value := getattr(override, name)) is not None:
            yield f"{name} = {_text(value)}"
    for name in ("labels", "units"):
        if table := getattr(override, name):
            yield f"{name} = {{ {', '.join(f'{_key(key)} = {_text(value)}' for key, value in table.items())} }}"


def _key(name: str) -> str:
    is_bare = bool(name) and name.isascii() and all(char.isalnum() or char in "_-" for char in name)
    return name if is_bare else _text(name)


def _text(text: str) -> str:
    escaped = {"\\": "\\\\", '"': '\\"'}
    return '"' + "".join(escaped.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'


def _override(name: str, table: object) -> Override:
    if not isinstance(table, dict):
        raise InvalidDictionary(f"{name}: an attribute is a table: write [{_key(name)}] and its keys below")
    for key in table:
        if key not in _KEYS:
            raise InvalidDictionary(f"[{name}] {key}: there is no such key, use one of {', '.join(_KEYS)}")
    return Override(
        kind=_choice(name, table, "kind", get_args(Kind)),
        labels=_texts(name, table, "labels"),
        group=_string(name, table, "group"),
        unit=_unit(_string(name, table, "unit")),
        units={of_type: _unit(unit) or unit for of_type, unit in _texts(name, table, "units").items()},
        better=_choice(name, table, "better", get_args(Better)),
    )


def _string(name: str, table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InvalidDictionary(f'[{name}] {key}: a text is needed, such as {key} = "…"')
    return value.strip()


def _choice(name: str, table: Mapping[str, object], key: str, choices: tuple[str, ...]) -> Any:
    value = _string(name, table, key)
    if value is not None and value not in choices:
        raise InvalidDictionary(f"[{name}] {key}: {value!r} is none of {', '.join(choices)}")
    return value


def _texts(name: str, table: Mapping[str, object], key: str) -> dict[str, str]:
    value = table.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(each, str) and each.strip() for each in value.values()):
        example = '{ de = "Breite" }' if key == "labels" else '{ "*" = "GB", Printer = "MB" }'
        raise InvalidDictionary(f"[{name}] {key}: a table of texts is needed, such as {key} = {example}")
    return {inner: text.strip() for inner, text in value.items()}


def _unit(spelling: str | None) -> str | None:
    return (symbol_of(spelling) or spelling) if spelling else None


def _apply(entry: AttributeEntry, override: Override) -> AttributeEntry:
    kind = override.kind or entry.kind
    rules = _rules(entry, override) if kind == "number" else ()
    unit = override.unit or (rules[0].unit if override.units and rules else entry.unit)
    better = entry.better if override.better is None else None if override.better == "none" else override.better
    return replace(
        entry,
        kind=kind,
        labels={**entry.labels, **override.labels},
        group=override.group or entry.group,
        unit=unit if kind == "number" else None,
        rules=rules,
        better=better,
    )


def _rules(entry: AttributeEntry, override: Override) -> tuple[UnitRule, ...]:
    """Return the rules in force: said by type; or learned, if the unit that a person wants can stand for theirs."""
    if override.units:
        return tuple(
            _said_by_a_person(unit, None if of_type == _EVERY_TYPE else of_type)
            for of_type, unit in override.units.items()
        )
    if override.unit is None:
        return entry.rules
    wanted = dimension(override.unit)
    if wanted and entry.rules and all(dimension(rule.unit) == wanted for rule in entry.rules):
        return entry.rules
    return (_said_by_a_person(override.unit, None),)


def _said_by_a_person(unit: str, of_type: str | None) -> UnitRule:
    return UnitRule(unit, 1.0, "override", type=of_type, evidence="said in the attribute dictionary")
