"""Synonyms on the words of a query.

What a synonym finds stands behind what the word itself finds: its weight is so small that even in the best field and as
the rarer word it earns less than the word does in the weakest field.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from commerce.synonyms import Synonym
from engines.plan import Word
from language.analysis import Analyzer

_WEIGHT = 0.04
Phrase = tuple[str, ...]


class Synonyms:
    """The synonyms of one catalogue in one language, by the index terms that they begin with."""

    def __init__(self, synonyms: Iterable[Synonym], analyzer: Analyzer, locale: str) -> None:
        self._meanings: dict[Phrase, dict[Phrase, None]] = {}
        for each in synonyms:
            if each.locale is not None and each.locale.split("-")[0].lower() != locale.split("-")[0].lower():
                continue
            sources = [tuple(analyzer.terms(text)) for text in each.sources]
            targets = [tuple(analyzer.terms(text)) for text in each.targets]
            if each.kind == "equivalent":
                sources = targets = [*sources, *targets]
            for source in filter(None, sources):
                self._meanings.setdefault(source, {}).update(
                    (target, None) for target in targets if target and target != source
                )
        self._longest = max(map(len, self._meanings), default=0)

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
        if not self.synonyms:
            return words
        made = self._languages.get(locale)
        if made is None:
            made = self._languages[locale] = Synonyms(self.synonyms, analyzer, locale)
        return made.widen(words)


NO_SYNONYMS = SynonymTable()
