"""Intervals that a buyer would choose from, for the numbers of one result set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
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
_MANY = 10_000
_SAMPLED = 2_500
_PRICES = frozenset({"price", "list_price"})

Floats = NDArray[np.float64]
Rounding = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a result set. ``owners`` are the products that they belong to, those of one product side by side;
    None where each number is another product's."""

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
            return Numbers(values)
        others = iter(range(-1, -len(values) - 1, -1))
        owners = np.concatenate(
            [np.fromiter(others, np.int64, len(own)) if whose is None else whose for own, whose in parts]
        )
        return Numbers(values, owners)

    def count(self, interval: Interval) -> int:
        """Count the products that have a number in one interval."""
        inside = np.ones(len(self.values), bool)
        if interval.gte is not None:
            inside &= self.values >= interval.gte
        if interval.lt is not None:
            inside &= self.values < interval.lt
        return self._products(inside)

    def counts(self, edges: Sequence[float]) -> list[int]:
        """Count the products between successive edges, below the first and from the last on."""
        if self.owners is None:
            below = [0, *(int(np.count_nonzero(self.values < edge)) for edge in edges), len(self.values)]
            return [last - first for first, last in pairwise(below)]
        return [self.count(Interval(gte, lt)) for gte, lt in pairwise([None, *edges, None])]

    def stats(self) -> tuple[float, float, float] | None:
        """Return the smallest number, the largest and the mean; None without any."""
        values = self.values
        if not len(values):
            return None
        return float(values.min()), float(values.max()), float(values.sum()) / len(values)

    def sample(self) -> Floats:
        """Return the numbers in ascending order, of very many a sample, the same one each time."""
        if len(self.values) <= _MANY:
            return np.sort(self.values)
        # Drawn and not every n-th: numbers may well follow the order of the products.
        return np.sort(self.values[np.random.default_rng(0).integers(0, len(self.values), _SAMPLED)])

    def distinct(self, most: int) -> Floats | None:
        """Return the distinct numbers in ascending order; None if there are more than ``most``."""
        found = np.unique(self.sample())
        if len(found) > most:
            return None
        others = self.values[~np.isin(self.values, found)]
        found = np.union1d(found, others[: 1 if len(found) == most else len(others)])
        return found if len(found) <= most else None

    def _products(self, inside: NDArray[np.bool_]) -> int:
        if self.owners is None:
            return int(np.count_nonzero(inside))
        owners = self.owners[inside]
        return int(np.count_nonzero(np.diff(owners))) + 1 if len(owners) else 0


def intervals(numbers: Numbers, rounded: Rounding | None = None) -> list[tuple[Interval, int]]:
    """Cut the numbers into at most six intervals at their natural breaks, open at both ends, and count their products.

    Up to eight distinct values get an interval each, ``[v, next v)``. Breaks minimise the variance within intervals
    (Fisher, 1958; Jenks), of the numbers' logarithms where they spread over orders of magnitude, and are as few as
    explain 98 % of it; each edge is the roundest number that moves at most one number in fifty across the break.
    ``rounded(below, above)`` makes an edge in ``(below, above]`` another way. Of very many numbers a sample finds the
    edges, and all are counted.
    """
    if not len(numbers.values):
        return []
    values = numbers.sample()
    changes = _changes(values)
    if len(changes) >= _FEW:
        edges = _edges(values, changes, rounded or roundest)
    elif len(values) == len(numbers.values):
        edges = values[changes].tolist()
    elif (few := numbers.distinct(_FEW)) is not None:
        edges = few[1:].tolist()
    else:
        # One value is nearly all of them: no sample shows the others.
        values = np.sort(numbers.values)
        edges = _edges(values, _changes(values), rounded or roundest)
    bounds = pairwise([None, *edges, None])
    are_all = numbers.owners is None and len(values) == len(numbers.values)
    counts = _between(values, edges) if are_all else numbers.counts(edges)
    return [(Interval(gte, lt), count) for (gte, lt), count in zip(bounds, counts, strict=True)]


