"""Phrases that a catalogue's titles share: what is suggested to a buyer who types."""

from collections import Counter
from collections.abc import Iterator, Sequence

from language.analysis import Analyzer

_SUPPORT = 5
_LONGEST = 3
_FIRST_WORDS = 6
_MOST = 3_000_000
"""Beyond so many phrases those that were seen once are forgotten: lossy counting (Manku and Motwani, 2002)."""


class PhraseLearner:
    """Counts the phrases of titles, one at a time; memory is bounded."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._counts: Counter[str] = Counter()

    def add(self, title: str) -> None:
        """Count one title's phrases, each once."""
        self._counts.update(set(phrases_of(self._analyzer.words(title))))
        if len(self._counts) > _MOST:
            self._counts = Counter({phrase: count for phrase, count in self._counts.items() if count > 1})

    def build(self) -> frozenset[str]:
        """Return the phrases that at least five titles have."""
        return frozenset(phrase for phrase, count in self._counts.items() if count >= _SUPPORT)


def phrases_of(words: Sequence[str]) -> Iterator[str]:
    """Yield the runs of one to three words among the first six that neither begin nor end with a number or letter."""
    first = words[:_FIRST_WORDS]
    fit = [len(word) > 1 and not word.isdigit() for word in first]
    for start in range(len(first)):
        for end in range(start + 1, min(start + _LONGEST, len(first)) + 1):
            if fit[start] and fit[end - 1]:
                yield " ".join(first[start:end])
