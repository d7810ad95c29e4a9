"""Intervals that a buyer would choose from, for the numbers of one result set."""

from bisect import bisect_right
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from engines.plan import Interval

_INTERVALS = 6
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


def intervals(values: NDArray[np.float64]) -> list[Interval]:
    """Cut ``values`` into at most six intervals of like size with round edges; open at both ends.

    Up to eight distinct values get an interval each, ``[v, next v)``.
    """
    if not len(values):
        return []
    if len(distinct := _few_distinct(values)):
        edges = [float(v) for v in distinct[1:]]
    else:
        cuts = np.quantile(values, [i / _INTERVALS for i in range(1, _INTERVALS)])
        low, high = float(values.min()), float(values.max())
        edges = sorted({_round(float(cut)) for cut in cuts})
        edges = [edge for edge in edges if low < edge <= high]
    if not edges:
        return [Interval()]
    bounds: list[float | None] = [None, *edges, None]
    return [Interval(gte, lt) for gte, lt in zip(bounds, bounds[1:], strict=False)]


def count_within(values: NDArray[np.float64], interval: Interval) -> int:
    """Count the values in ``interval``."""
    inside = np.ones(len(values), bool)
    if interval.gte is not None:
        inside &= values >= interval.gte
    if interval.lt is not None:
        inside &= values < interval.lt
    return int(inside.sum())


def _few_distinct(values: NDArray[np.float64], most: int = 8) -> NDArray[np.float64]:
    # A sample decides cheaply that there are many; only then is nothing sorted.
    if len(np.unique(values[:256])) > most:
        return values[:0]
    distinct = np.unique(values)
    return distinct if len(distinct) <= most else values[:0]


def _round(value: float) -> float:
    if value == 0:
        return 0.0
    magnitude = 10.0 ** floor(log10(abs(value)))
    lead = abs(value) / magnitude
    below = _NICE[max(bisect_right(_NICE, lead) - 1, 0)]
    above = _NICE[min(bisect_right(_NICE, lead), len(_NICE) - 1)]
    nearest = below if lead - below <= above - lead else above
    return float(f"{nearest * magnitude * (1 if value > 0 else -1):.12g}")
