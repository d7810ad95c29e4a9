"""Learn the order of candidates: LambdaMART (Burges, 2010) with small trees.

What is rated carries its rating, by people, by what buyers clicked, or by the catalogue itself. A few unrated
candidates of each query count as not relevant: without them the model learns to tell good from bad among what people
looked at, and never what they would not have looked at. What people say is little, so it is learned on top of the trees
that the catalogue taught.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.judgments import Judgments
from evaluation.metrics import ndcg
from ranking.candidates import standardised
from ranking.features import NAMES
from ranking.ltr import MODEL_FILE, Reranker
from ranking.relevance import Weights

_UNRATED = 5
_MOST_RATED = 40
"""So many products of a query at most that are relevant, and as many that are not."""
_CUT = 10
_DEPTH = 1_000
_ROUNDS = 120
_FOLDS, _INNER_FOLDS = 8, 5
_STRENGTHS = (0.5, 1.0, 2.0)
_PARAMETERS = {
    "objective": "lambdarank",
    "num_leaves": 6,
    "learning_rate": 0.05,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 15,
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
_LARGEST_RATING = 31
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One query with ratings: its candidates' ids, features (candidates, len(NAMES)) and fused scores, and the
    ratings of products by id."""

    query: str
    ids: Sequence[str]
    features: Scores
    fused: Scores
    ratings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Quality:
    """Mean nDCG@10 over queries: with unrated products as 0, and over rated ones only."""

    ndcg: float
    ndcg_judged: float

    @property
    def both(self) -> float:
        """Return the sum, by which two orders compare."""
        return self.ndcg + self.ndcg_judged


def train_reranker(examples: Sequence[Example], seed: int = 1, start: Reranker | None = None) -> Reranker:
    """Train on all examples, on top of ``start``, which the catalogue taught, if there is one."""
    random = np.random.default_rng(seed)
    chosen = [(each, _rows(each, random)) for each in examples]
    chosen = [(each, rows) for each, rows in chosen if len(rows)]
    features = np.concatenate([each.features[rows] for each, rows in chosen])
    labels = np.concatenate([_labels(each, rows) for each, rows in chosen])
    groups = [len(rows) for _, rows in chosen]
    # Importing it takes longer than most commands: only who opens or trains a model pays.
    import lightgbm

    # What trees are learned on top of is scored on the raw rows.
    data = lightgbm.Dataset(features, labels, group=groups, feature_name=list(NAMES), free_raw_data=False)
    gains = list(range(_LARGEST_RATING + 1))
    parameters = {**_PARAMETERS, "seed": seed, "label_gain": gains}
    before = None if start is None else start.booster
    booster = lightgbm.train(parameters, data, num_boost_round=_ROUNDS, init_model=before)
    return Reranker(booster, catalogue_trees=0 if start is None else start.booster.num_trees())


def cross_validate(
    examples: Sequence[Example], seed: int = 1, folds: int = _FOLDS, start: Reranker | None = None
) -> Quality:
    """Score every query by a model that learned from the queries of the other folds alone."""
    orders = cross_validated_orders(examples, seed, folds, start)
    return _quality([(each, orders[each.query]) for each in examples])


def quality(examples: Sequence[Example], model: Reranker | None = None) -> Quality:
    """Score the order of a model, or of the fusion without one."""
    return _quality([(each, _ordered(each, model, 1.0 if model is None else model.strength)) for each in examples])


def cross_validated_orders(
    examples: Sequence[Example], seed: int = 1, folds: int = _FOLDS, start: Reranker | None = None
) -> dict[str, list[str]]:
    """Return the candidates' ids of every query in the order of a model that never saw the query.

    How far each model is trusted is chosen within the queries that it learned from.
    """
    found: dict[str, list[str]] = {}
    for others, held in _folds(examples, folds, seed):
        model = train_reranker(others, seed, start)
        strength = best_strength(others, seed, start)
        for each in held:
            found[each.query] = _ordered(each, model, strength)
    return found


def best_strength(examples: Sequence[Example], seed: int = 1, start: Reranker | None = None) -> float:
    """Return how far a model learned from such examples is to be trusted: the strength whose orders of queries that it
    did not see are the best."""
    orders: dict[float, list[tuple[Example, list[str]]]] = {strength: [] for strength in _STRENGTHS}
    for others, held in _folds(examples, _INNER_FOLDS, seed):
        if not others:
            return 1.0
        model = train_reranker(others, seed, start)
        for strength, found in orders.items():
            found += [(each, _ordered(each, model, strength)) for each in held]
    return max(_STRENGTHS, key=lambda strength: _quality(orders[strength]).both)


def write_reranker(reranker: Reranker) -> Callable[[Path], None]:
    """Return what writes a model into an artefact's folder."""

    def write(folder: Path) -> None:
        (folder / MODEL_FILE).write_text(reranker.booster.model_to_string(), encoding="utf-8")

    return write


def usable(judgments: Judgments) -> dict[str, dict[str, float]]:
    """Return the queries that have a positive rating, with their ratings; others teach no order."""
    return {query: dict(rated) for query, rated in judgments.items() if max(rated.values()) > 0}


def _folds(examples: Sequence[Example], folds: int, seed: int) -> list[tuple[list[Example], list[Example]]]:
    """Return for each fold the examples of the others, and its own."""
    shuffled = np.random.default_rng(seed).permutation(len(examples)).tolist()
    parts = [set(shuffled[fold::folds]) for fold in range(min(folds, len(examples)))]
    numbered = list(enumerate(examples))
    return [([each for at, each in numbered if at not in held], [examples[at] for at in held]) for held in parts]


def _ordered(example: Example, model: Reranker | None, strength: float) -> list[str]:
    scores = example.fused
    if model is not None:
        scores = scores + Weights().learned * strength * standardised(model.scores(example.features))
    return [example.ids[row] for row in np.argsort(-scores, kind="stable")]


def _quality(orders: Sequence[tuple[Example, list[str]]]) -> Quality:
    whole, judged = [], []
    for each, order in orders:
        every = list(each.ratings.values())
        if max(every, default=0.0) <= 0:
            continue
        ids = order[:_DEPTH]
        whole.append(ndcg([each.ratings.get(identity, 0.0) for identity in ids], every, _CUT))
        judged.append(ndcg([each.ratings[identity] for identity in ids if identity in each.ratings], every, _CUT))
    return Quality(float(np.mean(whole)), float(np.mean(judged))) if whole else Quality(0.0, 0.0)


def _rows(example: Example, random: np.random.Generator) -> NDArray[np.int64]:
    rated = np.array([example.ratings.get(identity, np.nan) for identity in example.ids])
    drawn = [
        _drawn(np.flatnonzero(rated > 0), _MOST_RATED, random),
        _drawn(np.flatnonzero(rated <= 0), _MOST_RATED, random),
        _drawn(np.flatnonzero(np.isnan(rated)), _UNRATED, random),
    ]
    return np.concatenate(drawn)


def _drawn(rows: NDArray[np.int64], most: int, random: np.random.Generator) -> NDArray[np.int64]:
    return rows if len(rows) <= most else random.choice(rows, most, replace=False)


def _labels(example: Example, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    ratings = [example.ratings.get(example.ids[row], 0.0) for row in rows.tolist()]
    return np.minimum(np.rint(ratings), _LARGEST_RATING).astype(np.int64)
