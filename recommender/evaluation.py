"""How well recommendations foretell each known buyer's next order, beside the references on the same data."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.metrics import bootstrap_interval, ndcg
from recommender.behaviour import Behaviour, Floats, Ints
from recommender.blend import Blend, Progress, train_blend
from recommender.errors import NothingToLearn
from recommender.history import Histories, histories_of
from recommender.knowledge import Knowledge, learn
from recommender.references import reference_scorers
from recommender.splits import Baskets, next_baskets

DEPTH = 20
CUT = 10
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

    recall@20 is hits over basket size, nDCG@10 has the ideal of min(10, basket), ``hit_rate`` is the share of buyers
    with a hit among 20, ``coverage`` the share of all items that stand in someone's 20, ``novelty`` the mean of
    -log2 of the share of buyers who have an item.
    """

    name: str
    task: str
    buyers: int
    recall: Figure
    ndcg: Figure
    hit_rate: float
    coverage: float
    novelty: float


def evaluate_recommender(
    behaviour: Behaviour,
    cut: float,
    texts: Sequence[str],
    *,
    seed: int = 1,
    references: bool = True,
    progress: Progress | None = None,
) -> list[Row]:
    """Train on what happened before ``cut``, predict each known buyer's first order from then on, and score.

    All items are ranked, ties fall to the disadvantage of the model, and ``references`` learn from the same rows.
    Raises NothingToLearn where nobody known orders after the cut.
    """
    baskets = next_baskets(behaviour, cut)
    if not len(baskets.users):
        raise NothingToLearn("no buyer ordered both before and after the cut: load orders, or choose another --cut")
    past = behaviour.before(cut)
    blend = train_blend(past, cut, texts, seed=seed, progress=progress)
    knowledge = learn(past, cut, texts, seed)
    scored = _Scored(past, knowledge, baskets)
    names = [OURS] if blend else []
    scorers = reference_scorers(past, knowledge, seed) if references else {}
    histories = histories_of(past)
    for number, user in enumerate(baskets.users):
        history = histories.of(int(user))
        if blend:
            scored.add(OURS, number, history.item, _blended(blend, knowledge, histories, int(user), cut))
        for name, scorer in scorers.items():
            scored.add(name, number, history.item, scorer(int(user), history))
    return [row for name in (*names, *scorers) for row in scored.rows(name)]


def _blended(blend: Blend, knowledge: Knowledge, histories: Histories, user: int, cut: float) -> Floats:
    ranked = blend.rank(knowledge, histories.of(user), cut)
    scores = np.full(len(knowledge.items), -np.inf, dtype=np.float32)
    scores[ranked.items] = ranked.scores
    return scores


class _Scored:
    """Collects each recommender's figures buyer by buyer."""

    def __init__(self, past: Behaviour, knowledge: Knowledge, baskets: Baskets) -> None:
        self._baskets = baskets
        self._items = len(past.items)
        share = knowledge.column("popularity_400")
        self._novelty = -np.log2(np.maximum(share, 1e-4))
        self._figures: defaultdict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
        self._shown: defaultdict[tuple[str, str], set[int]] = defaultdict(set)

    def add(self, name: str, number: int, owned: Ints, scores: Floats) -> None:
        """Score one buyer's next order, all of it and what is new in it."""
        truth = self._baskets.items[number]
        self._add(name, "all", truth, scores)
        fresh = truth[~np.isin(truth, owned)]
        if len(fresh):
            scores = scores.copy()
            scores[owned] = -np.inf
            self._add(name, "new", fresh, scores)

    def rows(self, name: str) -> Iterator[Row]:
        """Yield the rows of one recommender."""
        for task in ("all", "new"):
            figures = np.array(self._figures[name, task]).reshape(-1, 3)
            shown = self._shown[name, task]
            recall, gain, novelty = figures.T
            yield Row(
                name,
                task,
                len(figures),
                _figure(recall),
                _figure(gain),
                float((recall > 0).mean()) if len(recall) else 0.0,
                len(shown) / max(self._items, 1),
                float(novelty.mean()) if len(novelty) else 0.0,
            )

    def _add(self, name: str, task: str, truth: Ints, scores: Floats) -> None:
        top = best_against(scores, truth, DEPTH)
        hits = np.isin(top, truth)
        gains = hits.astype(np.float64).tolist()
        recall, gain = float(hits.sum()) / len(truth), ndcg(gains, [1.0] * len(truth), CUT)
        self._figures[name, task].append((recall, gain, float(self._novelty[top].mean()) if len(top) else 0.0))
        self._shown[name, task].update(top.tolist())


def best_against(scores: Floats, truth: Ints, depth: int) -> np.ndarray:
    """Return the best ``depth`` items that have a finite score; of equal ones those that are not in ``truth`` first."""
    is_true = np.zeros(len(scores), dtype=bool)
    is_true[truth] = True
    order = np.lexsort((np.arange(len(scores)), is_true, -scores))[:depth]
    return order[np.isfinite(scores[order])]


def _figure(values: np.ndarray) -> Figure:
    low, high = bootstrap_interval(values.tolist())
    return Figure(float(values.mean()) if len(values) else 0.0, low, high)
