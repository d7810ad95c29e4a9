"""A column of strings, memory-mapped and decoded on demand."""

import itertools
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array


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

    def piece(self, place: int, length: int) -> bytes:
        """Return up to so many bytes from a place in the bytes of all entries, up to the end of its entry."""
        end = self._ends[bisect_right(self._ends, place)]
        return bytes(self._data[place : min(place + length, end)])

    def entries_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the entries in which places in the bytes of all lie."""
        return np.searchsorted(np.asarray(self._ends), places, side="right") - 1

    def begins(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places where entries begin."""
        found: NDArray[np.int64] = np.asarray(self._ends)[entries]
        return found

    def __getitem__(self, index: int) -> str:
        return self.raw(index).decode()

    def slice(self, first: int, last: int) -> list[str]:
        """Return the entries ``first`` to ``last`` (exclusive)."""
        ends = self._ends[first : last + 1].tolist()
        return [bytes(self._data[a:b]).decode() for a, b in itertools.pairwise(ends)]
