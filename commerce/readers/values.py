"""Values of a row by the mapping's rules: texts, lists, numbers, folded groups."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from statistics import median

from stdnum import ean

from commerce.readers.rules import AttributeKind, FieldRule, Match, Reducer

_TRUE = frozenset({"true", "yes", "y", "1", "ja", "wahr"})
_FALSE = frozenset({"false", "no", "n", "0", "nein", "falsch"})


def text_of(value: object) -> str:
    """Return a value as trimmed text, empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def value_of(rule: FieldRule, values: Mapping[str, object]) -> object:
    """Return the first value that the rule's columns have, or its constant; None if all are empty."""
    if rule.constant is not None:
        return rule.constant
    names = (reduced_name(rule), *rule.names()) if rule.reduce != "first" else rule.names()
    return next((v for name in names if (v := values.get(name)) not in (None, "")), None)


def texts_of(rule: FieldRule | None, values: Mapping[str, object]) -> list[str]:
    """Return the texts of all the rule's columns, each once."""
    if rule is None:
        return []
    if rule.constant is not None:
        return [rule.constant]
    found: list[str] = []
    for name in rule.names():
        value = values.get(name)
        several = value if isinstance(value, list) else text_of(value).split(rule.split) if rule.split else [value]
        found += [text for each in several if (text := text_of(each))]
    return list(dict.fromkeys(found))


def valid_gtins(given: Sequence[str]) -> list[str]:
    """Return those of the texts that are GTINs with a right check digit."""
    return [gtin for gtin in given if ean.is_valid(gtin)]


def number_of(value: object, decimal: str = ".") -> Decimal | None:
    """Return a value as a finite number; ``decimal`` is the file's decimal sign."""
    text = text_of(value)
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def boolean_of(value: object) -> bool | None:
    """Return a value as true or false; None for what is neither."""
    if isinstance(value, bool):
        return value
    word = text_of(value).lower()
    return True if word in _TRUE else False if word in _FALSE else None


def attribute_of(value: object, kind: AttributeKind, decimal: str) -> object | None:
    """Return an attribute's value as its kind; None for what is no such value."""
    if kind == "text":
        return [text_of(each) for each in value] if isinstance(value, list) else text_of(value)
    if kind == "boolean":
        return boolean_of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    number = number_of(value, decimal)
    return None if number is None else float(number)


def matches(rule: Match, values: Mapping[str, object]) -> bool:
    """Return whether a row has a value that the rule's pattern finds."""
    return rule.matches.search(text_of(values.get(rule.column))) is not None


def starred(pattern: str, column: str) -> str | None:
    """Return the attribute's name if the column is the pattern's: the column, or what the ``*`` stands for."""
    before, star, after = pattern.partition("*")
    if not star:
        return column if column == pattern else None
    if column.startswith(before) and column.endswith(after) and len(column) > len(pattern) - 1:
        return column[len(before) : len(column) - len(after)]
    return None


def reduced_name(rule: FieldRule) -> str:
    """Return under which name the folded value of a column is kept: two rules may fold one column in two ways."""
    return f"{rule.column} {rule.reduce}" if rule.reduce != "first" else rule.column or ""


def reduced(reducer: Reducer, seen: Sequence[str]) -> str:
    """Fold the texts of a group, of which there is at least one."""
    match reducer:
        case "first":
            return seen[0]
        case "last":
            return seen[-1]
        case "most_frequent":
            return Counter(seen).most_common(1)[0][0]
        case "count_distinct":
            return str(len(set(seen)))
        case "median_positive":
            positive = sorted(amount for amount in map(number_of, seen) if amount is not None and amount > 0)
            return str(median(positive)) if positive else ""
        case "sum":
            amounts = [amount for amount in map(number_of, seen) if amount is not None]
            return str(sum(amounts, Decimal())) if amounts else ""
