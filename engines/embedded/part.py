"""A part: the columns of the products that one commit wrote, immutable and memory-mapped.

Rows are numbered over all parts of a version (``base`` + position) and never change; an update writes
a new row elsewhere and the old one dies in the text index.

Text, boolean and hierarchy values have codes, sorted by field and then by value, so that a field is one slice of the
code table; the code table exists twice, by row for counting and by code for filtering. Numbers lie by field and by row.
"""

import itertools
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engines.auto_facets import READABLE
from engines.embedded.container import Array, read_arrays
from engines.port import FieldKind
from engines.results import StoredProduct

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]

PRICE_SCALE = 1_000_000
"""Prices are stored as integers of a millionth; ``NO_PRICE`` is none."""
NO_PRICE = -1
NO_STOCK = -1


@dataclass(frozen=True, slots=True)
class Column:
    """Where one field's values lie: ``first:last`` in the code table, or in the list of number fields."""

    name: str
    kind: FieldKind
    first: int
    last: int


class Strings:
    """A column of UTF-8 strings, decoded on demand."""

    def __init__(self, data: Array, ends: Array) -> None:
        self._data = data.data
        # A memory view hands out plain integers, three times faster than an array does.
        self._ends = ends.data

    def __len__(self) -> int:
        return len(self._ends) - 1

    def raw(self, index: int) -> bytes:
        """Return the bytes of one entry."""
        return bytes(self._data[self._ends[index] : self._ends[index + 1]])

    def __getitem__(self, index: int) -> str:
        return self.raw(index).decode()

    def slice(self, first: int, last: int) -> list[str]:
        """Return the entries ``first`` to ``last`` (exclusive)."""
        ends = self._ends[first : last + 1].tolist()
        return [bytes(self._data[a:b]).decode() for a, b in itertools.pairwise(ends)]


class Part:
    """One part, opened. Arrays: see ``part_writer``."""

    def __init__(self, path: Path) -> None:
        arrays, meta = read_arrays(path)
        self.base: int = meta["base"]
        self.count: int = meta["count"]
        self.bytes = path.stat().st_size
        self.codes = {c[0]: Column(*c) for c in meta["codes"]}
        self.numbers = {c[0]: Column(*c) for c in meta["numbers"]}
        self.ids = Strings(arrays["ids"], arrays["ids_ends"])
        self.titles = Strings(arrays["titles"], arrays["titles_ends"])
        self.documents = Strings(arrays["documents"], arrays["documents_ends"])
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
        self.popularity = arrays["popularity"]
        self.vectors = arrays["vectors"].reshape(self.count, -1) if "vectors" in arrays else None
        self.readable = np.diff(arrays["values_ends"]) <= READABLE
        prices = np.flatnonzero(self.net != NO_PRICE).astype(np.int32)
        self.prices = (prices, self.net[prices] / PRICE_SCALE)
        widths = [column.last - column.first for column in self.codes.values()]
        self.column_of_code = np.repeat(np.arange(len(widths), dtype=np.int32), widths)
        self._lookup: dict[str, dict[str, int]] = {}

    def code_of(self, column: Column, value: str) -> int | None:
        """Return the code of a field's value; None if no product of this part has it."""
        table = self._lookup.get(column.name)
        if table is None:
            names = self.values.slice(column.first, column.last)
            table = {name: column.first + at for at, name in enumerate(names)}
            self._lookup[column.name] = table
        return table.get(value)

    def rows_of_codes(self, first: int, last: int) -> Rows:
        """Return the rows (counted within the part) that carry any code of ``first:last``; repeats are possible."""
        return cast(Rows, self.code_rows[self.code_ends[first] : self.code_ends[last]])

    def numbers_of(self, column: Column) -> tuple[Rows, NDArray[np.float64]]:
        """Return the rows and values of a number field, sorted by row."""
        return self.number_rows[column.first : column.last], self.number_values[column.first : column.last]

    def product(self, at: int) -> StoredProduct:
        """Return one stored product."""
        net, stock = int(self.net[at]), int(self.stock[at])
        return StoredProduct(
            id=self.ids[at],
            document=self.documents.raw(at),
            title=self.titles[at],
            net=None if net == NO_PRICE else _decimal(net),
            stock=None if stock == NO_STOCK else stock,
        )


def _decimal(net: int) -> Decimal:
    price = Decimal(net).scaleb(-6)
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price.normalize()


def gather(ends: Array, codes: Array, rows: NDArray[np.int64]) -> Array:
    """Return the concatenated entries of ``rows`` from a row-major table, without a Python loop."""
    starts = ends[rows].astype(np.int64)
    lengths = ends[rows + 1] - starts
    total = int(lengths.sum())
    if not total:
        return codes[:0]
    shifts = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return codes[shifts + np.arange(total)]
