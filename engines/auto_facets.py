"""Which facets help most within a result set: those that many hits carry and whose few values divide them well."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

FIRST = ("category", "brand", "price")
"""Shown before all others wherever they divide the hits: every buyer knows them."""
_SHOWN = 20
_BITS = 3.0


def usefulness(coverage: float, counts: NDArray[np.int64]) -> float:
    """Score one facet from 0 (useless) up.

    ``coverage`` is the share of hits that carry the field, ``counts`` the hits by value in any order. The score is
    coverage x the share that the 20 largest values hold x their entropy in bits, at most 3 (eight even choices):
    a buyer reads a short list, so information spread over hundreds of rare values is worth nothing here.
    """
    if coverage <= 0 or len(counts) < 2:
        return 0.0
    top = np.sort(counts)[-_SHOWN:].astype(np.float64)
    shown = top.sum()
    share = top / shown
    entropy = -float(np.sum(share * np.log2(share)))
    return float(coverage * (shown / counts.sum()) * min(entropy, _BITS))


def choose(scores: Mapping[str, float], limit: int, taken: Sequence[str] = ()) -> list[str]:
    """Return up to ``limit`` fields: the well-known ones first, then by score, names deciding ties."""
    known = [field for field in FIRST if scores.get(field, 0.0) > 0.0]
    others = sorted((f for f, s in scores.items() if s > 0.0 and f not in FIRST), key=lambda f: (-scores[f], f))
    return [field for field in known + others if field not in taken][:limit]
