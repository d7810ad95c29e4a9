"""A filter tree over one part: a Boolean mask with one entry a row."""

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.embedded.part import NO_PRICE, Column, Mask, Part
from engines.plan import Interval, Selection
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Operator, Or, Scalar

_COMPARE: dict[Operator, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PRICE_FIELDS = ("price", "list_price")


def filter_mask(part: Part, node: Filter) -> Mask:
    """Return which rows of ``part`` satisfy ``node``; a field that no row carries satisfies no comparison."""
    match node:
        case And(parts=parts):
            return reduce(np.logical_and, (filter_mask(part, each) for each in parts), np.ones(part.count, bool))
        case Or(parts=parts):
            return reduce(np.logical_or, (filter_mask(part, each) for each in parts), np.zeros(part.count, bool))
        case Not(part=inner):
            return ~filter_mask(part, inner)
        case Exists(field=field):
            return _exists(part, field)
        case In(field=field, values=values):
            return _has_any(part, field, values)
        case Compare(field=field, op="=", value=value):
            return _has_any(part, field, (value,))
        case Compare(field=field, op="!=", value=value):
            return _exists(part, field) & ~_has_any(part, field, (value,))
        case Compare(field=field, op=op, value=value):
            return _ordered(part, field, op, value)


def selection_mask(part: Part, selection: Selection) -> Mask:
    """Return which rows carry any of the selected values or lie in any of the selected intervals."""
    mask = _has_any(part, selection.field, selection.values) if selection.values else np.zeros(part.count, bool)
    for interval in selection.intervals:
        mask |= _within(part, selection.field, interval)
    return mask


def _exists(part: Part, field: str) -> Mask:
    mask = np.zeros(part.count, bool)
    if field in PRICE_FIELDS:
        np.not_equal(part.net, NO_PRICE, out=mask)
    elif column := part.codes.get(field):
        mask[part.rows_of_codes(column.first, column.last)] = True
    elif column := part.numbers.get(field):
        mask[part.numbers_of(column)[0]] = True
    return mask


def _has_any(part: Part, field: str, values: Iterable[Scalar]) -> Mask:
    mask = np.zeros(part.count, bool)
    if column := part.codes.get(field):
        for value in values:
            code = part.code_of(column, _spelling(value))
            if code is not None:
                mask[part.rows_of_codes(code, code + 1)] = True
    elif numbers := _numbers(part, field):
        rows, have = numbers
        wanted = np.array([value for value in values if not isinstance(value, str)], dtype=np.float64)
        mask[rows[np.isin(have, wanted)]] = True
    return mask


def _ordered(part: Part, field: str, op: Operator, value: Scalar) -> Mask:
    mask = np.zeros(part.count, bool)
    compare = _COMPARE[op]
    if column := part.codes.get(field):
        wanted = _spelling(value)
        for at, name in enumerate(part.values.slice(column.first, column.last), start=column.first):
            if compare(name, wanted):
                mask[part.rows_of_codes(at, at + 1)] = True
    elif (numbers := _numbers(part, field)) and not isinstance(value, str):
        rows, have = numbers
        mask[rows[np.asarray(compare(have, float(value)))]] = True
    return mask


def _within(part: Part, field: str, interval: Interval) -> Mask:
    mask = np.zeros(part.count, bool)
    if numbers := _numbers(part, field):
        rows, have = numbers
        inside = np.ones(len(have), bool)
        if interval.gte is not None:
            inside &= have >= interval.gte
        if interval.lt is not None:
            inside &= have < interval.lt
        mask[rows[inside]] = True
    return mask


def _numbers(part: Part, field: str) -> tuple[NDArray[np.int32], NDArray[np.float64]] | None:
    if field in PRICE_FIELDS:
        return part.prices
    column: Column | None = part.numbers.get(field)
    return part.numbers_of(column) if column else None


def _spelling(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
