"""Intervals that a buyer would choose from, for the numbers of one result set."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from engines.plan import Interval

_INTERVALS = 6
_FEW = 8
_NICE = (1.0, 2.0, 5.0, 10.0)

Sorted = NDArray[np.float64]
Rounding = Callable[[float], float]


def intervals(values: Sorted, rounded: Rounding | None = None) -> list[tuple[Interval, int]]:
    """Cut ascending ``values`` into at most six intervals of like size with round edges, open at both ends; count each.

    Up to eight distinct values get an interval each, ``[v, next v)``. ``rounded`` makes an edge round, by default to
    1, 2 or 5 times a power of ten.
    """
    rounded = rounded or _round
    if not len(values):
        return []
    steps = values[1:] != values[:-1]
    if np.count_nonzero(steps) < _FEW:
        edges = values[1:][steps].tolist()
    else:
        low, high = float(values[0]), float(values[-1])
        cuts = values[[len(values) * at // _INTERVALS for at in range(1, _INTERVALS)]].tolist()
        edges = [edge for edge in sorted({rounded(cut) for cut in cuts}) if low < edge <= high]
    places = [0, *values.searchsorted(edges).tolist(), len(values)]
    bounds: list[float | None] = [None, *edges, None]
    return [
        (Interval(gte, lt), last - first)
        for gte, lt, first, last in zip(bounds, bounds[1:], places, places[1:], strict=False)
    ]


def count_within(values: Sorted, interval: Interval) -> int:
    """Count the ascending ``values`` in one interval."""
    first = 0 if interval.gte is None else int(values.searchsorted(interval.gte))
    last = len(values) if interval.lt is None else int(values.searchsorted(interval.lt))
    return max(last - first, 0)


def start_of_year(moment: float) -> float:
    """Return the first second (UTC) of the year of ``moment``, both in seconds since 1970."""
    return datetime(datetime.fromtimestamp(moment, UTC).year, 1, 1, tzinfo=UTC).timestamp()


def _round(value: float) -> float:
    if value == 0:
        return 0.0
    magnitude = 10.0 ** floor(log10(abs(value)))
    lead = abs(value) / magnitude
    at = bisect_right(_NICE, lead)
    below, above = _NICE[max(at - 1, 0)], _NICE[min(at, len(_NICE) - 1)]
    nearest = below if lead - below <= above - lead else above
    return float(f"{nearest * magnitude * (1 if value > 0 else -1):.12g}")
