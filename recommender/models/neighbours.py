"""Neighbours: for each item the few items that belong to it most, with their strengths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.behaviour import Floats

KEPT = 100


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A sparse matrix (items × items) of at most ``KEPT`` positive strengths a row, none on the diagonal."""

    matrix: sp.csr_matrix

    def scores(self, items: Sequence[int] | NDArray[np.integer], weights: Sequence[float] | Floats) -> Floats:
        """Return every item's strength (n_items,): the weighted sum over the rows of ``items``."""
        rows = np.asarray(items, dtype=np.int64)
        indptr, size = self.matrix.indptr, self.matrix.shape[1]
        total = np.zeros(size, dtype=np.float32)
        if len(rows) == 0:
            return total
        starts, ends = indptr[rows], indptr[rows + 1]
        lengths = (ends - starts).astype(np.int64)
        if not lengths.sum():
            return total
        # All entries of all rows at once: positions are the rows' beginnings with a running number behind each.
        skipped = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        at = np.arange(lengths.sum()) + skipped
        values = self.matrix.data[at] * np.repeat(np.asarray(weights, dtype=np.float32), lengths)
        return np.bincount(self.matrix.indices[at], values, size).astype(np.float32)

    def strength(self, item: int, other: int) -> float:
        """Return how much ``other`` belongs to ``item``; 0 where it is no neighbour."""
        return entry(self.matrix, item, other)

    def nearest_of(self, item: int, others: NDArray[np.integer]) -> tuple[int, float] | None:
        """Return which of ``others`` (sorted) belongs to ``item`` most, and how much; None where none does."""
        begin, end = self.matrix.indptr[item], self.matrix.indptr[item + 1]
        near = self.matrix.indices[begin:end]
        place = np.minimum(np.searchsorted(others, near), len(others) - 1)
        strengths = np.where(others[place] == near, self.matrix.data[begin:end], 0)
        if not strengths.any():
            return None
        best_at = int(np.argmax(strengths))
        return int(near[best_at]), float(strengths[best_at])


def entry(matrix: sp.csr_matrix, row: int, column: int) -> float:
    """Return one entry: scipy's own way takes fifty times as long."""
    begin, end = matrix.indptr[row], matrix.indptr[row + 1]
    found = np.flatnonzero(matrix.indices[begin:end] == column)
    return float(matrix.data[begin + found[0]]) if len(found) else 0.0


def entries(matrix: sp.csr_matrix, row: int, columns: NDArray[np.integer]) -> NDArray[np.generic]:
    """Return some entries of one row, whose column numbers are sorted."""
    begin, end = matrix.indptr[row], matrix.indptr[row + 1]
    near, values = matrix.indices[begin:end], matrix.data[begin:end]
    if begin == end:
        return np.zeros(len(columns), matrix.dtype)
    place = np.minimum(np.searchsorted(near, columns), len(near) - 1)
    return np.where(near[place] == columns, values[place], 0)


def best(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Return the places of the ``count`` greatest values, in no order."""
    if count >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]


def best_positive(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Return the places of the ``count`` greatest values above 0, in no order."""
    positive = np.flatnonzero(values > 0)
    return positive[best(values[positive], count)]


def strongest(matrix: sp.csr_matrix | NDArray[np.floating], kept: int = KEPT, first: int = 0) -> Neighbours:
    """Return the ``kept`` greatest positive entries of each row but that on the diagonal, of a square matrix or of a
    block of its rows that begins with ``first``."""
    rows = sp.csr_matrix(matrix).astype(np.float32)
    rows.sort_indices()
    columns, values, ends = [], [], [0]
    for row in range(rows.shape[0]):
        begin, end = rows.indptr[row], rows.indptr[row + 1]
        strengths, near = rows.data[begin:end], rows.indices[begin:end]
        strengths = np.where(near == first + row, 0, strengths)
        order = np.sort(best(strengths, kept))
        order = order[strengths[order] > 0]
        columns.append(near[order])
        values.append(strengths[order])
        ends.append(ends[-1] + len(order))
    indices = np.concatenate(columns) if columns else np.zeros(0)
    data = np.concatenate(values) if values else np.zeros(0)
    kept_rows = (data.astype(np.float32), indices.astype(np.int32), np.array(ends, dtype=np.int64))
    return Neighbours(sp.csr_matrix(kept_rows, shape=rows.shape))
