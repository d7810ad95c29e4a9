"""Synonyms on the words of a query, words that mean nothing in it, and words that are made of others.

What a synonym finds stands behind what the word itself finds: its weight is so small that even in the best field and as
the rarer word it earns less than the word does in the weakest field.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from commerce.synonyms import Synonym
from engines.plan import Word
from language.analysis import Analyzer

_WEIGHT = 0.04
_SAID = re.compile(r"\S+")
Phrase = tuple[str, ...]


class Synonyms:
    """The synonyms of one catalogue in one language, by the index terms that they begin with."""

    def __init__(self, synonyms: Iterable[Synonym], analyzer: Analyzer, locale: str) -> None:
        self._meanings: dict[Phrase, dict[Phrase, None]] = {}
        self._analyzer = analyzer
        stops: set[Phrase] = set()
        self.compounds: dict[str, tuple[str, ...]] = {}
        for each in synonyms:
            if each.locale is not None and each.locale.split("-")[0].lower() != locale.split("-")[0].lower():
                continue
            sources = [tuple(analyzer.terms(text)) for text in each.sources]
            targets = [tuple(analyzer.terms(text)) for text in each.targets]
            if each.kind == "stop":
                stops.update(filter(None, sources))
            if each.kind == "compound":
                parts = tuple(word for text in each.targets for word in analyzer.words(text))
                self.compounds.update((word, parts) for text in each.sources for word in analyzer.words(text)[:1])
                continue
            if each.kind == "equivalent":
                sources = targets = [*sources, *targets]
            for source in filter(None, sources):
                self._meanings.setdefault(source, {}).update(
                    (target, None) for target in targets if target and target != source
                )
        self._longest = max(map(len, self._meanings), default=0)
        self._stops = frozenset(stops)
        self._longest_stop = max(map(len, stops), default=0)

    def without_stop_words(self, query: str) -> tuple[str, tuple[str, ...]]:
        """Return the query without its stop words, and these as they were typed; a query of nothing else stays whole.

        What is left ends with a space where its last word was not the query's, for then that word is whole.
        """
        if not self._stops:
            return query, ()
        said = list(_SAID.finditer(query))
        terms = [tuple(self._analyzer.terms(each.group())) for each in said]
        left_out = set[int]()
        at = 0
        while at < len(said):
            lengths = range(min(self._longest_stop, len(said) - at), 0, -1)
            length = next((n for n in lengths if sum(terms[at : at + n], ()) in self._stops), 0)
            left_out.update(range(at, at + length))
            at += length or 1
        kept = [each.group() for at, each in enumerate(said) if at not in left_out]
        if not left_out or not kept:
            return query, ()
        end = " " if len(said) - 1 in left_out or query[-1:].isspace() else ""
        return " ".join(kept) + end, tuple(said[at].group() for at in sorted(left_out))

    def widen(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words with what they also mean as further forms.

        Each word of a phrase is met by the whole of what the phrase also means. A meaning of several words counts by
        the last of them, which says what kind of thing it is.
        """
        widened = list(words)
        terms = [word.forms[0][0] if word.forms else "" for word in words]
        for at in range(len(terms)):
            for length in range(1, min(self._longest, len(terms) - at) + 1):
                targets = self._meanings.get(tuple(terms[at : at + length]), {})
                forms = tuple((target[-1], _WEIGHT) for target in targets)
                for place in range(at, at + length if forms else at):
                    known = {form for form, _ in widened[place].forms}
                    new = tuple(form for form in dict.fromkeys(forms) if form[0] not in known)
                    widened[place] = replace(widened[place], forms=(*widened[place].forms, *new))
        return tuple(widened)


class SynonymTable:
    """The synonyms of one catalogue; what they are in a language is made at the first query in it."""

    def __init__(self, synonyms: tuple[Synonym, ...] = ()) -> None:
        self.synonyms = synonyms
        self._languages: dict[str, Synonyms] = {}

    def widen(self, words: tuple[Word, ...], analyzer: Analyzer, locale: str) -> tuple[Word, ...]:
        """Return a query's words with what they also mean in its language."""
        return self._in(analyzer, locale).widen(words) if self.synonyms else words

    def without_stop_words(self, query: str, analyzer: Analyzer, locale: str) -> tuple[str, tuple[str, ...]]:
        """Return a query without its language's stop words, and these."""
        return self._in(analyzer, locale).without_stop_words(query) if self.synonyms else (query, ())

    def compounds(self, analyzer: Analyzer, locale: str) -> Mapping[str, Sequence[str]]:
        """Return what people decided that words of a language are made of, by unstemmed word."""
        return self._in(analyzer, locale).compounds if self.synonyms else {}

    def _in(self, analyzer: Analyzer, locale: str) -> Synonyms:
        made = self._languages.get(locale)
        if made is None:
            made = self._languages[locale] = Synonyms(self.synonyms, analyzer, locale)
        return made


NO_SYNONYMS = SynonymTable()
