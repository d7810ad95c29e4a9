"""The products nearest to a vector."""

from collections.abc import Sequence

from engines.opensearch.conditions import NOTHING
from engines.opensearch.connection import Json
from engines.plan import VectorMatch

_MOST = 10_000


def nearest(vector: VectorMatch, dimensions: int, filters: Sequence[Json]) -> dict[str, object]:
    """Return the query for the nearest products, each shard's; ``filters`` are applied while they are sought.

    Nothing is near a vector of other ``dimensions`` than the products have.
    """
    if len(vector.values) != dimensions or not vector.limit:
        return {"query": NOTHING}
    neighbours = {
        "vector": list(vector.values),
        "k": most_of(vector),
        "filter": {"bool": {"filter": list(filters)}},
    }
    return {"query": {"knn": {"vector": neighbours}}, "min_score": _score(vector.floor)}


def most_of(vector: VectorMatch) -> int:
    """Return how many products are looked for."""
    return min(vector.limit, _MOST)


def inner_product(score: float) -> float:
    """Return the inner product that a score stands for."""
    return score - 1.0 if score >= 1.0 else 1.0 - 1.0 / score


def _score(product: float) -> float:
    """Return the score that the cluster gives an inner product: it must be positive and rise with it."""
    return product + 1.0 if product >= 0.0 else 1.0 / (1.0 - product)
