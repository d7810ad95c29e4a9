"""The columns of a part that are attributes: columns of their own, and numbered pairs of a name and a value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from commerce.product import Scalar
from commerce.readers.notes import Notes
from commerce.readers.number_texts import NumberAttributes
from commerce.readers.part_rules import ArticlePart, PairRule
from commerce.readers.rules import AttributeKind
from commerce.readers.values import attribute_of, starred, text_of
from commerce.reading import clean_text

REPEATED = "text in {} that only repeats the catalogue's own"
UNTRANSLATED = "attribute value in {} that is only the attribute's name"


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one row, as ``Said`` has them."""

    typed: dict[str, list[Scalar]] = field(default_factory=dict)
    loose: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, dict[str, list[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Column:
    """What one column of a file is: an attribute of its own, or one side of a numbered pair."""

    role: Literal["attribute", "key", "value", "text"]
    name: str
    kind: AttributeKind | Literal["auto"] = "auto"
    pair: int = 0
    locale: str = ""


@dataclass(slots=True)
class _Pair:
    key: object = None
    value: object = None
    texts: dict[str, str] = field(default_factory=dict)


class AttributeColumns:
    """Knows the columns of one part; tells ``numbers`` the values of attributes of no given kind."""

    def __init__(self, part: ArticlePart, decimal: str, numbers: NumberAttributes) -> None:
        self._part = part
        self._decimal = decimal
        self._numbers = numbers
        self._columns: dict[str, tuple[_Column, ...]] = {}
        self._pairs = [_PairColumns(pair) for pair in part.pairs]

    def read(self, values: Mapping[str, object], notes: Notes) -> Attributes:
        """Return the attributes of one row."""
        found = Attributes()
        if not self._part.attributes and not self._part.pairs:
            return found
        pairs: dict[tuple[int, str], _Pair] = {}
        for column, value in values.items():
            for what in self._columns[column] if column in self._columns else self._target(column):
                if value is None or value == "":
                    continue
                if what.role == "attribute":
                    self._take(what.name, value, what.kind, found, notes)
                else:
                    pair = pairs.setdefault((what.pair, what.name), _Pair())
                    if what.role == "text":
                        pair.texts[what.locale] = text_of(value)
                    else:
                        setattr(pair, what.role, value)
        for (number, _), pair in pairs.items():
            name = text_of(pair.key)
            if not name:
                notes.warnings["attribute value without the attribute's name"] += pair.value is not None
                continue
            self._take(name, pair.value, self._part.pairs[number].kind, found, notes)
            for locale, text in pair.texts.items():
                if not text or text == text_of(pair.value):
                    notes.skipped[REPEATED.format(locale)] += bool(text)
                elif text == name:
                    # Exports fill a translation that is missing with the key.
                    notes.skipped[UNTRANSLATED.format(locale)] += 1
                else:
                    found.texts.setdefault(locale, {}).setdefault(name, []).append(text)
        return found

    def _take(
        self,
        name: str,
        value: object,
        kind: AttributeKind | Literal["auto"],
        found: Attributes,
        notes: Notes,
    ) -> None:
        several = value if isinstance(value, list) else [value]
        for each in several:
            text = clean_text(text_of(each))
            if not text:
                continue
            if kind == "auto":
                self._numbers.see(name, text)
                found.loose.setdefault(name, []).append(text)
                continue
            read = attribute_of(each, kind, self._decimal)
            if isinstance(read, str | int | float | bool):
                found.typed.setdefault(name, []).append(read)
            else:
                notes.warnings[f"attribute value is no {kind}"] += 1

    def _target(self, column: str) -> tuple[_Column, ...]:
        found: list[_Column] = []
        for pattern, kind in self._part.attributes.items():
            if (name := starred(pattern, column)) is not None:
                found.append(_Column("attribute", name, kind))
                break
        for number, pair in enumerate(self._pairs):
            found += pair.roles(number, column)
        self._columns[column] = tuple(found)
        return self._columns[column]


class _PairColumns:
    """Knows the columns of one rule for pairs."""

    def __init__(self, rule: PairRule) -> None:
        self._patterns: list[tuple[Literal["key", "value", "text"], str, re.Pattern[str]]] = [
            ("key", "", numbered(rule.key)),
            ("value", "", numbered(rule.value)),
            *(("text", locale, numbered(column)) for locale, column in rule.texts.items()),
        ]

    def roles(self, number: int, column: str) -> Iterator[_Column]:
        for role, locale, pattern in self._patterns:
            if found := pattern.fullmatch(column):
                yield _Column(role, "".join(found.groups()), pair=number, locale=locale)


def numbered(pattern: str) -> re.Pattern[str]:
    """Return what the column names of a pattern match, with the pair's number as the group."""
    before, sign, after = pattern.partition("#")
    return re.compile(re.escape(before) + (r"(\d+)" if sign else "") + re.escape(after))
