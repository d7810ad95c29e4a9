"""The words of a catalogue with how many products carry each: what is known, what a word may begin, what was meant."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import accumulate
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from language.compounds import Compounds
from language.typing_errors import slip_cost

_COMPARABLE = 2.5
"""A word this much less likely (in nats) than the likeliest is left out."""
_SLIP = 4.0
_SHORTEST = 3
_AFTER_ANY = "\U0010ffff"


class Vocabulary:
    """An immutable table of unstemmed words on top of another one, and the stems that there are; memory about 200 bytes
    a word."""

    def __init__(
        self, words: Iterable[tuple[str, int]], stems: Container[str] = (), base: "Vocabulary | None" = None
    ) -> None:
        pairs = sorted(words)
        self._base = base
        self._compounds: Compounds | None = None
        self._words = [word for word, _ in pairs]
        self._counts = dict(pairs)
        self._stems = stems
        self._sums = list(accumulate((count for _, count in pairs), initial=0))
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._words:
            if word.isalpha() and (base is None or not base.count(word)):
                self._by_length[len(word)].append(word)

    def __len__(self) -> int:
        return len(self._words) + (len(self._base) if self._base else 0)

    def items(self) -> Iterator[tuple[str, int]]:
        """Yield each word of this table, and not of the one below it, with its count."""
        return iter(self._counts.items())

    def compounds(self, stem: Callable[[str], str]) -> Compounds:
        """Return the compounds of the lowest table, made at the first call; words that came since are few."""
        if self._base is not None:
            return self._base.compounds(stem)
        if self._compounds is None:
            self._compounds = Compounds(self.items(), stem)
        return self._compounds

    def count(self, word: str) -> int:
        """Return how many products carry ``word``; 0 if it is unknown."""
        return self._counts.get(word, 0) + (self._base.count(word) if self._base else 0)

    def counts(self, words: Sequence[str]) -> list[int]:
        """Return how many products carry each of some words."""
        return [self.count(word) for word in words]

    def prepare(self, words: Sequence[str], beginning: str | None = None) -> None:
        """Be told of words that are about to be asked for, and of a word's ``beginning``: whoever has to ask elsewhere
        asks for all at once."""

    def knows(self, word: str, stem: str) -> bool:
        """Say whether the catalogue uses the word in any inflection."""
        return self.count(word) > 0 or stem in self._stems

    def prefix_count(self, prefix: str) -> int:
        """Return the summed counts of the words that begin with ``prefix``, itself included."""
        first = bisect_left(self._words, prefix)
        last = bisect_left(self._words, prefix + _AFTER_ANY)
        return self._sums[last] - self._sums[first] + (self._base.prefix_count(prefix) if self._base else 0)

    def beginning(self, prefix: str) -> set[str]:
        """Return the words that begin with ``prefix``, itself included."""
        first = bisect_left(self._words, prefix)
        last = bisect_left(self._words, prefix + _AFTER_ANY)
        return {*self._words[first:last], *(self._base.beginning(prefix) if self._base else ())}

    def corrections(self, word: str, limit: int = 3, *, known: bool = False) -> list[tuple[str, int]]:
        """Return known words within one edit (two from 8 letters on) with their distance, likeliest first.

        Edits are insertion, deletion, substitution and transposition of neighbours (optimal string alignment).
        Only words of letters are corrected: a number or part number that is unknown is not a typing error. To a word
        of three letters only one letter can have been lost. Within one distance the likelier word has
        the higher ln(products that carry it) - 4 x the cost of the slip; one that is far less likely than the
        likeliest is not offered beside it. A ``known`` word is not its own correction.
        """
        if not word.isalpha() or len(word) < _SHORTEST:
            return []
        cutoff = 1 if len(word) < 8 else 2
        found: list[tuple[str, int]] = []
        for length in range(len(word) + 1 if len(word) == _SHORTEST else len(word) - cutoff, len(word) + cutoff + 1):
            for candidates in self._of_length(length):
                matches = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=cutoff, limit=None)
                found.extend((match, int(distance)) for match, distance, _ in matches)
        counts = self.counts([match for match, _ in found])
        counted = [
            (match, edits, count)
            for (match, edits), count in zip(found, counts, strict=True)
            if count and not (known and match == word)
        ]
        nearest = min((edits for _, edits, _ in counted), default=0)
        scored = [
            (log(count) - _SLIP * slip_cost(word, match, edits), match, edits)
            for match, edits, count in counted
            if edits == nearest
        ]
        scored.sort(key=lambda each: (-each[0], each[1]))
        return [(match, edits) for score, match, edits in scored if score >= scored[0][0] - _COMPARABLE][:limit]

    def completions(self, prefix: str, limit: int = 3) -> list[str]:
        """Return the words that begin with ``prefix``, those that most products carry first."""
        words = list(self.beginning(prefix))
        counted = sorted(zip((-count for count in self.counts(words)), words, strict=True))
        return [word for count, word in counted[:limit] if count]

    def split(self, word: str) -> tuple[str, str] | None:
        """Return two known words that make up ``word``, the pair whose rarer half is the most common; None if
        none do."""
        cuts = [(word[:at], word[at:]) for at in range(3, len(word) - 2)]
        self.prepare([half for pair in cuts for half in pair])
        known = [pair for pair in cuts if min(self.count(pair[0]), self.count(pair[1])) > 1]
        return max(known, key=lambda pair: min(self.count(pair[0]), self.count(pair[1])), default=None)

    def _of_length(self, length: int) -> Iterator[list[str]]:
        if words := self._by_length.get(length):
            yield words
        if self._base:
            yield from self._base._of_length(length)
