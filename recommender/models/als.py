"""Implicit matrix factorisation by alternating least squares (Hu, Koren and Volinsky, 2008); buyers are folded in."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recommender.behaviour import Floats

FACTORS = 64
_CONFIDENCE = 20.0
_REGULARISATION = 0.05
_ITERATIONS = 15
_MOST_BUYERS = 200_000


@dataclass(frozen=True, slots=True)
class Factors:
    """What each item is like (items × factors), and the sum of all items' squares with the regularisation on its
    diagonal (factors × factors)."""

    items: Floats
    gram: Floats

    def scores(self, items: NDArray[np.integer]) -> Floats:
        """Return every item's score (items,) for a buyer of ``items``, each given once.

        The buyer is solved for as in training: x = (YᵀY + λI + (c - 1) Σ y yᵀ)⁻¹ c Σ y.
        """
        bought = self.items[items]
        system = self.gram + (_CONFIDENCE - 1) * (bought.T @ bought)
        buyer = np.linalg.solve(system, _CONFIDENCE * bought.sum(axis=0))
        return np.asarray(self.items @ buyer, dtype=np.float32)


def fit_factors(histories: sp.csr_matrix, seed: int = 1) -> Factors:
    """Factorise who bought what (users × items, 0 or 1).

    Only the items' factors are kept, so beyond 200,000 buyers a sample of them stands for all.
    """
    count = histories.shape[1]
    if not histories.nnz:
        return factors_of(np.zeros((count, FACTORS), dtype=np.float32))
    buyers = np.flatnonzero(np.diff(histories.indptr))
    if len(buyers) > _MOST_BUYERS:
        chosen = np.random.default_rng(seed).choice(buyers, _MOST_BUYERS, replace=False)
        histories = histories[np.sort(chosen)]
    # Only who trains pays for the import. A BLAS with threads of its own makes the library up to 125 times slower.
    with threadpool_limits(1, "blas"):
        from implicit.als import AlternatingLeastSquares

        model = AlternatingLeastSquares(
            FACTORS, regularization=_REGULARISATION, iterations=_ITERATIONS, random_state=seed, num_threads=1
        )
        model.fit(sp.csr_matrix(histories * np.float32(_CONFIDENCE)), show_progress=False)
    return factors_of(np.asarray(model.item_factors, dtype=np.float32))


def factors_of(items: Floats) -> Factors:
    """Return items' factors with the part of the equation that all buyers share."""
    gram = items.T @ items + _REGULARISATION * np.eye(items.shape[1], dtype=np.float32)
    return Factors(items, np.asarray(gram, dtype=np.float32))
