"""MinHash sketches of titles, and groups of titles whose sketches agree."""

from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluation.catalog_quality.sketches import stable_hash

_HASHES = 64
_BANDS = 16
_ROWS = _HASHES // _BANDS
_SIMILAR = 0.8
_BATCH = 500
_PAIRS = 50_000
_PAD = "  "
_MIX = np.random.default_rng(20_261)
# Multiply-shift hashing (Dietzfelbinger et al., 1997): h(x) = (a x + b) mod 2^64, high bits; a odd.
_FACTORS = _MIX.integers(0, 1 << 63, _HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SUMMANDS = _MIX.integers(0, 1 << 63, _HASHES, dtype=np.uint64)
_LETTERS = _MIX.integers(0, 1 << 63, 3, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


class TitleSketches:
    """A sketch of 64 x 16 bits for each title, of the runs of three letters in its sorted words.

    Two titles are similar if their numbers are the same and at least 0.8 of their sketches agree, which estimates
    the Jaccard similarity of their runs with a standard error of 0.05. Titles without words are like no other.
    """

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._words = array("Q")
        self._waiting: list[str] = []
        # One growing piece of memory: joining arrays at the end would need all of it twice.
        self._sketches = bytearray()

    def add(self, words: Sequence[str]) -> None:
        """Add one title by its sorted words."""
        self._numbers.append(stable_hash(" ".join(word for word in words if any(map(str.isdigit, word)))))
        self._words.append(stable_hash(" ".join(words)) if words else 0)
        self._waiting.append(_PAD + " ".join(words))
        if len(self._waiting) == _BATCH:
            self._sketch()

    def groups(self, ranks: NDArray[np.uint64]) -> Iterator[list[int]]:
        """Yield the places of similar titles that are not all of the same words; ``ranks`` give their order."""
        if not self._words:
            return
        self._sketch()
        sketches = np.frombuffer(self._sketches, np.uint16).reshape(-1, _HASHES)
        words, numbers = np.asarray(self._words, np.uint64), np.asarray(self._numbers, np.uint64)
        parents = np.arange(len(words))
        for band in range(_BANDS):
            rows = sketches[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
            keys = numbers.copy()
            for row in rows.T:
                keys = (keys ^ row) * _FACTORS[0]
            for left, right in _portions(_neighbours(keys, ranks, words != 0)):
                agreeing = (sketches[left] == sketches[right]).mean(axis=1) >= _SIMILAR
                agreeing &= numbers[left] == numbers[right]
                _join(parents, left[agreeing], right[agreeing])
        yield from _clusters(parents, words)

    def _sketch(self) -> None:
        if self._waiting:
            self._sketches += _sketches(self._waiting).tobytes()
            self._waiting = []


def _sketches(texts: Sequence[str]) -> NDArray[np.uint16]:
    """Return the sketches of texts, shape (texts, 64). Each begins with two spaces, which also end the one before."""
    codes = np.frombuffer(("".join(texts) + _PAD).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    runs = codes[:-2] * _LETTERS[0] + codes[1:-1] * _LETTERS[1] + codes[2:] * _LETTERS[2]
    runs ^= runs >> np.uint64(29)
    starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
    sketch = np.empty((len(texts), _HASHES), np.uint16)
    for at in range(_HASHES):
        hashed = (runs * _FACTORS[at] + _SUMMANDS[at]) >> np.uint64(32)
        sketch[:, at] = np.minimum.reduceat(hashed, starts) & np.uint64(0xFFFF)
    return sketch


def _neighbours(
    keys: NDArray[np.uint64], ranks: NDArray[np.uint64], usable: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield pairs of places with equal keys: each with the one before it, and each with the first."""
    order = np.lexsort((ranks, keys))
    order = order[usable[order]]
    if not len(order):
        return
    is_same = keys[order[1:]] == keys[order[:-1]]
    yield order[:-1][is_same], order[1:][is_same]
    places = np.arange(len(order))
    first = np.maximum.accumulate(np.where(np.concatenate(([True], ~is_same)), places, 0))
    later = np.flatnonzero(first < places - 1)
    yield order[first[later]], order[later]


def _portions(
    pairs: Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the same pairs, not too many at once."""
    for left, right in pairs:
        for start in range(0, len(left), _PAIRS):
            yield left[start : start + _PAIRS], right[start : start + _PAIRS]


def _join(parents: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        roots = _root(parents, one), _root(parents, other)
        parents[max(roots)] = min(roots)


def _root(parents: NDArray[np.int64], at: int) -> int:
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = int(parents[at])
    return at


def _clusters(parents: NDArray[np.int64], words: NDArray[np.uint64]) -> Iterator[list[int]]:
    """Yield clusters of two and more whose titles are not all of the same words."""
    members: dict[int, list[int]] = {}
    for at in np.flatnonzero(parents != np.arange(len(parents))).tolist():
        root = _root(parents, at)
        members.setdefault(root, [root]).append(at)
    for places in members.values():
        if len(set(words[places].tolist())) > 1:
            yield places
