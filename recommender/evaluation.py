"""How well recommendations foretell each known buyer's next order, beside the references on the same data."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import bootstrap_interval, ndcg
from recommender.behaviour import Behaviour, Floats, Ints
from recommender.blend import Blend, Progress, train_blend
from recommender.errors import NothingToLearn
from recommender.history import History, histories_of
from recommender.knowledge import Knowledge, learn
from recommender.models.neighbours import best
from recommender.references import reference_scorers
from recommender.splits import next_baskets

DEPTH = 20
CUT = 10
_MOST_BUYERS = 10_000
"""Scored at one cut: of more a sample says the same."""
OURS = "Vitrine's blend"


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over buyers with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One recommender's figures. ``task`` is "all" (the whole next order) or "new" (what the buyer never bought).

    recall@20 is hits over basket size, nDCG@10 has the ideal of min(10, basket), ``revenue`` is nDCG@10 with prices as
    gains. ``hit_rate`` is the share of buyers with a hit among 20, ``coverage`` the share of all items that stand in
    someone's 20, ``novelty`` the mean of -log2 of the share of buyers who have an item, ``calibration`` how far the
    share of products bought before among the 20 is from that in the order, on average (0 is best).
    """

    name: str
    task: str
    buyers: int
    recall: Figure
    ndcg: Figure
    revenue: Figure
    hit_rate: float
    coverage: float
    novelty: float
    calibration: float


def evaluate_recommender(
    behaviour: Behaviour,
    cut: float,
    texts: Sequence[str],
    *,
    seed: int = 1,
    references: bool = True,
    worth: NDArray[np.int8] | None = None,
    interest: Behaviour | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Train on what happened before ``cut``, predict each known buyer's first order from then on, and score.

    All items are ranked, ties fall to the disadvantage of the model, and ``references`` learn from the same rows.
    Raises NothingToLearn where nobody known orders after the cut.
    """
    return score_cut(
        behaviour, cut, texts, seed=seed, references=references, worth=worth, interest=interest, progress=progress
    ).rows()


def score_cut(
    behaviour: Behaviour,
    cut: float,
    texts: Sequence[str],
    *,
    seed: int = 1,
    references: bool = True,
    worth: NDArray[np.int8] | None = None,
    interest: Behaviour | None = None,
    progress: Progress | None = None,
) -> "Scores":
    """Return each buyer's scores; see ``evaluate_recommender``."""
    baskets = next_baskets(behaviour, cut)
    if not len(baskets.users):
        raise NothingToLearn("no buyer ordered both before and after the cut: load orders, or choose another --cut")
    past = behaviour.before(cut)
    blend = train_blend(past, cut, texts, seed=seed, worth=worth, interest=interest, progress=progress)
    knowledge = learn(past, cut, texts, seed)
    scores = Scores(knowledge)
    scorers = reference_scorers(past, knowledge, seed) if references else {}
    histories = histories_of(past)
    rows = np.arange(len(baskets.users))
    if len(rows) > _MOST_BUYERS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _MOST_BUYERS, replace=False))
    for row in rows.tolist():
        truth, user = baskets.items[row], int(baskets.users[row])
        history = histories.of(user)
        if blend:
            whole, new = (_blended(blend, knowledge, history, cut, new=each) for each in (False, True))
            scores.add(OURS, user, history.item, truth, whole, new)
        for name, scorer in scorers.items():
            scores.add(name, user, history.item, truth, scorer(user, history))
    return scores


def _blended(blend: Blend, knowledge: Knowledge, history: History, cut: float, *, new: bool) -> Floats:
    ranked = blend.rank(knowledge, history, cut, new=new)
    scores = np.full(len(knowledge.items), -np.inf, dtype=np.float32)
    scores[ranked.items] = ranked.scores
    return scores


_Of = tuple[str, str]
"""A recommender's name and a task."""


class Scores:
    """What each recommender scores for each buyer, over one cut or several."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._items = len(knowledge.items)
        self._novelty = -np.log2(np.maximum(knowledge.column("popularity_400"), 1e-4))
        self._price = np.exp(knowledge.column("log_price").astype(np.float64))
        self._of: dict[_Of, dict[int, list[tuple[float, ...]]]] = {}
        self._shown: defaultdict[_Of, set[int]] = defaultdict(set)

    def add(self, name: str, user: int, owned: Ints, truth: Ints, scores: Floats, of_new: Floats | None = None) -> None:
        """Score one buyer's next order, all of it and what is new in it; by ``of_new`` where a recommender has scores
        of its own for that."""
        self._add((name, "all"), user, owned, truth, scores)
        fresh = truth[~np.isin(truth, owned)]
        if len(fresh):
            scores = (scores if of_new is None else of_new).copy()
            scores[owned] = -np.inf
            self._add((name, "new"), user, owned, fresh, scores)

    def take(self, other: "Scores") -> None:
        """Add what was scored at another cut."""
        for key, of_users in other._of.items():
            mine = self._of.setdefault(key, {})
            for user, values in of_users.items():
                mine[user] = [*mine.get(user, []), *values]
            self._shown[key] |= other._shown[key]

    def rows(self) -> list[Row]:
        """Return the figures. A buyer of several cuts counts once, with the mean: they are no independent draws."""
        return [self._row(*key, of_users) for key, of_users in self._of.items()]

    def _row(self, name: str, task: str, of_users: Mapping[int, list[tuple[float, ...]]]) -> Row:
        table = np.array([np.mean(values, axis=0) for values in of_users.values()]).reshape(-1, 6)
        recall, gain, revenue, hit, novelty, calibration = table.T
        coverage = len(self._shown[name, task]) / max(self._items, 1)
        figures = (_figure(recall), _figure(gain), _figure(revenue))
        means = (float(hit.mean()), coverage, float(novelty.mean()), float(calibration.mean()))
        return Row(name, task, len(table), *figures, *means)

    def _add(self, key: _Of, user: int, owned: Ints, truth: Ints, scores: Floats) -> None:
        top = best_against(scores, truth, DEPTH)
        hits = np.isin(top, truth)
        prices = self._price[truth].tolist()
        row = (
            float(hits.sum()) / len(truth),
            ndcg(hits.astype(np.float64).tolist(), [1.0] * len(truth), CUT),
            ndcg((hits * self._price[top]).tolist(), prices, CUT),
            float(hits.any()),
            float(self._novelty[top].mean()) if len(top) else 0.0,
            abs(_share(top, owned) - _share(truth, owned)),
        )
        self._of.setdefault(key, {}).setdefault(user, []).append(row)
        self._shown[key].update(top.tolist())


def _share(items: np.ndarray, owned: Ints) -> float:
    return float(np.isin(items, owned).mean()) if len(items) else 0.0


def best_against(scores: Floats, truth: Ints, depth: int) -> np.ndarray:
    """Return the best ``depth`` items that have a finite score; of equal ones those that are not in ``truth`` first."""
    is_true = np.zeros(len(scores), dtype=bool)
    is_true[truth] = True
    # All that reach the last place of the best, equal ones among them: sorting the rest would take most of the time.
    least = scores[best(scores, depth)].min() if len(scores) else 0.0
    may = np.flatnonzero((scores >= least) & np.isfinite(scores))
    return may[np.lexsort((may, is_true[may], -scores[may]))[:depth]]


def _figure(values: np.ndarray) -> Figure:
    low, high = bootstrap_interval(values.tolist())
    return Figure(float(values.mean()) if len(values) else 0.0, low, high)
