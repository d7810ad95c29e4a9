"""Which facets help most within a result set: those that many hits carry and whose few values divide them well."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.port import EXTRACTED

FIRST = ("category", "brand", "price", "on_offer")
"""Shown before all others wherever they divide the hits: every buyer knows them."""
NEVER = frozenset({"id", "mpn", "gtin", EXTRACTED})
"""Nearly unique to a product, or about its data and not about it: counted when asked for, never chosen."""
READABLE = 60
"""A value of more bytes is a text, not a choice."""
_BITS = 3.0
_NUMBER_SHARE = 0.6
"""Ranges say less than names: a number field competes with this share of its information."""

Floats = NDArray[np.float64]


def usefulness(
    coverage: Floats, everywhere: Floats, entropy: Floats, distinct: Floats, numeric: NDArray[np.bool_]
) -> Floats:
    """Score each field as a facet, from 0 (useless) up; all arrays have one entry a field.

    ``coverage`` is the hits that carry the field as a share of all hits, ``everywhere`` the same over the
    whole catalogue, ``entropy``
    the information of its values among the hits in bits, ``distinct`` its values as a share of the hits that carry it.

    score = coverage x min(entropy, 3) x (1 - distinct) x coverage / (coverage + everywhere):
    eight even choices are as much as a buyer reads, values of one product each choose nothing, and what is
    particular to these hits (a processor, among notebooks) tells more than what everything has (a weight).
    """
    particular = np.divide(coverage, coverage + everywhere, out=np.zeros_like(coverage), where=coverage > 0)
    score = coverage * np.minimum(entropy, _BITS) * (1.0 - distinct).clip(min=0.0) * particular
    return np.asarray(np.where(numeric, score * _NUMBER_SHARE, score), dtype=np.float64)


def choose(names: Sequence[str], scores: Floats, limit: int) -> list[str]:
    """Return up to ``limit`` fields of a positive score: the well-known ones first, then by score, names
    deciding ties."""
    positive = [at for at in np.argsort(-scores, kind="stable")[: limit + len(FIRST)].tolist() if scores[at] > 0.0]
    found = [names[at] for at in positive if names[at] not in FIRST]
    useful = {names[at] for at in np.flatnonzero(scores > 0.0).tolist() if names[at] in FIRST}
    return [*(field for field in FIRST if field in useful), *found][:limit]
