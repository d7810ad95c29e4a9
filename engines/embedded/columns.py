"""Columns while they are being written: which row carries which value, field by field."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array

Ints = NDArray[np.int32]


class _Numbers(dict[str, int]):
    """Numbers strings in the order of their first coming."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number


class KeyColumn:
    """The values of one field as numbered keys; eight bytes an entry."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._number = self._numbers.__getitem__
        self._rows = array("i")
        self._keys = array("i")

    def add(self, row: int, values: Sequence[str]) -> None:
        """Let a row carry values, each of them once or several times."""
        if len(values) == 1:
            self._keys.append(self._number(values[0]))
            self._rows.append(row)
        else:
            self._keys.extend(map(self._number, values))
            self._rows.extend(repeat(row, len(values)))

    def add_many(self, names: Sequence[str], rows: Array, keys: Array) -> None:
        """Take entries whose keys are numbered by ``names``."""
        numbers = self._numbers
        renumbered = np.array([numbers[name] for name in names], dtype=np.int32)
        self._rows.frombytes(np.ascontiguousarray(rows, dtype=np.int32).tobytes())
        self._keys.frombytes(renumbered[keys].tobytes() if len(names) else b"")

    def finish(self) -> tuple[list[str], Ints, Ints]:
        """Return the values in order, and the entries as rows and numbers of values, in parallel, as they came."""
        names = sorted(self._numbers)
        place = np.empty(len(names), dtype=np.int32)
        for at, name in enumerate(names):
            place[self._numbers[name]] = at
        keys = np.frombuffer(self._keys, dtype=np.int32)
        return names, np.frombuffer(self._rows, dtype=np.int32), place[keys] if len(keys) else keys


class NumberColumn:
    """The numbers of one field; twelve bytes an entry."""

    def __init__(self) -> None:
        self._rows = array("i")
        self._values = array("d")

    def add(self, row: int, values: Iterable[float]) -> None:
        """Let a row carry numbers."""
        for value in values:
            self._rows.append(row)
            self._values.append(value)

    def add_many(self, rows: Array, values: Array) -> None:
        """Take entries."""
        self._rows.frombytes(np.ascontiguousarray(rows, dtype=np.int32).tobytes())
        self._values.frombytes(np.ascontiguousarray(values, dtype=np.float64).tobytes())

    def finish(self) -> tuple[Ints, NDArray[np.float64]]:
        """Return rows and values in parallel, by row."""
        rows, values = np.frombuffer(self._rows, dtype=np.int32), np.frombuffer(self._values, dtype=np.float64)
        order = np.argsort(rows, kind="stable")
        return rows[order], values[order]


class StringColumn:
    """Byte strings one behind the other."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("q", [0])

    def add(self, entry: bytes) -> None:
        """Take the next entry."""
        self._data += entry
        self._ends.append(len(self._data))

    def finish(self, name: str) -> dict[str, Array]:
        """Return the arrays of a column called ``name``."""
        return {
            name: np.frombuffer(self._data, dtype=np.uint8),
            f"{name}_ends": np.frombuffer(self._ends, dtype=np.int64),
        }


def ends_of(keys: Array, count: int) -> Array:
    """Return where the entries of each of ``count`` keys end, of entries that are sorted by key; begins with 0."""
    ends = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=ends[1:])
    return ends
