"""How well a search orders what people judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.judgments import Judgments
from evaluation.metrics import bootstrap_interval, ndcg, recall, reciprocal_rank

DEPTH = 1_000
CUT = 10
RECALLED = 100
Search = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class QueryQuality:
    """One query's figures. ``ndcg`` counts unjudged hits as 0, ``ndcg_judged`` leaves them out of the first
    1,000 hits, ``recall`` is the share of positive judgments among the first 100."""

    query: str
    ndcg: float
    ndcg_judged: float
    reciprocal_rank: float
    recall: float
    hits: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over queries with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SearchQuality:
    """All figures of one search on one set of judgments; queries without a positive judgment are left out."""

    queries: tuple[QueryQuality, ...]
    left_out: int
    ndcg: Mean
    ndcg_judged: Mean
    reciprocal_rank: Mean
    recall: Mean


def evaluate_search(judgments: Judgments, search: Search) -> SearchQuality:
    """Score ``search``, which returns the ids of up to 1,000 hits in order: nDCG@10, linear gain."""
    rows = [_score(query, rated, search(query)) for query, rated in judgments.items() if max(rated.values()) > 0]
    return SearchQuality(
        queries=tuple(rows),
        left_out=len(judgments) - len(rows),
        ndcg=_mean([row.ndcg for row in rows]),
        ndcg_judged=_mean([row.ndcg_judged for row in rows]),
        reciprocal_rank=_mean([row.reciprocal_rank for row in rows]),
        recall=_mean([row.recall for row in rows]),
    )


def _score(query: str, rated: Mapping[str, float], ids: Sequence[str]) -> QueryQuality:
    gains = [rated.get(identity, 0.0) for identity in ids[:DEPTH]]
    judged = [rated[identity] for identity in ids[:DEPTH] if identity in rated]
    every = list(rated.values())
    return QueryQuality(
        query,
        ndcg(gains, every, CUT),
        ndcg(judged, every, CUT),
        reciprocal_rank(gains),
        recall(gains, every, RECALLED),
        len(ids),
    )


def _mean(values: Sequence[float]) -> Mean:
    low, high = bootstrap_interval(values)
    return Mean(sum(values) / max(len(values), 1), low, high)
