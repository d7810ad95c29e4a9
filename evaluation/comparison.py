"""Two configurations of a search on the same judged queries: who wins where, and whether it means anything."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.metrics import bootstrap_interval
from evaluation.search_quality import Mean, QueryQuality, SearchQuality

_SAME = 0.01
FIGURES = ("ndcg", "ndcg_judged", "reciprocal_rank", "recall")


@dataclass(frozen=True, slots=True)
class Difference:
    """One query's nDCG@10 with unjudged products as 0, in both configurations."""

    query: str
    one: float
    other: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``difference`` is the mean of one minus other over queries with its 95 % bootstrap interval, by figure; queries
    that differ by less than 0.01 are neither ``wins`` nor ``losses``, both with the largest difference first."""

    difference: Mapping[str, Mean]
    wins: tuple[Difference, ...]
    losses: tuple[Difference, ...]


def compare(one: SearchQuality, other: SearchQuality) -> Comparison:
    """Compare two evaluations of the same judgments, paired by query."""
    others = {row.query: row for row in other.queries}
    pairs = [(row, others[row.query]) for row in one.queries if row.query in others]
    rows = [Difference(a.query, a.ndcg, b.ndcg) for a, b in pairs]
    wins = sorted((row for row in rows if row.one - row.other > _SAME), key=lambda row: row.other - row.one)
    losses = sorted((row for row in rows if row.other - row.one > _SAME), key=lambda row: row.one - row.other)
    return Comparison({name: _difference(pairs, name) for name in FIGURES}, tuple(wins), tuple(losses))


def regressions(quality: SearchQuality, baseline: Mapping[str, float], tolerance: float = 0.005) -> list[str]:
    """Return a sentence for each figure that is worse than in the baseline by more than ``tolerance``."""
    found = []
    for name, before in baseline.items():
        now = figures(quality).get(name)
        if now is not None and now < before - tolerance:
            found.append(f"{name} is {now:.4f}, was {before:.4f}")
    return found


def figures(quality: SearchQuality) -> dict[str, float]:
    """Return the means by name, as a baseline keeps them."""
    return {
        "ndcg": quality.ndcg.value,
        "ndcg_judged": quality.ndcg_judged.value,
        "reciprocal_rank": quality.reciprocal_rank.value,
        "recall": quality.recall.value,
    }


def _difference(pairs: list[tuple[QueryQuality, QueryQuality]], name: str) -> Mean:
    values = [getattr(a, name) - getattr(b, name) for a, b in pairs]
    low, high = bootstrap_interval(values)
    return Mean(sum(values) / max(len(values), 1), low, high)
