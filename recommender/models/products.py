"""The strongest neighbours in a product of two sparse matrices, made block by block: the whole product of a hundred
thousand items would not fit into memory."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.models.neighbours import KEPT, Neighbours, strongest

_ENTRIES = 30_000_000
"""Of one block at most, twelve bytes each."""


def strongest_in(
    left: sp.csr_matrix,
    right: sp.csr_matrix,
    rows: NDArray[np.floating],
    columns: NDArray[np.floating],
    kept: int = KEPT,
) -> Neighbours:
    """Return the ``kept`` greatest positive entries of each row of diag(rows) left right diag(columns), none of them on
    the diagonal (left: items × n, right: n × items)."""
    scaled = sp.csr_matrix(right @ sp.diags(columns))
    found = [
        strongest(sp.csr_matrix(sp.diags(rows[block]) @ (left[block] @ scaled)), kept, block.start).matrix
        for block in blocks(left, right)
    ]
    size = (left.shape[0], right.shape[1])
    whole = sp.csr_matrix(sp.vstack(found, format="csr") if found else sp.csr_matrix(size, dtype=np.float32))
    return Neighbours(sp.csr_matrix((whole.data, whole.indices.astype(np.int32), whole.indptr), shape=size))


def counted_pairs(content: sp.csr_matrix, pairs: Neighbours) -> sp.csr_matrix:
    """Return how many rows of ``content`` (rows × items, 0 or 1) hold both, for the pairs that are neighbours."""
    left = sp.csr_matrix(content.T)
    wanted = pairs.matrix.copy()
    wanted.data = np.ones_like(wanted.data)
    found = [sp.csr_matrix((left[block] @ content).multiply(wanted[block])) for block in blocks(left, content)]
    whole = sp.csr_matrix(sp.vstack(found, format="csr") if found else wanted)
    whole.sort_indices()
    return whole.astype(np.int32)


def blocks(left: sp.csr_matrix, right: sp.csr_matrix) -> Iterator[slice]:
    """Yield runs of rows whose product with ``right`` has no more entries than a block may."""
    filled = left.copy()
    filled.data = np.ones(left.nnz, dtype=np.float64)
    most = np.minimum(filled @ np.diff(right.indptr).astype(np.float64), right.shape[1])
    ends = np.cumsum(most)
    begin = 0
    while begin < left.shape[0]:
        before = ends[begin - 1] if begin else 0.0
        end = max(int(np.searchsorted(ends, before + _ENTRIES, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end
