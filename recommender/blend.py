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
from recommender.models.neighbours import best
from recommender.objective import GRADES
from recommender.splits import next_baskets

if TYPE_CHECKING:
    import lightgbm as lgb

LOOK_BACKS = (35.0, 60.0, 90.0, 120.0)
"""Days before the moment of training at which an earlier moment's buyers are learned from."""
ROUNDS = 200
_FIRST_TREES = 50
_WHOLLY = 120
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
    """Orders a buyer's candidates by what buyers like that one bought next: the whole next order, or what is new in it.

    Each has trees of its own: most of an order is bought again, and trees that learn from all of it learn of that.
    """

    def __init__(self, whole: "lgb.Booster", new: "lgb.Booster | None" = None) -> None:
        self._whole = whole
        self._new = new

    def rank(self, knowledge: Knowledge, history: History, now: float, *, new: bool = False) -> Ranked:
        """Return the buyer's candidates, the most likely for the next order first; with ``new`` those that the buyer
        never bought."""
        bought = bought_until(history, now)
        scores = model_scores(knowledge, bought)
        chosen = candidates(knowledge, bought, scores)
        table = describe(knowledge, bought, scores, chosen)
        trees = self._whole
        if new:
            trees = self._new or self._whole
            fresh = ~np.isin(chosen, bought.items)
            chosen, table = chosen[fresh], table[fresh]
        if not len(chosen):
            return Ranked(chosen, np.zeros(0, np.float32))
        values = _predicted(trees, table)
        order = np.argsort(-values, kind="stable")
        return Ranked(chosen[order], values[order])

    def importance(self) -> dict[str, float]:
        """Return each feature's share of what the trees of the whole order gained."""
        gains = self._whole.feature_importance("gain")
        return {name: float(gain / gains.sum()) for name, gain in zip(NAMES, gains, strict=True)}

    def save(self, path: Path) -> None:
        """Write the trees as text, those of new items into a file beside it."""
        path.write_text(self._whole.model_to_string(), encoding="utf-8")
        if self._new is not None:
            _of_new(path).write_text(self._new.model_to_string(), encoding="utf-8")


def _predicted(trees: "lgb.Booster", table: Floats) -> Floats:
    """Return what the trees say of each row: all of them of the 120 rows that the first fifty put first, and behind
    those, in the order of the first fifty, the rest, which nobody looks at."""
    first = np.asarray(trees.predict(table, num_iteration=_FIRST_TREES, num_threads=1), dtype=np.float32)
    chosen = best(first, _WHOLLY)
    values = first.copy()
    rest = trees.predict(table[chosen], start_iteration=_FIRST_TREES, num_threads=1)
    values[chosen] += np.asarray(rest, dtype=np.float32)
    others = np.ones(len(first), dtype=bool)
    others[chosen] = False
    if others.any():
        values[others] += values[chosen].min() - first[others].max()
    return values


def load_blend(path: Path) -> Blend:
    """Read the trees. Raises ValueError for a file that holds none, or trees of other features."""
    beside = _of_new(path)
    return Blend(_read(path), _read(beside) if beside.is_file() else None)


def _of_new(path: Path) -> Path:
    return path.with_stem(f"{path.stem}_new")


def _read(path: Path) -> "lgb.Booster":
    # Importing it takes longer than most commands: only who opens or trains a model pays.
    import lightgbm as lgb

    try:
        booster = lgb.Booster(model_str=path.read_text(encoding="utf-8"))
    except lgb.basic.LightGBMError as error:
        raise ValueError(f"{path} holds no trees: {error}") from error
    if tuple(booster.feature_name()) != NAMES:
        raise ValueError(f"{path}: its trees were trained on other features than this program has: train again")
    return booster


def train_blend(
    behaviour: Behaviour,
    moment: float,
    texts: Sequence[str],
    *,
    seed: int = 1,
    worth: NDArray[np.int8] | None = None,
    interest: Behaviour | None = None,
    progress: Progress | None = None,
) -> Blend | None:
    """Train on what buyers ordered between earlier moments and ``moment``; None where too few of them did.

    ``worth`` (items,) are the grades that an order of each item counts, see ``objective``; None is the same for all.
    With ``interest`` it is learned what they looked at, in place of what they ordered.
    Of each earlier moment the models see only what happened before it, and the labels what happened after it.
    """
    whole, new = _Examples(), _Examples()
    random = np.random.default_rng(seed)
    for step, back in enumerate(LOOK_BACKS):
        if progress:
            progress(step, len(LOOK_BACKS) + 1)
        cut = moment - back
        baskets = next_baskets(behaviour, cut, moment, interest=interest)
        if len(baskets.users) < _FEWEST_BUYERS:
            continue
        knowledge = learn(behaviour, cut, texts, seed)
        histories = histories_of(behaviour.before(cut))
        for number in _sample(len(baskets.users), seed):
            bought = bought_until(histories.of(int(baskets.users[number])), cut)
            scores = model_scores(knowledge, bought)
            chosen = candidates(knowledge, bought, scores)
            ordered = np.isin(chosen, baskets.items[number])
            kept = ordered | (random.random(len(chosen)) < _KEPT_OF_OTHERS)
            described = describe(knowledge, bought, scores, chosen)
            chosen, ordered = chosen[kept], ordered[kept]
            table = described[kept]
            labels = ordered if worth is None else ordered * worth[chosen]
            whole.add(table, labels)
            fresh = ~np.isin(chosen, bought.items)
            new.add(table[fresh], labels[fresh])
    if not whole.sizes:
        return None
    blend = Blend(whole.trees(seed), new.trees(seed) if new.sizes else None)
    if progress:
        progress(len(LOOK_BACKS) + 1, len(LOOK_BACKS) + 1)
    return blend


class _Examples:
    """What trees learn from: the candidates of buyers, with what of them was ordered."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self._tables: list[Floats] = []
        self._labels: list[NDArray[np.generic]] = []

    def add(self, table: Floats, labels: NDArray[np.generic]) -> None:
        """Add one buyer's, unless nothing was ordered."""
        if labels.any():
            self._tables.append(table)
            self._labels.append(labels)
            self.sizes.append(len(labels))

    def trees(self, seed: int) -> "lgb.Booster":
        """Train."""
        # Importing it takes longer than most commands: only who opens or trains a model pays.
        import lightgbm as lgb

        table, labels = np.concatenate(self._tables), np.concatenate(self._labels)
        data = lgb.Dataset(table, labels, group=self.sizes, feature_name=list(NAMES))
        # Threads wait for each other at every node: on little data that costs more than it brings.
        threads = 2 if len(labels) > _MANY_ROWS else 1
        return lgb.train({**_PARAMETERS, "seed": seed, "num_threads": threads}, data, ROUNDS)


def _sample(count: int, seed: int) -> np.ndarray:
    if count <= _MOST_BUYERS:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, _MOST_BUYERS, replace=False))