def even_intervals(numbers: Numbers, rounded: Rounding | None = None) -> list[tuple[Interval, int]]:
    """Cut the numbers into at most eight intervals of about as many numbers each, open at both ends, and count their
    products.

    Up to eight distinct values get an interval each. Else each cut is sought near an even share of what is left, at the
    widest gap within a quarter of a share, and its edge is the roundest number that lies in this gap. Costs O(n log n).
    """
    values = np.sort(numbers.values)
    changes = _changes(values)
    if not len(values):
        return []
    edges: list[float] = values[changes].tolist()
    if len(changes) >= _FEW:
        edges = [
            float((rounded or roundest)(float(values[cut - 1]), float(values[cut])))
            for cut in _even_cuts(values, changes)
        ]
    bounds = pairwise([None, *edges, None])
    counts = numbers.counts(edges)
    return [(Interval(gte, lt), count) for (gte, lt), count in zip(bounds, counts, strict=True) if count]


def choosable(field: str, numbers: Numbers, *, even: bool) -> list[tuple[Interval, int]]:
    """Cut a field's numbers as people choose among them: moments at years, and ``even`` ones so that each interval has
    about as many; prices always at their natural breaks, where the round sums are that people have in mind."""
    cut = even_intervals if even and field not in _PRICES else intervals
    return cut(numbers, start_of_year if field == "released" else None)


def _even_cuts(values: Floats, changes: NDArray[np.int64]) -> list[int]:
    """Return where intervals begin among numbers in ascending order that change their value at ``changes``."""
    cuts: list[int] = []
    last = 0
    for left in range(_FEW, 1, -1):
        share = (len(values) - last) / left
        first = int(changes.searchsorted(last + 0.75 * share))
        end = int(changes.searchsorted(last + 1.25 * share, "right"))
        first = min(first, len(changes) - 1)
        near = changes[first : max(end, first + 1)]
        gaps = values[near] - values[near - 1]
        if near[0] <= last:
            break
        last = int(near[int(gaps.argmax())])
        cuts.append(last)
        if last >= changes[-1]:
            break
    return cuts


def span(numbers: Numbers, interval: Interval) -> tuple[float, float] | None:
    """Return the smallest and the largest number within an interval; None where there is none."""
    low = -np.inf if interval.gte is None else interval.gte
    high = np.inf if interval.lt is None else interval.lt
    inside = numbers.values[(numbers.values >= low) & (numbers.values < high)]
    return (float(inside.min()), float(inside.max())) if len(inside) else None


def _between(values: Floats, edges: Sequence[float]) -> list[int]:
    """Count numbers in ascending order between successive edges, below the first and from the last on."""
    below = [0, *values.searchsorted(edges).tolist(), len(values)]
    return [last - first for first, last in pairwise(below)]


def _changes(values: Floats) -> NDArray[np.int64]:
    """Return where a new value begins among numbers in ascending order."""
    return np.flatnonzero(values[1:] != values[:-1]) + 1


def _edges(values: Floats, changes: NDArray[np.int64], rounded: Rounding) -> list[float]:
    """Return where to cut numbers that are in ascending order and change their value at ``changes``."""
    edges: list[float] = []
    last = 0
    slack = len(values) // _SLACK
    for cut in _cuts(values, changes):
        below, above = values[max(cut - 1 - slack, 0)], values[min(cut + slack, len(values) - 1)]
        edge = rounded(float(below), float(above))
        at = int(values.searchsorted(edge))
        if last < at < len(values):
            edges.append(edge)
            last = at
    return edges


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
    changes = _changes(sample)
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
    # bests[n][j]: the least cost of the groups before j in n + 1 classes.
    bests = [cost[:, 0]]
    enough = (1.0 - _EXPLAINED) * bests[0][groups]
    while len(bests) < min(_INTERVALS, groups):
        bests.append((cost + bests[-1]).min(axis=1))
        if bests[-1][groups] <= enough:
            break
    cuts = []
    end = groups
    for before in reversed(bests[:-1]):
        end = int((cost[end] + before).argmin())
        cuts.append(int(bounds[end]))
    return [cut for cut in sorted(set(cuts)) if 0 < cut < len(values)]
