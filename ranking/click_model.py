"""How far down buyers look, and how attractive what they saw is: the position-based model of clicks.

P(click on d for q at place k) = theta_k * gamma_qd: a product is clicked if it is looked at and attractive
(Craswell, Zoeter, Taylor and Ramsey, 2008). Both are found by expectation maximisation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST = 50
"""Places below this one are looked at as it is."""
_ITERATIONS = 100
_LOOKED_AT = 50.0
"""So many showings at each place say beforehand that it is looked at by 1 / log2(k + 1): where products never change
places, clicks alone cannot tell a good product from a good place."""
_SEEN = 4.0
Counts = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clicks:
    """``places`` from 0, (LOWEST,), are how often each is looked at beside the first; ``attractive`` is for each pair
    of query and product how often it is clicked when it is looked at, ``looked_at`` how often it was."""

    places: Counts
    attractive: Counts
    looked_at: Counts


def click_model(pairs: Numbers, places: Numbers, shown: Counts, clicked: Counts) -> Clicks:
    """Fit the model to rows that say how often a pair (a number from 0) was ``shown`` at a place (from 0) and
    ``clicked`` there. A pair that was seldom seen is taken for as attractive as the mean."""
    size = int(pairs.max(initial=-1)) + 1
    places = np.minimum(places, LOWEST - 1)
    before = 1.0 / np.log2(np.arange(LOWEST) + 2.0)
    theta = before.copy()
    looked = theta[places] * shown
    usual = float(clicked.sum() / max(looked.sum(), 1e-9))
    gamma = np.full(size, usual)
    shown_at = np.bincount(places, shown, LOWEST) + _LOOKED_AT
    shown_of = np.bincount(pairs, shown, size)
    passed = shown - clicked
    for _ in range(_ITERATIONS):
        t, g = theta[places], gamma[pairs]
        nothing = np.maximum(1.0 - t * g, 1e-12)
        # What was not clicked was looked at all the same, or attractive all the same, with these probabilities.
        is_looked_at = clicked + passed * t * (1.0 - g) / nothing
        is_attractive = clicked + passed * g * (1.0 - t) / nothing
        theta = (np.bincount(places, is_looked_at, LOWEST) + _LOOKED_AT * before) / shown_at
        gamma = (np.bincount(pairs, is_attractive, size) + _SEEN * usual) / (shown_of + _SEEN)
        theta = np.minimum(theta / max(float(theta[0]), 1e-9), 1.0)
        usual = float(clicked.sum() / max(float((theta[places] * shown).sum()), 1e-9))
    looked_at: Counts = np.bincount(pairs, theta[places] * shown, size).astype(np.float64)
    return Clicks(theta, gamma, looked_at)
