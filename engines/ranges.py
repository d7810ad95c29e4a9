"""Intervals that a buyer would choose from, for the numbers of one result set."""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from engines.plan import Interval

_INTERVALS = 6
_FEW = 8
_NICE = (1.0, 2.0, 5.0, 10.0)

Sorted = NDArray[np.float64]


def intervals(values: Sorted) -> list[Interval]:
    """Cut ascending ``values`` into at most six intervals of like size with round edges; open at both ends.

    Up to eight distinct values get an interval each, ``[v, next v)``.
    """
    if not len(values):
        return []
    low, high = float(values[0]), float(values[-1])
    distinct = values[np.flatnonzero(np.diff(values, prepend=-np.inf))]
    if len(distinct) <= _FEW:
        edges = distinct[1:].tolist()
    else:
        cuts = values[[len(values) * at // _INTERVALS for at in range(1, _INTERVALS)]]
        edges = [edge for edge in sorted({_round(cut) for cut in cuts.tolist()}) if low < edge <= high]
    bounds: list[float | None] = [None, *edges, None]
    return [Interval(gte, lt) for gte, lt in itertools.pairwise(bounds)]


def count_within(values: Sorted, wanted: Sequence[Interval]) -> list[int]:
    """Count the ascending ``values`` in each interval."""
    first = np.searchsorted(values, [-np.inf if each.gte is None else each.gte for each in wanted])
    last = np.searchsorted(values, [np.inf if each.lt is None else each.lt for each in wanted])
    return [int(count) for count in (last - first).clip(min=0)]


def _round(value: float) -> float:
    if value == 0:
        return 0.0
    magnitude = 10.0 ** floor(log10(abs(value)))
    lead = abs(value) / magnitude
    at = bisect_right(_NICE, lead)
    below, above = _NICE[max(at - 1, 0)], _NICE[min(at, len(_NICE) - 1)]
    nearest = below if lead - below <= above - lead else above
    return float(f"{nearest * magnitude * (1 if value > 0 else -1):.12g}")
