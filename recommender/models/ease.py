"""A linear model of whole histories in closed form (EASE: Steck, 2019, "Embarrassingly Shallow Autoencoders")."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg.lapack import spotrf, spotri

MOST_ITEMS = 8_000
"""Beyond it the dense matrix (items² × 8 bytes, 0.5 GB here) and its inversion cost more than they bring."""


def fit_ease(histories: sp.csr_matrix, regularisation: float = 200.0) -> NDArray[np.float32]:
    """Return the weights (items × items) that best rebuild each history (users × items, 0 or 1) from the rest of it.

    B = I - P diag(1 / diag(P)),  P = (XᵀX + λI)⁻¹. Needs items² × 16 bytes and items³ steps. Single precision does:
    the regularisation keeps the matrix far from singular.
    """
    gram = np.asfortranarray((histories.T @ histories).toarray(), dtype=np.float32)
    gram[np.diag_indices_from(gram)] += regularisation
    factor, failed = spotrf(gram, lower=1, overwrite_a=1)
    lower, failed_too = spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise np.linalg.LinAlgError("the matrix of common buyers is not positive definite")
    precision = np.tril(lower) + np.tril(lower, -1).T
    weights = -precision / np.diag(precision)[None, :]
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights, dtype=np.float32)
