"""How many hits carry each value of a field, over all parts of a snapshot. A count is of products, never of their
units."""

from collections.abc import Sequence
from heapq import nsmallest
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engines.embedded.counting import FEW, PartHits, PartTables
from engines.embedded.part import Column, Part
from engines.embedded.part_writer import OFFERED, UNCOUNTED

Counts = NDArray[np.int64]


class ValueCounts:
    """The counts of one field's values, in parallel with their names."""

    def __init__(self, names: Sequence[str], counts: Counts, ordered: int) -> None:
        """The first ``ordered`` names are in ascending order."""
        self._names = names
        self._counts = counts
        self._ordered = ordered

    def largest(self, limit: int, prefix: str | None = None) -> list[tuple[str, int]]:
        """Return the most frequent values that begin with ``prefix`` in any case; names decide ties."""
        names, counts = self._names, self._counts
        at = np.flatnonzero(counts)
        if prefix:
            begins = prefix.casefold()
            at = np.array([each for each in at.tolist() if names[each].casefold().startswith(begins)], dtype=np.int64)
        if not len(at) or at[-1] < self._ordered:
            at = at[np.argsort(-counts[at], kind="stable")[:limit]]
            return list(zip([names[each] for each in at.tolist()], counts[at].tolist(), strict=True))
        ties: list[str] = []
        if len(at) > limit:
            least = int(np.partition(counts[at], len(at) - limit)[len(at) - limit])
            ties = [names[each] for each in at[counts[at] == least].tolist()]
            at = at[counts[at] > least]
            ties = nsmallest(limit - len(at), ties)
        found = [(names[each], int(counts[each])) for each in at.tolist()]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return found + [(name, least) for name in ties]

    def of(self, value: str) -> int:
        """Return the count of one value."""
        try:
            return int(self._counts[self._names.index(value)])
        except (ValueError, IndexError):
            return 0


class FieldValues:
    """Numbers the values of each field over all parts, so that counts of several parts add up as arrays.

    A field is numbered when it is first counted, and numbers never change; a string and four bytes a part are kept for
    each value. Safe for concurrent use.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._names: dict[str, list[str]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._ordered: dict[str, int] = {}
        self._by_part: WeakKeyDictionary[Part, dict[str, NDArray[np.int32]]] = WeakKeyDictionary()

    def names(self, field: str) -> list[str]:
        """Return the values of a field by number; more may be appended later."""
        return self._names.get(field, [])

    def ordered(self, field: str) -> int:
        """Return how many of the first names are in ascending order: those of the part that was numbered first."""
        return self._ordered.get(field, 0)

    def numbers(self, part: Part, column: Column) -> NDArray[np.int32]:
        """Return the number of each code of a part's column."""
        known = self._by_part.get(part)
        if known is not None and column.name in known:
            return known[column.name]
        with self._lock:
            names = self._names.setdefault(column.name, [])
            numbers = self._numbers.setdefault(column.name, {})
            found = np.empty(column.last - column.first, dtype=np.int32)
            for at, name in enumerate(part.values.slice(column.first, column.last)):
                number = numbers.get(name)
                if number is None:
                    number = numbers[name] = len(names)
                    names.append(name)
                found[at] = number
            self._ordered.setdefault(column.name, len(names))
            self._by_part.setdefault(part, {})[column.name] = found
        return found


def count_values(hits: Sequence[PartHits], field: str, shared: FieldValues) -> ValueCounts:
    """Count the hits by value of one text, boolean or hierarchy field."""
    if field in OFFERED:
        return _count_offered(hits, field)
    values = _values_of(field, shared)
    parts = [
        (values.numbers(each.view.part, column), _counts_by_code(each, column))
        for each in hits
        if (column := each.view.part.codes.get(field))
    ]
    return _added(values, field, parts)


def merge_counts(tables: Sequence[PartTables], field: str, shared: FieldValues) -> ValueCounts:
    """Return the counts of one field from what was counted for all fields at once."""
    values = _values_of(field, shared)
    parts = []
    for hits, table, _ in tables:
        if column := hits.view.part.codes.get(field):
            codes, counts = table.of(column)
            parts.append((values.numbers(hits.view.part, column)[codes - column.first], counts))
    return _added(values, field, parts)


def _values_of(field: str, shared: FieldValues) -> FieldValues:
    # As many values as products: too many to be kept for a facet that nearly nobody asks for.
    return FieldValues() if field in UNCOUNTED else shared


def _added(values: FieldValues, field: str, parts: Sequence[tuple[NDArray[np.int32], Counts]]) -> ValueCounts:
    names = values.names(field)
    total = np.zeros(len(names), dtype=np.int64)
    for numbers, counts in parts:
        total[numbers] += counts
    return ValueCounts(names, total, values.ordered(field))


def _counts_by_code(hits: PartHits, column: Column) -> Counts:
    part = hits.view.part
    width = column.last - column.first
    is_sparse = part.row_of_unit is None and len(hits.units) * FEW < column.carried
    if is_sparse and (by_unit := part.code_by_unit(column)) is not None:
        return np.bincount(by_unit[hits.units], minlength=width + 1)[:width]
    ends = part.code_ends[column.first : column.last + 1] - part.code_ends[column.first]
    units = part.units_of_codes(column.first, column.last)
    hit = hits.mask[units]
    if part.row_of_unit is None:
        running = np.zeros(len(hit) + 1, dtype=np.int64)
        np.cumsum(hit, out=running[1:])
        return np.asarray(np.diff(running[ends]))
    codes = np.repeat(np.arange(width), np.diff(ends))[hit]
    pairs = np.unique(part.row_of_unit[units[hit]] * width + codes)
    return np.bincount(pairs % width, minlength=width)


def _count_offered(hits: Sequence[PartHits], field: str) -> ValueCounts:
    counts = np.zeros(2, dtype=np.int64)
    for each in hits:
        states = each.view.offers.states_of(field)
        for state, mask in enumerate((~states, states)):
            counts[state] += np.count_nonzero(each.view.part.any_unit(mask & each.mask))
    return ValueCounts(("false", "true"), counts, 2)
