"""Ranking metrics as pure functions over gains in the order shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Gains = NDArray[np.float64]


def dcg(gains: Gains, k: int) -> float:
    """Return the discounted cumulative gain of the first ``k``, with linear gain (Järvelin and Kekäläinen, 2002).

    DCG@k = sum over i = 1..k of gain_i / log2(i + 1)
    """
    top = gains[:k]
    return float(np.sum(top / np.log2(np.arange(2, len(top) + 2))))


def ndcg(gains: Sequence[float], judged: Sequence[float], k: int) -> float:
    """Return DCG@k as a share of the best order of all ``judged`` gains; 0 if none of them is positive.

    ``gains`` are in the order shown; what is unjudged has gain 0.
    """
    best = dcg(np.sort(np.asarray(judged, dtype=np.float64))[::-1], k)
    return dcg(np.asarray(gains, dtype=np.float64), k) / best if best > 0 else 0.0


def reciprocal_rank(gains: Sequence[float]) -> float:
    """Return 1 / the position of the first positive gain; 0 if there is none."""
    return next((1.0 / at for at, gain in enumerate(gains, start=1) if gain > 0), 0.0)


def recall(gains: Sequence[float], judged: Sequence[float], k: int) -> float:
    """Return the share of the positive judgments that stand among the first ``k``; 0 if there are none."""
    positive = sum(gain > 0 for gain in judged)
    return sum(gain > 0 for gain in gains[:k]) / positive if positive else 0.0


def bootstrap_interval(values: Sequence[float], seed: int = 1, rounds: int = 2_000) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean, by resampling ``values`` with replacement."""
    sample = np.asarray(values, dtype=np.float64)
    if not len(sample):
        return (0.0, 0.0)
    drawn = np.random.default_rng(seed).choice(sample, (rounds, len(sample))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)
