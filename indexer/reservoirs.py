"""Uniform samples of bounded size from streams (reservoir sampling, Vitter 1985), one for each key."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from random import Random
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class Reservoirs(Generic[Key, Item]):
    """Keeps up to ``most`` items of each key, and ``in_all`` of all keys together; later keys go without.

    Deterministic for the same items in the same order.
    """

    def __init__(self, in_all: int) -> None:
        self._in_all = in_all
        self._random = Random(0)  # noqa: S311 a sample, not a secret
        self._kept: dict[Key, list[Item]] = {}
        self._seen: Counter[Key] = Counter()
        self.size = 0

    def add(self, key: Key, item: Item, most: int) -> None:
        """Let an item take its chance: each that a key has seen is kept with the same one."""
        self._seen[key] += 1
        kept = self._kept.get(key)
        if kept is None:
            if self.size >= self._in_all:
                return
            kept = self._kept[key] = []
        if len(kept) < most and self.size < self._in_all:
            kept.append(item)
            self.size += 1
        elif (at := int(self._random.random() * self._seen[key])) < len(kept):
            kept[at] = item

    def of(self, key: Key) -> Sequence[Item]:
        """Return what is kept of a key."""
        return self._kept.get(key, ())

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys that something is kept of, in the order of their first item."""
        yield from self._kept
