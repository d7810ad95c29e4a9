"""German compounds told from a catalogue's own words: what a word is made of, and what words are made of it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import log

LANGUAGES = frozenset({"de"})
"""Languages that write compounds as one word."""
_LINKS = ("", "s", "n", "en", "es", "er", "e", "ns")
_SHORTEST_WORD = 7
_SHORTEST_PART = 4
_SHORTEST_COMMON = 3
_SHORTEST_HEAD = 5
_COMMON = 3
_MOST_PARTS = 4
_LONGEST = 60


_Way = tuple[tuple[int, float, int], tuple[str, ...]]
"""The rank of a way to split a word, the smallest the best, and its parts."""


class Compounds:
    """Splits words by a table of known ones.

    ``words`` are unstemmed words with the number of products that carry them, ``stem`` makes index terms of words. Of
    several ways to split, the one with the fewest parts wins, then the one whose parts are the most common (Koehn and
    Knight, 2003). Making it costs about 20 µs a word; memory is about 100 bytes a compound.
    """

    def __init__(
        self,
        words: Iterable[tuple[str, int]],
        stem: Callable[[str], str],
    ) -> None:
        self._stem = stem
        self._counts: defaultdict[str, int] = defaultdict(int)
        plain = [(word, count) for word, count in words if word.isalpha()]
        for word, count in plain:
            self._counts[stem(word)] += count
        self._split = lru_cache(maxsize=20_000)(self._best)
        # A word is also made of what it ends with where the rest is not known: sorted from behind, these lie together.
        self._from_behind = sorted((word[::-1], -count) for word, count in plain if len(word) >= _SHORTEST_WORD)
        self._heads: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._modifiers: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for word, count in plain:
            if parts := self.parts(word):
                self._heads[stem(parts[-1])].append((-count, word))
                for part in parts[:-1]:
                    self._modifiers[stem(part)].append((-count, word))

    def parts(self, word: str) -> tuple[str, ...]:
        """Return what a word is made of, without the sounds between that change a part's stem; nothing if it is no
        compound of known words."""
        if not _SHORTEST_WORD <= len(word) <= _LONGEST or not word.isalpha():
            return ()
        found = self._split(word, _MOST_PARTS)
        return found[1] if found is not None and len(found[1]) > 1 else ()

    def ending_with(self, word: str, limit: int) -> list[str]:
        """Return known compounds whose last part is this word, the most common first."""
        found = {compound: count for count, compound in self._heads.get(self._stem(word), ())}
        if len(word) >= _SHORTEST_HEAD:
            behind = word[::-1]
            at = bisect_left(self._from_behind, (behind,))
            while at < len(self._from_behind) and self._from_behind[at][0].startswith(behind):
                compound, count = self._from_behind[at]
                if len(compound) >= len(word) + _SHORTEST_COMMON:
                    found[compound[::-1]] = count
                at += 1
        return sorted(found, key=lambda compound: (found[compound], compound))[:limit]

    def with_modifier(self, word: str, limit: int) -> list[str]:
        """Return known compounds of which the word is a part, but not the last, the most common first."""
        return [compound for _, compound in sorted(self._modifiers.get(self._stem(word), ()))[:limit]]

    def _best(self, word: str, most: int) -> _Way | None:
        """Return the best way to see a word as one to ``most`` parts, with its rank (smaller is better)."""
        best: _Way | None = None
        if most < _MOST_PARTS and (count := self._known(word)):
            best = ((1, -log(count), 0), (word,))
        if most > 1:
            for at in range(_SHORTEST_COMMON, len(word) - _SHORTEST_COMMON + 1):
                first = word[:at]
                count = self._known(first)
                if not count:
                    continue
                for link in _LINKS:
                    rest = word[at + len(link) :]
                    if len(rest) < _SHORTEST_COMMON or not word.startswith(link, at):
                        continue
                    if (behind := self._split(rest, most - 1)) is not None:
                        (parts, rarity, links), names = behind
                        rank = (parts + 1, rarity - log(count), links + len(link))
                        if best is None or rank < best[0]:
                            best = (rank, (first, *names))
        return best

    def _known(self, part: str) -> int:
        count = self._counts.get(self._stem(part), 0)
        return count if len(part) >= _SHORTEST_PART or count >= _COMMON else 0
