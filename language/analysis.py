"""Text to index terms: the one analysis that indexing, queries and highlights share."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_STEMMERS = {"en": "english", "de": "german"}
_LONGEST_TERM = 100
_REMEMBERED = 500_000
_WORD = re.compile(r"[^\W_]+")


class Analyzer:
    """Turns text of one language into terms: runs of letters and digits, lower case, no accents, stemmed.

    ``stemmed`` and ``plain`` are the native analyzers themselves, for an engine that analyses what it indexes.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in _STEMMERS else "en"
        self._terms: dict[str, str] = {}
        self.plain = _builder().build()
        self.stemmed = _builder().filter(Filter.stemmer(_STEMMERS[self.language])).build()
        self._stems = _Stems(self.stemmed)

    def terms(self, text: str) -> list[str]:
        """Return the stemmed terms of ``text`` in order."""
        return self.stems(self.plain.analyze(text))

    def stems(self, words: Iterable[str]) -> list[str]:
        """Return the stemmed terms of words as ``words`` returns them."""
        if len(self._stems) > _REMEMBERED:
            self._stems.clear()
        return list(map(self._stems.__getitem__, words))

    def words(self, text: str) -> list[str]:
        """Return the terms of ``text`` without stemming: lower case, accents folded."""
        return self.plain.analyze(text)

    def matches(self, text: str, terms: Collection[str], prefix: str | None = None) -> list[tuple[int, int]]:
        """Return where in ``text`` a word stands whose term is among ``terms``, or that begins with ``prefix``.

        Beginnings and ends are counted in characters.
        """
        known = self._terms
        found = []
        for match in _WORD.finditer(text):
            word = match[0]
            term = known.get(word) or self.term(word)
            if term in terms or (prefix and word.casefold().startswith(prefix)):
                found.append(match.span())
        return found

    def term(self, word: str) -> str:
        """Return the index term of one word; remembered, because texts repeat their words."""
        known = self._terms.get(word)
        if known is None:
            known = next(iter(self.stemmed.analyze(word)), word)
            if len(self._terms) < _REMEMBERED:
                self._terms[word] = known
        return known


class _Stems(dict[str, str]):
    """The stem of each word, made once: texts repeat their words."""

    def __init__(self, stemmed: TextAnalyzer) -> None:
        super().__init__()
        self._stemmed = stemmed

    def __missing__(self, word: str) -> str:
        stem = self[word] = next(iter(self._stemmed.analyze(word)), word)
        return stem


def _builder() -> TextAnalyzerBuilder:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(_LONGEST_TERM))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
    )


@lru_cache(maxsize=16)
def analyzer(locale: str) -> Analyzer:
    """Return the shared analyzer of a locale such as "de" or "de-AT"; other languages than en and de use English."""
    return Analyzer(locale.split("-")[0].lower())
