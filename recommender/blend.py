"""The learned blend: gradient-boosted trees order each buyer's candidates (LambdaMART: Burges, 2010)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.behaviour import Behaviour, Floats
from recommender.features import NAMES, bought_until, candidates, describe, model_scores
from recommender.history import History, histories_of
from recommender.knowledge import Knowledge, learn
from recommender.objective import GRADES
from recommender.splits import next_baskets

if TYPE_CHECKING:
    import lightgbm as lgb

LOOK_BACKS = (35.0, 60.0, 90.0, 120.0)
"""Days before the moment of training at which an earlier moment's buyers are learned from."""
ROUNDS = 200
_KEPT_OF_OTHERS = 0.3
"""Share of the candidates that were not ordered that is learned from: the rest costs time and brings nothing."""
_PARAMETERS = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 30,
    "num_leaves": 31,
    "learning_rate": 0.06,
    "max_bin": 63,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "label_gain": list(range(GRADES + 1)),
    "verbose": -1,
}
_FEWEST_BUYERS = 100
_MOST_BUYERS = 3_000
_MANY_ROWS = 5_000_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in order: their numbers and the blend's scores."""

    items: np.ndarray
    scores: Floats


class Blend:
    """Orders a buyer's candidates by what buyers like that one bought next."""

    def __init__(self, booster: "lgb.Booster") -> None:
        self._booster = booster

    def rank(self, knowledge: Knowledge, history: History, now: float) -> Ranked:
        """Return the buyer's candidates, the most likely for the next order first."""
        bought = bought_until(history, now)
        scores = model_scores(knowledge, bought)
        chosen = candidates(knowledge, bought, scores)
        if not len(chosen):
            return Ranked(chosen, np.zeros(0, np.float32))
        table = describe(knowledge, bought, scores, chosen)
        values = np.asarray(self._booster.predict(table, num_threads=1), dtype=np.float32)
        order = np.argsort(-values, kind="stable")
        return Ranked(chosen[order], values[order])

    def importance(self) -> dict[str, float]:
        """Return each feature's share of what the trees gained."""
        gains = self._booster.feature_importance("gain")
        return {name: float(gain / gains.sum()) for name, gain in zip(NAMES, gains, strict=True)}

    def save(self, path: Path) -> None:
        """Write the trees as text."""
        path.write_text(self._booster.model_to_string(), encoding="utf-8")


def load_blend(path: Path) -> Blend:
    """Read the trees. Raises ValueError for a file that holds none, or trees of other features."""
    # Importing it takes longer than most commands: only who opens or trains a model pays.
    import lightgbm as lgb

    try:
        booster = lgb.Booster(model_str=path.read_text(encoding="utf-8"))
    except lgb.basic.LightGBMError as error:
        raise ValueError(f"{path} holds no trees: {error}") from error
    if tuple(booster.feature_name()) != NAMES:
        raise ValueError(f"{path}: its trees were trained on other features than this program has: train again")
    return Blend(booster)


def train_blend(
    behaviour: Behaviour,
    moment: float,
    texts: Sequence[str],
    *,
    seed: int = 1,
    worth: NDArray[np.int8] | None = None,
    progress: Progress | None = None,
) -> Blend | None:
    """Train on what buyers ordered between earlier moments and ``moment``; None where too few of them did.

    ``worth`` (items,) are the grades that an order of each item counts, see ``objective``; None is the same for all.
    Of each earlier moment the models see only what happened before it, and the labels what happened after it.
    """
    tables, labels, sizes = [], [], []
    random = np.random.default_rng(seed)
    for step, back in enumerate(LOOK_BACKS):
        if progress:
            progress(step, len(LOOK_BACKS) + 1)
        cut = moment - back
        baskets = next_baskets(behaviour, cut, moment)
        if len(baskets.users) < _FEWEST_BUYERS:
            continue
        knowledge = learn(behaviour, cut, texts, seed)
        histories = histories_of(behaviour.before(cut))
        chosen_buyers = _sample(len(baskets.users), seed)
        for number in chosen_buyers:
            bought = bought_until(histories.of(int(baskets.users[number])), cut)
            scores = model_scores(knowledge, bought)
            chosen = candidates(knowledge, bought, scores)
            ordered = np.isin(chosen, baskets.items[number])
            if not ordered.any():
                continue
            kept = ordered | (random.random(len(chosen)) < _KEPT_OF_OTHERS)
            tables.append(describe(knowledge, bought, scores, chosen)[kept])
            labels.append((ordered if worth is None else ordered * worth[chosen])[kept])
            sizes.append(int(kept.sum()))
    if not tables:
        return None
    # Importing it takes longer than most commands: only who opens or trains a model pays.
    import lightgbm as lgb

    data = lgb.Dataset(np.concatenate(tables), np.concatenate(labels), group=sizes, feature_name=list(NAMES))
    # Threads wait for each other at every node: on little data that costs more than it brings.
    threads = 2 if sum(sizes) > _MANY_ROWS else 1
    booster = lgb.train({**_PARAMETERS, "seed": seed, "num_threads": threads}, data, ROUNDS)
    if progress:
        progress(len(LOOK_BACKS) + 1, len(LOOK_BACKS) + 1)
    return Blend(booster)


def _sample(count: int, seed: int) -> np.ndarray:
    if count <= _MOST_BUYERS:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, _MOST_BUYERS, replace=False))
