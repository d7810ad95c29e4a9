"""What is kept of a stream that is too long to keep: bounded, and the same in whatever order the stream comes."""

import heapq
import math
from bisect import insort
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Generic, TypeVar

_Kept = TypeVar("_Kept")
_BINS_PER_DECADE = 100


def stable_hash(text: str) -> int:
    """Return 64 bits that are the same for the same text in every process."""
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big")


class Sample(Generic[_Kept]):
    """Keeps a uniform sample of at most ``size`` things: those whose ids have the smallest hashes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[int, str, _Kept]] = []

    def add(self, rank: int, identity: str, thing: _Kept) -> None:
        """Offer one thing; ``rank`` is ``stable_hash(identity)``, taken once by the caller."""
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, (-rank, identity, thing))
        elif rank < -self._heap[0][0]:
            heapq.heapreplace(self._heap, (-rank, identity, thing))

    def things(self) -> list[_Kept]:
        """Return what is kept, by id."""
        return [thing for _, _, thing in sorted(self._heap, key=lambda entry: entry[1])]


class Extremes:
    """Keeps the ``size`` smallest and the ``size`` largest of (number, id, notes) triples."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._low: list[tuple[float, str, tuple[str, ...]]] = []
        self._high: list[tuple[float, str, tuple[str, ...]]] = []

    def add(self, number: float, identity: str, notes: tuple[str, ...] = ()) -> None:
        """Offer one number."""
        if len(self._low) < self._size or number <= self._low[-1][0]:
            insort(self._low, (number, identity, notes))
            del self._low[self._size :]
        if len(self._high) < self._size or -number <= self._high[-1][0]:
            insort(self._high, (-number, identity, notes))
            del self._high[self._size :]

    def low(self) -> list[tuple[float, str, tuple[str, ...]]]:
        """Return the smallest, smallest first."""
        return self._low

    def high(self) -> list[tuple[float, str, tuple[str, ...]]]:
        """Return the largest, largest first."""
        return [(-number, identity, notes) for number, identity, notes in self._high]


class LogHistogram:
    """Counts positive numbers in bins of equal ratio, so that a quantile is right within 1.2 percent of itself.

    That is the idea of DDSketch (Masson, Rim and Lee, 2019): memory grows with the span of the numbers (100 bins a
    power of ten), not with their count.
    """

    def __init__(self) -> None:
        self._bins: Counter[int] = Counter()
        self.count = 0

    def add(self, number: float) -> None:
        """Count one number above 0."""
        self._bins[round(math.log10(number) * _BINS_PER_DECADE)] += 1
        self.count += 1

    def median(self) -> float:
        """Return log10 of the median. Raises ValueError if nothing was counted."""
        return _median(self._bins) / _BINS_PER_DECADE

    def deviation(self) -> float:
        """Return the median absolute deviation from the median, in powers of ten."""
        middle = _median(self._bins)
        distances: Counter[int] = Counter()
        for at, count in self._bins.items():
            distances[abs(at - middle)] += count
        return _median(distances) / _BINS_PER_DECADE

    def outside(self, low: float, high: float) -> int:
        """Return how many numbers are below 10^low or above 10^high."""
        inside = range(math.ceil(low * _BINS_PER_DECADE), math.floor(high * _BINS_PER_DECADE) + 1)
        return sum(count for at, count in self._bins.items() if at not in inside)


def _median(bins: Mapping[int, int]) -> int:
    """Return the lower median of counted whole numbers."""
    half = (sum(bins.values()) + 1) // 2
    for at in sorted(bins):
        half -= bins[at]
        if half <= 0:
            return at
    raise ValueError("nothing was counted")
