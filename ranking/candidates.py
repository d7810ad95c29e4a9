"""The first hits by words and by meaning, brought together: what fusion and re-ranking choose from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.plan import SearchPlan, VectorMatch
from engines.port import SearchIndex
from engines.results import Hit, SearchResult

BY_WORDS = 200
BY_MEANING = 200
BY_ENGINE = 100
_FIRST = 10
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Hits to be ordered; arrays are parallel to ``hits``.

    Those that the engine found by words stand first, in its order. ``words`` is the share of the query's words that a
    hit matches, ``text`` its score as a share of the best, ``similarity`` the inner product of its vector with the
    query's, ``neighbourhood`` that with the mean vector of the first ten by all of these. ``near`` says which were
    found by meaning, ``factors`` what rules multiply scores by; the scores here are without. ``result`` has the
    totals and facets of all that was found.
    """

    hits: tuple[Hit, ...]
    by_words: int
    words: Scores
    text: Scores
    similarity: Scores
    neighbourhood: Scores
    near: NDArray[np.bool_]
    factors: Scores
    result: SearchResult


def find(index: SearchIndex, plan: SearchPlan, vector: VectorMatch | None) -> Candidates:
    """Find by words (the plan's text) and by meaning (``vector``) for the same buyer, under the same conditions.

    Totals and facets count both. Selections narrow the hits by meaning as they do the others.
    """
    near: tuple[Hit, ...] = ()
    also = plan.also
    if vector is not None:
        near = index.search(_nearest(plan, vector)).hits
        # Facets leave their own selection out, so what is counted is wider than what is shown.
        also += near_ids(index, plan, vector) if plan.selections else tuple(hit.product.id for hit in near)
    found = index.search(replace(plan, also=also, offset=0, limit=BY_WORDS, with_vectors=vector is not None))
    by_words = tuple(hit for hit in found.hits if hit.words or hit.by_identifier)
    known = {hit.product.id for hit in by_words}
    hits = (*by_words, *(hit for hit in near if hit.product.id not in known))
    return _described(hits, len(by_words), {hit.product.id for hit in near}, plan, vector, found)


def first_of_engine(index: SearchIndex, plan: SearchPlan) -> Candidates:
    """Find as the engine alone does, with the plan's text or by browsing, and take the first hits as candidates.

    While browsing ``text`` falls evenly from the first to the last of them.
    """
    found = index.search(replace(plan, offset=0, limit=BY_ENGINE))
    candidates = _described(found.hits, len(found.hits), set(), plan, None, found)
    if plan.text is None:
        # The engine's own order has what rules multiply scores by in it.
        falling, ones = np.linspace(1.0, 0.0, len(found.hits)), np.ones(len(found.hits))
        candidates = replace(candidates, text=falling, factors=ones)
    return candidates


def near_ids(index: SearchIndex, plan: SearchPlan, vector: VectorMatch | None) -> tuple[str, ...]:
    """Return the ids of what is found by meaning, whatever the buyer ticked in facets."""
    if vector is None:
        return ()
    wanted = replace(_nearest(plan, vector), selections=(), with_vectors=False)
    return tuple(hit.product.id for hit in index.search(wanted).hits)


def _nearest(plan: SearchPlan, vector: VectorMatch) -> SearchPlan:
    return SearchPlan(
        buyer=plan.buyer,
        at=plan.at,
        vector=vector,
        filter=plan.filter,
        selections=plan.selections,
        limit=vector.limit,
        with_vectors=True,
        weights=plan.weights,
        apart=plan.apart,
    )


def _described(
    hits: Sequence[Hit],
    by_words: int,
    near: set[str],
    plan: SearchPlan,
    vector: VectorMatch | None,
    found: SearchResult,
) -> Candidates:
    asked = max(len(plan.text.words), 1) if plan.text else 1
    words = np.array([hit.words / asked for hit in hits])
    factors = np.array([hit.factor for hit in hits])
    text = np.array([hit.score if at < by_words else 0.0 for at, hit in enumerate(hits)]) / factors
    text = text / max(text.max(initial=0.0), 1e-9)
    similarity = np.zeros(len(hits))
    neighbourhood = np.zeros(len(hits))
    if vector is not None and hits:
        none = np.zeros(len(vector.values), np.float32)
        # np.stack looks at each row by itself, which takes longer than all else here.
        vectors = np.concatenate([none if hit.vector is None else hit.vector for hit in hits]).reshape(len(hits), -1)
        similarity = (vectors @ np.asarray(vector.values, np.float32)).astype(np.float64)
        first = np.argsort(-(standardised(words + text) + standardised(similarity)), kind="stable")[:_FIRST]
        centre = vectors[first].mean(axis=0)
        neighbourhood = (vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))).astype(np.float64)
    return Candidates(
        tuple(hits),
        by_words,
        words,
        text,
        similarity,
        neighbourhood,
        np.array([hit.product.id in near for hit in hits], dtype=bool),
        factors,
        found,
    )


def standardised(values: Scores) -> Scores:
    """Return values with mean 0 and deviation 1; zeros where all are the same."""
    if not len(values):
        return values
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)
