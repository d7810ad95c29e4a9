"""Fields and literals of a request, resolved against what the catalogue has."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from engines.plan import Selection, Sort
from engines.port import FieldInfo
from engines.stock import AVAILABLE_BY
from language.errors import InvalidFilter, UnknownField
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or, Scalar

Fields = Mapping[str, FieldInfo]
_MOMENTS = frozenset({"released", AVAILABLE_BY})
_SORTS = {
    "relevance": Sort("relevance"),
    "newest": Sort("released"),
    "popularity": Sort("popularity"),
    "price:asc": Sort("price", descending=False),
    "price:desc": Sort("price"),
}


def known(field: str, fields: Fields, pointer: str) -> FieldInfo:
    """Return what is known of a field. Raises UnknownField with the request's pointer."""
    info = fields.get(field)
    if info is None:
        raise UnknownField(f"this catalogue has no field {field!r}", pointer=pointer)
    return info


def countable(field: str, fields: Fields, pointer: str) -> FieldInfo:
    """Return what is known of a field that a facet may count. Raises UnknownField with the request's pointer."""
    if field == AVAILABLE_BY:
        raise UnknownField(f'{field!r} is for filters alone, as in available_by <= "2026-12-01"', pointer=pointer)
    return known(field, fields, pointer)


def resolve_filter(node: Filter, fields: Fields) -> Filter:
    """Return the filter with every literal in its field's kind.

    Raises UnknownField for a field that the catalogue does not have, InvalidFilter for a literal that cannot
    be of the field's kind.
    """
    match node:
        case And(parts=parts):
            return And(tuple(resolve_filter(part, fields) for part in parts))
        case Or(parts=parts):
            return Or(tuple(resolve_filter(part, fields) for part in parts))
        case Not(part=part):
            return Not(resolve_filter(part, fields))
        case Exists(field=field):
            known(field, fields, "/filter")
            return node
        case In(field=field, values=values):
            info = known(field, fields, "/filter")
            return In(field, tuple(literal(value, info, "/filter") for value in values))
        case Compare(field=field, value=value):
            return replace(node, value=literal(value, known(field, fields, "/filter"), "/filter"))


def resolve_selection(selection: Selection, fields: Fields) -> Selection:
    """Return the selection with its values in the field's kind; errors as for filters, at ``/facet_filters``."""
    pointer = f"/facet_filters/{selection.field}"
    info = countable(selection.field, fields, pointer)
    if selection.intervals and info.kind != "number":
        raise InvalidFilter(f"{selection.field!r} has no numbers: send its values, not ranges", pointer=pointer)
    return replace(selection, values=tuple(literal(value, info, pointer) for value in selection.values))


def resolve_sort(sort: str, fields: Fields) -> Sort:
    """Return the order that ``sort`` names. Raises UnknownField otherwise."""
    if sort in _SORTS:
        return _SORTS[sort]
    field, _, direction = sort.rpartition(":")
    if not field.startswith("attributes.") or direction not in {"asc", "desc"}:
        wanted = "relevance, newest, popularity, price:asc, price:desc or attributes.NAME:asc|desc"
        raise UnknownField(f"cannot sort by {sort!r}: use {wanted}", pointer="/sort")
    known(field, fields, "/sort")
    return Sort(field, descending=direction == "desc")


def literal(value: Scalar, info: FieldInfo, pointer: str) -> Scalar:
    """Return a literal in the kind of its field: "16" is a number for a number field, 2 a text for a text field."""
    if info.name in _MOMENTS and isinstance(value, str):
        return _moment(value, pointer)
    match info.kind:
        case "number":
            if isinstance(value, bool):
                raise InvalidFilter(f"{info.name!r} is a number, {value!r} is not", pointer=pointer)
            try:
                return float(value)
            except ValueError as error:
                raise InvalidFilter(f"{info.name!r} is a number, {value!r} is not", pointer=pointer) from error
        case "boolean":
            text = str(value).lower()
            if text not in {"true", "false"}:
                raise InvalidFilter(f"{info.name!r} is true or false, not {value!r}", pointer=pointer)
            return text == "true"
        case _:
            return _text(value)


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _moment(text: str, pointer: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidFilter(f"{text!r} is not a date: write 2024-05-31", pointer=pointer) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
