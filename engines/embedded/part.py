"""A part: the columns of the products that one commit wrote, immutable and memory-mapped.

Rows (products) are numbered over all parts of a version (``base`` + position) and never change; an update writes
a new row elsewhere and the old one dies. Each row has one unit or, with variants, several, numbered likewise; values,
prices and stock belong to units.

Text, boolean and hierarchy values have codes, sorted by field and then by value, so that a field is one slice of the
code table; the code table exists twice, by unit for counting and by code for filtering. Numbers lie by field and by
unit. Arrays: see ``part_writer``.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engines.auto_facets import READABLE
from engines.embedded.container import Array, read_arrays
from engines.embedded.fragments import Fragments
from engines.embedded.postings import ID, Postings, term_hash
from engines.embedded.state import SUPPLY
from engines.embedded.strings import Strings
from engines.port import FieldKind

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]

PRICE_SCALE = 1_000_000
"""Prices are stored as integers of a millionth; ``NO_PRICE`` is none."""
NO_PRICE = -1
NO_STOCK = -1
_NO_SUPPLIES = np.empty(0, dtype=np.int64)
_SINGLE_FIELDS = 40
_DENSE_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """Where one field's values lie: ``first:last`` in the code table, or in the list of number fields; how many units
    carry it and how many values it has."""

    name: str
    kind: FieldKind
    first: int
    last: int
    carried: int
    distinct: int


@dataclass(frozen=True, slots=True)
class VariantIndex:
    """The hashes of variants' ids in ascending order, and their units."""

    hashes: NDArray[np.uint64]
    units: NDArray[np.int64]

    def find(self, wanted: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which of the ``wanted`` hashes there are, and in parallel their units.

        An id may have several units, of which all but one belong to dead products.
        """
        first, last = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        lengths = last - first
        at = np.repeat(np.arange(len(wanted)), lengths)
        places = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
        return at, self.units[places]


class Part:
    """One part, opened."""

    def __init__(self, path: Path) -> None:
        arrays, meta = read_arrays(path)
        self.base: int = meta["base"]
        self.count: int = meta["count"]
        self.unit_base: int = meta["unit_base"]
        self.units: int = meta["units"]
        self.bytes = path.stat().st_size
        self.codes = {c[0]: Column(*c) for c in meta["codes"]}
        self.numbers = {c[0]: Column(*c) for c in meta["numbers"]}
        self.postings = Postings(meta["texts"], arrays)
        self.fragments = Fragments(self.postings, arrays)
        self.ids = Strings(arrays["ids"], arrays["ids_ends"])
        self.titles = Strings(arrays["titles"], arrays["titles_ends"])
        self.documents = Strings(arrays["documents"], arrays["documents_ends"])
        self.more = Strings(arrays["more"], arrays["more_ends"])
        self.unit_ids = Strings(arrays["unit_ids"], arrays["unit_ids_ends"])
        self.values = Strings(arrays["values"], arrays["values_ends"])
        self.row_ends = arrays["row_ends"]
        self.row_codes = arrays["row_codes"]
        self.code_ends = arrays["code_ends"]
        self.code_rows = arrays["code_rows"]
        self.number_rows = arrays["number_rows"]
        self.number_values = arrays["number_values"]
        self.number_row_ends = arrays["number_row_ends"]
        self.number_row_fields = arrays["number_row_fields"]
        self.number_row_values = arrays["number_row_values"]
        self.number_index = {name: at for at, name in enumerate(self.numbers)}
        self.net = arrays["net"]
        self.stock = arrays["stock"]
        self.supplies = arrays.get("supplies", _NO_SUPPLIES).view(SUPPLY)
        self.popularity = arrays["popularity"]
        self.vectors = arrays["vectors"].reshape(self.count, -1) if "vectors" in arrays else None
        self.readable = np.diff(arrays["values_ends"]) <= READABLE
        self.unit_ends: Array | None = arrays.get("unit_ends")
        self.row_of_unit: NDArray[np.int64] | None = None
        if self.unit_ends is not None:
            self.row_of_unit = np.repeat(np.arange(self.count), np.diff(self.unit_ends))
        widths = [column.last - column.first for column in self.codes.values()]
        self.column_of_code = np.repeat(np.arange(len(widths), dtype=np.int32), widths)
        self._lookup: dict[str, dict[str, int]] = {}
        self._dense: dict[str, NDArray[np.float64]] = {}
        self._single: dict[str, NDArray[np.int32] | None] = {}

    @cached_property
    def variant_index(self) -> "VariantIndex":
        """Finds units by the hashes of their variants' ids."""
        named = [unit for unit in range(self.units) if self.unit_ids.raw(unit)]
        hashes = np.array([term_hash(ID, self.unit_ids.raw(unit)) for unit in named], dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        return VariantIndex(hashes[order], np.array(named, dtype=np.int64)[order])

    def code_of(self, column: Column, value: str) -> int | None:
        """Return the code of a field's value; None if no product of this part has it."""
        table = self._lookup.get(column.name)
        if table is None:
            names = self.values.slice(column.first, column.last)
            table = {name: column.first + at for at, name in enumerate(names)}
            self._lookup[column.name] = table
        return table.get(value)

    def code_by_unit(self, column: Column) -> NDArray[np.int32] | None:
        """Return for each unit its only value of a field, counted from the field's first code, or as many as there are
        where it has none; None if a unit has several. Kept for the fields that were asked for last."""
        if column.name not in self._single:
            units = self.units_of_codes(column.first, column.last)
            found: NDArray[np.int32] | None = None
            if len(units) == column.carried:
                width = column.last - column.first
                found = np.full(self.units, width, dtype=np.int32)
                lengths = np.diff(self.code_ends[column.first : column.last + 1])
                found[units] = np.repeat(np.arange(width, dtype=np.int32), lengths)
            if len(self._single) >= _SINGLE_FIELDS:
                self._single.pop(next(iter(self._single)), None)
            self._single[column.name] = found
            return found
        return self._single[column.name]

    def number_by_unit(self, column: Column) -> NDArray[np.float64]:
        """Return for each unit its only number of a field, NaN where it has none. Kept for the fields that were asked
        for last."""
        known = self._dense.get(column.name)
        if known is None:
            units, values = self.numbers_of(column)
            known = np.full(self.units, np.nan)
            known[units] = values
            if len(self._dense) >= _DENSE_FIELDS:
                self._dense.pop(next(iter(self._dense)), None)
            self._dense[column.name] = known
        return known

    def find_code(self, column: Column, value: str) -> int | None:
        """Return the code of a field's value as ``code_of`` does, by searching: for fields of very many values."""
        wanted = value.encode()
        at = bisect_left(range(column.last), wanted, lo=column.first, key=self.values.raw)
        return at if at < column.last and self.values.raw(at) == wanted else None

    def units_of_codes(self, first: int, last: int) -> Rows:
        """Return the units (counted within the part) that carry any code of ``first:last``; repeats are possible."""
        return cast(Rows, self.code_rows[self.code_ends[first] : self.code_ends[last]])

    def numbers_of(self, column: Column) -> tuple[Rows, NDArray[np.float64]]:
        """Return the units and values of a number field, sorted by unit."""
        return self.number_rows[column.first : column.last], self.number_values[column.first : column.last]

    def any_unit(self, units: Mask) -> Mask:
        """Return which rows have one of these units."""
        if self.unit_ends is None:
            return units
        return np.logical_or.reduceat(units, self.unit_ends[:-1]) if len(units) else units

    def all_units(self, rows: Mask) -> Mask:
        """Return the units of these rows."""
        return rows if self.row_of_unit is None else rows[self.row_of_unit]

    def units_of_row(self, at: int) -> range:
        """Return the units of one row."""
        if self.unit_ends is None:
            return range(at, at + 1)
        return range(int(self.unit_ends[at]), int(self.unit_ends[at + 1]))


def gather(ends: Array, entries: Array, rows: NDArray[np.int64]) -> Array:
    """Return the entries of several rows from a row-major table, one behind the other."""
    starts = ends[rows]
    lengths = ends[rows + 1] - starts
    total = int(lengths.sum())
    if not total:
        return entries[:0]
    shifts = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return cast(Array, entries[np.arange(total) + shifts])
