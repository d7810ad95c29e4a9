"""What is bought by the same buyers, in the same order, and in the next order."""

import numpy as np
import scipy.sparse as sp

from recommender.behaviour import GUEST, Behaviour
from recommender.models.neighbours import Neighbours
from recommender.models.products import strongest_in


def histories(behaviour: Behaviour) -> sp.csr_matrix:
    """Return who ever bought what (users × items, 0 or 1); guests have no row."""
    known = behaviour.user != GUEST
    return _binary(behaviour.user[known], behaviour.item[known], (len(behaviour.users), len(behaviour.items)))


def baskets(behaviour: Behaviour) -> sp.csr_matrix:
    """Return what stands in which order (orders × items, 0 or 1)."""
    orders = int(behaviour.order.max()) + 1 if len(behaviour) else 0
    return _binary(behaviour.order, behaviour.item, (orders, len(behaviour.items)))


def cosine(bought: sp.csr_matrix, shrinkage: float = 10.0) -> Neighbours:
    """Return the similarity of items by their buyers (users × items, 0 or 1): n_ab / sqrt((n_a + s)(n_b + s)); ``s``
    tames rare items."""
    scale = 1 / np.sqrt(_sums(bought, 0) + shrinkage)
    return strongest_in(sp.csr_matrix(bought.T), bought, scale, scale)


def bought_together(behaviour: Behaviour, moment: float, decay: float = 90.0) -> Neighbours:
    """Return how items share orders, newer orders and small ones first: w = exp(-age / decay) / size of the order,
    n_ab / sqrt((n_a + 0.3)(n_b + 0.3)) with w in place of counts."""
    content = baskets(behaviour)
    size = np.maximum(_sums(content, 1), 1)
    day = np.zeros(content.shape[0])
    day[behaviour.order] = behaviour.at
    weighed = sp.csr_matrix(sp.diags(np.exp((day - moment) / decay) / size).astype(np.float32) @ content)
    scale = 1 / np.sqrt(_sums(weighed, 0) + 0.3)
    return strongest_in(sp.csr_matrix(weighed.T), content, scale, scale)


def followed_by(behaviour: Behaviour, moment: float, decay: float = 120.0) -> Neighbours:
    """Return which items stand in the order after the one with an item, by the same buyer: row- and column-normalised.

    Each pair of orders weighs exp(-age / decay) / sqrt(both sizes).
    """
    content = baskets(behaviour)
    size = np.sqrt(np.maximum(_sums(content, 1), 1))
    earlier, later, age = _successive(behaviour, moment)
    weight = np.exp(-age / decay) / size[earlier] / size[later]
    before = sp.csr_matrix((sp.diags(weight).astype(np.float32) @ content[earlier]).T)
    after = sp.csr_matrix(content[later])
    rows, columns = before @ _sums(after, 1), after.T @ _sums(before, 0)
    return strongest_in(before, after, 1 / np.sqrt(rows + 1), 1 / np.sqrt(columns + 1))


def _sums(matrix: sp.csr_matrix, axis: int) -> np.ndarray:
    return np.asarray(matrix.sum(axis=axis), dtype=np.float64).ravel()


def _successive(behaviour: Behaviour, moment: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the numbers of each buyer's successive orders, and the age in days of the later one."""
    _, first = np.unique(behaviour.order, return_index=True)
    first = np.sort(first[behaviour.user[first] != GUEST])
    first = first[np.argsort(behaviour.user[first], kind="stable")]
    same = behaviour.user[first][1:] == behaviour.user[first][:-1]
    earlier, later = first[:-1][same], first[1:][same]
    return behaviour.order[earlier], behaviour.order[later], moment - behaviour.at[later]


def _binary(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sp.csr_matrix:
    matrix = sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.data[:] = 1.0
    return matrix
