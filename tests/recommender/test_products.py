"""Neighbours that are made block by block are those of the whole product."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.models import products
from recommender.models.cooccurrence import cosine
from recommender.models.neighbours import best_positive, entries
from recommender.models.products import blocks, counted_pairs, strongest_in


def bought(seed: int, users: int = 40, items: int = 25) -> sp.csr_matrix:
    return sp.csr_matrix((np.random.default_rng(seed).random((users, items)) < 0.2).astype(np.float32))


@pytest.mark.parametrize("most", [1, 60, 10_000])
def test_blocks_of_any_size_make_the_same_neighbours(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(products, "_ENTRIES", most)
    content = bought(1)
    together = (content.T @ content).toarray()
    counts = np.diag(together).copy()
    expected = together / np.sqrt(np.outer(counts + 10, counts + 10))
    np.fill_diagonal(expected, 0)
    near = cosine(content)
    assert np.allclose(near.matrix.toarray(), expected, atol=1e-6)
    assert np.array_equal(counted_pairs(content, near).toarray(), np.where(expected > 0, together, 0))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 200))
def test_blocks_hold_every_row_once_in_order(seed: int, most: int) -> None:
    content = bought(seed, 12, 9)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(products, "_ENTRIES", most)
        rows = [row for block in blocks(content.T.tocsr(), content) for row in range(block.start, block.stop)]
    assert rows == list(range(9))


def test_only_the_strongest_are_kept_and_never_the_item_itself() -> None:
    left = bought(2).T.tocsr()
    ones = np.ones(left.shape[0])
    near = strongest_in(left, left.T.tocsr(), ones, ones, kept=3).matrix
    whole = (left @ left.T).toarray()
    np.fill_diagonal(whole, 0)
    for row in range(near.shape[0]):
        assert sorted(near[row].data) == sorted(np.sort(whole[row])[-3:][np.sort(whole[row])[-3:] > 0])
    assert not near.diagonal().any()


def test_entries_and_the_best_positive_are_those_of_the_dense_row() -> None:
    matrix = bought(3)
    columns = np.array([24, 0, 7, 7])
    assert entries(matrix, 5, columns).tolist() == matrix.toarray()[5, columns].tolist()
    values = np.array([0.0, 3.0, -1.0, 2.0, 0.5])
    assert sorted(best_positive(values, 2).tolist()) == [1, 3]
    assert sorted(best_positive(values, 9).tolist()) == [1, 3, 4]
