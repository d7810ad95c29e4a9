"""The JSON form of filters."""

import math
from collections.abc import Mapping, Sequence

from language.errors import InvalidFilter
from language.filters.grammar import DEEPEST
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or, Scalar

_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def filter_from_json(value: object) -> Filter:
    """Read ``{"and": […]}``, ``{"or": […]}``, ``{"not": …}`` or ``{"field", "op", "value"}``.

    ``IN`` takes a list, ``EXISTS`` no value. Raises InvalidFilter with a JSON pointer below ``/filter``.
    """
    return _read(value, "/filter", 1)


def to_json(node: Filter) -> object:
    """Return the JSON form of a filter; ``filter_from_json`` reads it back."""
    match node:
        case And(parts=parts):
            return {"and": [to_json(part) for part in parts]}
        case Or(parts=parts):
            return {"or": [to_json(part) for part in parts]}
        case Not(part=part):
            return {"not": to_json(part)}
        case In(field=field, values=values):
            return {"field": field, "op": "IN", "value": list(values)}
        case Exists(field=field):
            return {"field": field, "op": "EXISTS"}
        case Compare(field=field, op=op, value=value):
            return {"field": field, "op": op, "value": value}


def _read(value: object, pointer: str, level: int) -> Filter:
    if level > DEEPEST:
        raise InvalidFilter(f"the filter nests deeper than {DEEPEST} levels", pointer=pointer)
    if not isinstance(value, Mapping):
        raise InvalidFilter("a filter is an object with and, or, not, or field, op and value", pointer=pointer)
    keys = set(value)
    if keys == {"and"}:
        return And(_parts(value["and"], f"{pointer}/and", level))
    if keys == {"or"}:
        return Or(_parts(value["or"], f"{pointer}/or", level))
    if keys == {"not"}:
        return Not(_read(value["not"], f"{pointer}/not", level + 1))
    return _comparison(value, pointer)


def _parts(value: object, pointer: str, level: int) -> tuple[Filter, ...]:
    if not isinstance(value, list) or not value:
        raise InvalidFilter("takes a list of at least one filter", pointer=pointer)
    return tuple(_read(part, f"{pointer}/{at}", level + 1) for at, part in enumerate(value))


def _comparison(value: Mapping[str, object], pointer: str) -> Filter:
    field, op = value.get("field"), value.get("op")
    if not isinstance(field, str) or not field:
        raise InvalidFilter("a comparison needs a field", pointer=f"{pointer}/field")
    if unknown := set(value) - {"field", "op", "value"}:
        raise InvalidFilter(f"a comparison has field, op and value, not {min(unknown)!r}", pointer=pointer)
    if op == "EXISTS":
        if "value" in value:
            raise InvalidFilter("EXISTS takes no value", pointer=f"{pointer}/value")
        return Exists(field)
    if op == "IN":
        return In(field, _list(value.get("value"), f"{pointer}/value"))
    if op not in _OPERATORS:
        wanted = ", ".join(_OPERATORS)
        raise InvalidFilter(f"op is one of {wanted}, IN, EXISTS, not {op!r}", pointer=f"{pointer}/op")
    return Compare(field, op, _scalar(value.get("value"), f"{pointer}/value"))  # type: ignore[arg-type]


def _list(value: object, pointer: str) -> tuple[Scalar, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise InvalidFilter("IN takes a list of at least one value", pointer=pointer)
    return tuple(_scalar(each, f"{pointer}/{at}") for at, each in enumerate(value))


def _scalar(value: object, pointer: str) -> Scalar:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise InvalidFilter("a value is a text, a finite number, true or false", pointer=pointer)
