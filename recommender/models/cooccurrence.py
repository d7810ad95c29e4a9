"""What is bought by the same buyers, in the same order, and in the next order."""

import numpy as np
import scipy.sparse as sp

from recommender.behaviour import GUEST, Behaviour


def histories(behaviour: Behaviour) -> sp.csr_matrix:
    """Return who ever bought what (users × items, 0 or 1); guests have no row."""
    known = behaviour.user != GUEST
    return _binary(behaviour.user[known], behaviour.item[known], (len(behaviour.users), len(behaviour.items)))


def baskets(behaviour: Behaviour) -> sp.csr_matrix:
    """Return what stands in which order (orders × items, 0 or 1)."""
    orders = int(behaviour.order.max()) + 1 if len(behaviour) else 0
    return _binary(behaviour.order, behaviour.item, (orders, len(behaviour.items)))


def cosine(bought: sp.csr_matrix, shrinkage: float = 10.0) -> sp.csr_matrix:
    """Return the similarity of items by their buyers: n_ab / sqrt((n_a + s)(n_b + s)); ``s`` tames rare items."""
    together = sp.csr_matrix(bought.T @ bought)
    return _normalised(together, together.diagonal(), shrinkage)


def bought_together(behaviour: Behaviour, moment: float, decay: float = 90.0) -> sp.csr_matrix:
    """Return how items share orders, newer orders and small ones first: w = exp(-age / decay) / size of the order."""
    content = baskets(behaviour)
    size = np.maximum(np.asarray(content.sum(axis=1)).ravel(), 1)
    day = np.zeros(content.shape[0])
    day[behaviour.order] = behaviour.at
    together = sp.csr_matrix(content.T @ sp.diags(np.exp((day - moment) / decay) / size) @ content)
    return _normalised(together, together.diagonal(), 0.3)


def followed_by(behaviour: Behaviour, moment: float, decay: float = 120.0) -> sp.csr_matrix:
    """Return which items stand in the order after the one with an item, by the same buyer: row- and column-normalised.

    Each pair of orders weighs exp(-age / decay) / sqrt(both sizes).
    """
    content = baskets(behaviour)
    size = np.sqrt(np.maximum(np.asarray(content.sum(axis=1)).ravel(), 1))
    earlier, later, age = _successive(behaviour, moment)
    weight = np.exp(-age / decay) / size[earlier] / size[later]
    pairs = sp.csr_matrix((sp.diags(weight) @ content[earlier]).T @ content[later])
    rows, columns = np.asarray(pairs.sum(axis=1)).ravel(), np.asarray(pairs.sum(axis=0)).ravel()
    scaled = sp.diags(1 / np.sqrt(rows + 1)) @ pairs @ sp.diags(1 / np.sqrt(columns + 1))
    return sp.csr_matrix(scaled)


def _successive(behaviour: Behaviour, moment: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the numbers of each buyer's successive orders, and the age in days of the later one."""
    _, first = np.unique(behaviour.order, return_index=True)
    first = np.sort(first[behaviour.user[first] != GUEST])
    first = first[np.argsort(behaviour.user[first], kind="stable")]
    same = behaviour.user[first][1:] == behaviour.user[first][:-1]
    earlier, later = first[:-1][same], first[1:][same]
    return behaviour.order[earlier], behaviour.order[later], moment - behaviour.at[later]


def _normalised(together: sp.csr_matrix, counts: np.ndarray, shrinkage: float) -> sp.csr_matrix:
    scale = sp.diags(1 / np.sqrt(counts + shrinkage))
    return sp.csr_matrix(scale @ together @ scale)


def _binary(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sp.csr_matrix:
    matrix = sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.data[:] = 1.0
    return matrix
