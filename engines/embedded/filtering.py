"""A filter tree over one part: a Boolean mask with one entry a unit."""

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.embedded.part import Column, Mask
from engines.embedded.part_writer import OFFERED
from engines.embedded.view import View
from engines.plan import Interval, Selection
from engines.stock import AVAILABLE_BY
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Operator, Or, Scalar

_COMPARE: dict[Operator, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PRICE_FIELDS = ("price", "list_price")


def filter_mask(view: View, node: Filter) -> Mask:
    """Return which units satisfy ``node``; a field that no unit carries satisfies no comparison."""
    size = view.part.units
    match node:
        case And(parts=parts):
            return reduce(np.logical_and, (filter_mask(view, each) for each in parts), np.ones(size, bool))
        case Or(parts=parts):
            return reduce(np.logical_or, (filter_mask(view, each) for each in parts), np.zeros(size, bool))
        case Not(part=inner):
            return ~filter_mask(view, inner)
        case Exists(field=field):
            return _exists(view, field)
        case In(field=field, values=values):
            return _has_any(view, field, values)
        case Compare(field=field, op="=", value=value):
            return _has_any(view, field, (value,))
        case Compare(field=field, op="!=", value=value):
            return _exists(view, field) & ~_has_any(view, field, (value,))
        case Compare(field=field, op=op, value=value):
            return _ordered(view, field, op, value)


def selection_mask(view: View, selection: Selection) -> Mask:
    """Return which units carry any of the selected values or lie in any of the selected intervals."""
    size = view.part.units
    mask = _has_any(view, selection.field, selection.values) if selection.values else np.zeros(size, bool)
    for interval in selection.intervals:
        mask |= _within(view, selection.field, interval)
    return mask


def _exists(view: View, field: str) -> Mask:
    part = view.part
    if field in OFFERED:
        return np.ones(part.units, bool)
    mask = np.zeros(part.units, bool)
    if field in PRICE_FIELDS:
        mask |= view.offers.prices_of(field).given
    elif field == AVAILABLE_BY:
        mask[view.offers.stocks.dates(view.day)[0]] = True
    elif column := part.codes.get(field):
        mask[part.units_of_codes(column.first, column.last)] = True
    elif column := part.numbers.get(field):
        mask[part.numbers_of(column)[0]] = True
    return mask


def _has_any(view: View, field: str, values: Iterable[Scalar]) -> Mask:
    part = view.part
    mask = np.zeros(part.units, bool)
    if field in OFFERED:
        states = view.offers.states_of(field)
        for value in values:
            mask |= states if _spelling(value) == "true" else ~states
    elif column := part.codes.get(field):
        for value in values:
            code = part.code_of(column, _spelling(value))
            if code is not None:
                mask[part.units_of_codes(code, code + 1)] = True
    elif numbers := _numbers(view, field):
        units, have = numbers
        wanted = np.array([value for value in values if not isinstance(value, str)], dtype=np.float64)
        mask[units[np.isin(have, wanted)]] = True
    return mask


def _ordered(view: View, field: str, op: Operator, value: Scalar) -> Mask:
    part = view.part
    mask = np.zeros(part.units, bool)
    compare = _COMPARE[op]
    if field in OFFERED:
        for state in (True, False):
            if compare(_spelling(state), _spelling(value)):
                mask |= _has_any(view, field, (state,))
    elif column := part.codes.get(field):
        wanted = _spelling(value)
        for at, name in enumerate(part.values.slice(column.first, column.last), start=column.first):
            if compare(name, wanted):
                mask[part.units_of_codes(at, at + 1)] = True
    elif (numbers := _numbers(view, field)) and not isinstance(value, str):
        units, have = numbers
        mask[units[np.asarray(compare(have, float(value)))]] = True
    return mask


def _within(view: View, field: str, interval: Interval) -> Mask:
    mask = np.zeros(view.part.units, bool)
    if numbers := _numbers(view, field):
        units, have = numbers
        inside = np.ones(len(have), bool)
        if interval.gte is not None:
            inside &= have >= interval.gte
        if interval.lt is not None:
            inside &= have < interval.lt
        mask[units[inside]] = True
    return mask


def _numbers(view: View, field: str) -> tuple[NDArray[np.int32], NDArray[np.float64]] | None:
    if field in PRICE_FIELDS:
        return view.offers.prices_of(field).column
    if field == AVAILABLE_BY:
        return view.offers.stocks.dates(view.day)
    column: Column | None = view.part.numbers.get(field)
    return view.part.numbers_of(column) if column else None


def _spelling(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
