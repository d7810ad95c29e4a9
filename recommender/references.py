"""What a learned blend is measured against: popularity, personal frequency, and single models of whole histories."""

from collections.abc import Callable, Mapping

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.behaviour import Behaviour, Floats
from recommender.history import History
from recommender.knowledge import Knowledge
from recommender.models.cooccurrence import histories
from recommender.models.ease import MOST_ITEMS, fit_ease

Scorer = Callable[[int, History], NDArray[np.floating]]
"""A buyer's number and history to the scores of all items (items,)."""


def reference_scorers(past: Behaviour, knowledge: Knowledge, seed: int = 1) -> Mapping[str, Scorer]:
    """Return the references by name, fitted on ``past`` alone; EASE only where its matrix fits."""
    bought = histories(past)
    popular = knowledge.column("popularity_30") / np.float32(2)
    scorers: dict[str, Scorer] = {
        "popularity (30 days)": lambda _user, _history: popular,
        "personal frequency + popularity": lambda _user, history: _frequency(history, len(popular)) + popular,
        "item-kNN (cosine)": lambda _user, history: knowledge.neighbours["cosine"].scores(*_ones(history)),
    }
    if len(past.items) <= MOST_ITEMS:
        weights = fit_ease(bought)
        scorers["EASE"] = lambda _user, history: np.asarray(weights[np.unique(history.item)].sum(axis=0))
    scorers["implicit ALS"] = _als(bought, seed)
    return scorers


def _als(bought: sp.csr_matrix, seed: int) -> Scorer:
    # The library is needed for evaluation alone, and serving goes without it.
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(64, regularization=0.05, iterations=15, random_state=seed, num_threads=1)
    model.fit(sp.csr_matrix(bought * 20), show_progress=False)
    return lambda user, _history: np.asarray(model.item_factors @ model.user_factors[user], dtype=np.float32)


def _frequency(history: History, items: int) -> Floats:
    return np.asarray(np.bincount(history.item, minlength=items), dtype=np.float32)


def _ones(history: History) -> tuple[np.ndarray, Floats]:
    items = np.unique(history.item)
    return items, np.ones(len(items), dtype=np.float32)
