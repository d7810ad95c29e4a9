"""Learn the order of candidates from judgments: LambdaMART (Burges, 2010) with small trees.

Judged products carry their rating. A few unjudged candidates of each query count as not relevant: without them the
model learns to tell good from bad among what people looked at, and never what they would not have looked at.
"""

from collections.abc import Callable, Sequence
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

UNJUDGED = 5
_CUT = 10
_DEPTH = 1_000
_ROUNDS = 120
_FOLDS = 8
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
    """One judged query: its candidates' ids, features (candidates, len(NAMES)) and fused scores, and the ratings."""

    query: str
    ids: Sequence[str]
    features: Scores
    fused: Scores
    ratings: dict[str, float]


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """Mean nDCG@10 over queries that the model did not learn from: with unjudged products as 0, and judged only."""

    ndcg: float
    ndcg_judged: float


def train_reranker(examples: Sequence[Example], seed: int = 1) -> Reranker:
    """Train on all examples."""
    random = np.random.default_rng(seed)
    chosen = [(each, _rows(each, random)) for each in examples]
    chosen = [(each, rows) for each, rows in chosen if len(rows)]
    features = np.concatenate([each.features[rows] for each, rows in chosen])
    labels = np.concatenate([_labels(each, rows) for each, rows in chosen])
    groups = [len(rows) for _, rows in chosen]
    # Importing it takes longer than most commands: only who opens or trains a model pays.
    import lightgbm

    data = lightgbm.Dataset(features, labels, group=groups, feature_name=list(NAMES))
    gains = list(range(_LARGEST_RATING + 1))
    parameters = {**_PARAMETERS, "seed": seed, "label_gain": gains}
    return Reranker(lightgbm.train(parameters, data, num_boost_round=_ROUNDS))


def cross_validate(examples: Sequence[Example], seed: int = 1, folds: int = _FOLDS) -> CrossValidated:
    """Score every query by a model that learned from the queries of the other folds alone."""
    orders = cross_validated_orders(examples, seed, folds)
    whole, judged = [], []
    for each in examples:
        every = list(each.ratings.values())
        if max(every) <= 0:
            continue
        ids = orders[each.query][:_DEPTH]
        whole.append(ndcg([each.ratings.get(identity, 0.0) for identity in ids], every, _CUT))
        judged.append(ndcg([each.ratings[identity] for identity in ids if identity in each.ratings], every, _CUT))
    return CrossValidated(float(np.mean(whole)), float(np.mean(judged)))


def cross_validated_orders(examples: Sequence[Example], seed: int = 1, folds: int = _FOLDS) -> dict[str, list[str]]:
    """Return the candidates' ids of every query in the order of a model that never saw the query."""
    shuffled = np.random.default_rng(seed).permutation(len(examples)).tolist()
    found: dict[str, list[str]] = {}
    for fold in range(min(folds, len(examples))):
        held = set(shuffled[fold::folds])
        model = train_reranker([each for at, each in enumerate(examples) if at not in held], seed)
        for at in held:
            each = examples[at]
            scores = each.fused + Weights().learned * standardised(model.scores(each.features))
            found[each.query] = [each.ids[row] for row in np.argsort(-scores, kind="stable")]
    return found


def write_reranker(reranker: Reranker) -> Callable[[Path], None]:
    """Return what writes a model into an artefact's folder."""

    def write(folder: Path) -> None:
        (folder / MODEL_FILE).write_text(reranker.booster.model_to_string(), encoding="utf-8")

    return write


def usable(judgments: Judgments) -> dict[str, dict[str, float]]:
    """Return the queries that have a positive rating, with their ratings; others teach no order."""
    return {query: dict(rated) for query, rated in judgments.items() if max(rated.values()) > 0}


def _rows(example: Example, random: np.random.Generator) -> NDArray[np.int64]:
    judged = np.array([identity in example.ratings for identity in example.ids], dtype=bool)
    others = np.flatnonzero(~judged)
    drawn = random.choice(others, min(UNJUDGED, len(others)), replace=False) if len(others) else others
    return np.concatenate([np.flatnonzero(judged), drawn])


def _labels(example: Example, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    ratings = [example.ratings.get(example.ids[row], 0.0) for row in rows.tolist()]
    return np.minimum(np.rint(ratings), _LARGEST_RATING).astype(np.int64)
