"""Intervals that a buyer would choose from, for the numbers of one result set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from engines.plan import Interval

_INTERVALS = 6
_FEW = 8
_SKETCH = 32
_GAPS = 8
_SAMPLE = 400
_SLACK = 50
_EXPLAINED = 0.98
_FINEST = 15

Floats = NDArray[np.float64]
Rounding = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a result set, ascending. ``owners`` are the products that they belong to, None where each number
    is another product's."""

    values: Floats
    owners: NDArray[np.int64] | None = None

    @staticmethod
    def joined(parts: Sequence[tuple[Floats, NDArray[np.int64] | None]]) -> "Numbers":
        """Join the numbers of several parts; where one knows owners, numbers without get owners of their own."""
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return Numbers(np.empty(0))
        values = np.concatenate([part[0] for part in parts])
        if all(owners is None for _, owners in parts):
            values.sort()
            return Numbers(values)
        others = iter(range(-1, -len(values) - 1, -1))
        owners = np.concatenate(
            [np.fromiter(others, np.int64, len(own)) if whose is None else whose for own, whose in parts]
        )
        order = np.argsort(values, kind="stable")
        return Numbers(values[order], owners[order])

    def count(self, interval: Interval) -> int:
        """Count the products that have a number in one interval."""
        first = 0 if interval.gte is None else int(self.values.searchsorted(interval.gte))
        last = len(self.values) if interval.lt is None else int(self.values.searchsorted(interval.lt))
        return self.products(first, last)

    def products(self, first: int, last: int) -> int:
        """Count the products of the numbers at ``first:last``."""
        if self.owners is None:
            return max(last - first, 0)
        return len(np.unique(self.owners[first:last]))

    def stats(self) -> tuple[float, float, float] | None:
        """Return the smallest number, the largest and the mean; None without any."""
        values = self.values
        return (float(values[0]), float(values[-1]), float(values.sum()) / len(values)) if len(values) else None


def intervals(numbers: Numbers, rounded: Rounding | None = None) -> list[tuple[Interval, int]]:
    """Cut the numbers into at most six intervals at their natural breaks, open at both ends, and count their products.

    Up to eight distinct values get an interval each, ``[v, next v)``. Breaks minimise the variance within intervals
    (Fisher, 1958; Jenks), of the numbers' logarithms where they spread over orders of magnitude, and are as few as
    explain 98 % of it; each edge is the roundest number that moves at most one number in fifty across the break.
    ``rounded(below, above)`` makes an edge in ``(below, above]`` another way.
    """
    values = numbers.values
    if not len(values):
        return []
    places = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(places) < _FEW:
        cuts = places.tolist()
        edges = values[places].tolist()
    else:
        rounded = rounded or roundest
        cuts, edges = [], []
        slack = len(values) // _SLACK
        for cut in _cuts(values, places):
            below, above = values[max(cut - 1 - slack, 0)], values[min(cut + slack, len(values) - 1)]
            edge = rounded(float(below), float(above))
            at = int(values.searchsorted(edge))
            if 0 < at < len(values) and (not cuts or at > cuts[-1]):
                cuts.append(at)
                edges.append(edge)
    ends = [0, *cuts, len(values)]
    bounds: list[float | None] = [None, *edges, None]
    return [
        (Interval(gte, lt), numbers.products(first, last))
        for gte, lt, first, last in zip(bounds, bounds[1:], ends, ends[1:], strict=False)
    ]


def start_of_year(_: float, moment: float) -> float:
    """Return the first second (UTC) of the year of ``moment``, both in seconds since 1970."""
    return datetime(datetime.fromtimestamp(moment, UTC).year, 1, 1, tzinfo=UTC).timestamp()


def roundest(below: float, above: float) -> float:
    """Return the number in ``(below, above]`` of fewest digits, of those the one whose last digit is roundest."""
    if below < 0 <= above:
        return 0.0
    # The step is the largest of 1, 2, 5 times a power of ten of which a multiple lies within; begin a little above.
    power = 10.0 ** (floor(log10(above - below)) + 2 if above > below else floor(log10(above)))
    for _ in range(_FINEST):
        for multiple in (1.0, 0.5, 0.2):
            step = power * multiple
            found = floor(above / step) * step
            if below < found <= above:
                return float(f"{found:.12g}")
        power /= 10.0
    return above


def _cuts(values: Floats, places: NDArray[np.int64]) -> list[int]:
    """Return where natural classes begin; of many values an even sample stands for all."""
    if len(values) <= 2 * _SAMPLE:
        return _breaks(values, places)
    sample = values[:: len(values) // _SAMPLE]
    changes = np.flatnonzero(sample[1:] != sample[:-1]) + 1
    if len(changes) < _FEW:
        return [int(cut) for cut in places[np.linspace(0, len(places) - 1, _INTERVALS + 1).astype(int)[1:-1]]]
    return [int(cut) for cut in values.searchsorted(sample[_breaks(sample, changes)])]


def _breaks(values: Floats, places: NDArray[np.int64]) -> list[int]:
    """Return where natural classes of ``values`` begin, at most six; ``places`` are where a new value begins."""
    spread = values[0] > 0 and values[-1] > 100 * values[0]
    scaled = np.log(values) if spread else values
    if len(places) > _SKETCH:
        # Breaks are sought between a sketch's groups of like size, each a run of whole values, and at the widest gaps.
        wanted = places.searchsorted(np.arange(1, _SKETCH) * len(values) // _SKETCH)
        gaps = scaled[places] - scaled[places - 1]
        widest = np.argpartition(gaps, len(gaps) - _GAPS)[-_GAPS:]
        places = places[np.unique(np.concatenate((np.minimum(wanted, len(places) - 1), widest)))]
    bounds = np.concatenate(([0], places, [len(values)]))
    groups = len(bounds) - 1
    sums = np.concatenate(([0.0], scaled.cumsum()))[bounds]
    squares = np.concatenate(([0.0], (scaled * scaled).cumsum()))[bounds]
    difference = sums[:, None] - sums
    counts = bounds[:, None] - bounds
    # cost[j, i]: the squared distance from their mean of the values in groups i to j - 1.
    cost = squares[:, None] - squares - difference**2 / np.where(counts > 0, counts, 1)
    cost[counts <= 0] = np.inf
    best = cost[:, 0]
    enough = (1.0 - _EXPLAINED) * best[groups]
    chosen = []
    everything = np.arange(groups + 1)
    for _ in range(min(_INTERVALS, groups) - 1):
        total = cost + best
        at = total.argmin(axis=1)
        chosen.append(at)
        best = total[everything, at]
        if best[groups] <= enough:
            break
    cuts = []
    end = groups
    for at in reversed(chosen):
        end = int(at[end])
        cuts.append(int(bounds[end]))
    return [cut for cut in sorted(set(cuts)) if 0 < cut < len(values)]
