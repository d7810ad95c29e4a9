"""What a snapshot knows of its catalogue's words and phrases, kept up with small changes without building it anew."""

from collections import Counter
from collections.abc import Container, Sequence

from engines.embedded.part import Part
from engines.embedded.postings import SURFACE, term_hashes
from engines.embedded.suggesting import Completions
from engines.embedded.view import View
from engines.port import Schema, text_field
from language.analysis import analyzer
from language.vocabulary import Vocabulary

_REBUILD = 0.05
"""Beyond this share of changed rows, vocabulary and completions are built from all parts again. Until then words and
phrases of new rows are added, and those of dead rows still count."""


class Words:
    """The vocabularies by locale and the completions of one snapshot."""

    def __init__(self, schema: Schema, views: Sequence[View], before: "Words | None" = None) -> None:
        self._schema = schema
        self.vocabularies: dict[str, Vocabulary]
        self.completions: Completions
        self._base_words: dict[str, Vocabulary]
        self._base_completions: Completions
        self._base_rows: int
        self._base_dead: int
        self._rows: int
        rows = views[-1].part.base + views[-1].part.count if views else 0
        alive = sum(int(view.live.sum()) for view in views)
        self._dead = rows - alive
        if before and rows - before._base_rows + self._dead - before._base_dead <= _REBUILD * before._base_rows:
            self._base_rows, self._base_dead = before._base_rows, before._base_dead
            self._base_words, self._base_completions = before._base_words, before._base_completions
            if before._rows == rows:
                self.vocabularies, self.completions = before.vocabularies, before.completions
            else:
                # Parts that were merged across the border are read whole: a word counted twice is still the same word.
                new = [view for view in views if view.part.base + view.part.count > self._base_rows]
                self.vocabularies = self._vocabularies(new, views, self._base_words)
                self.completions = Completions(new, analyzer(schema.locales[0]), self._base_completions)
        else:
            self._base_rows, self._base_dead = rows, self._dead
            self._base_words = self.vocabularies = self._vocabularies(views, views, {})
            self._base_completions = self.completions = Completions(views, analyzer(schema.locales[0]))
        self._rows = rows

    def _vocabularies(
        self, views: Sequence[View], everything: Sequence[View], base: dict[str, Vocabulary]
    ) -> dict[str, Vocabulary]:
        default = self._schema.locales[0]
        found = {}
        for locale in self._schema.locales:
            counts: Counter[str] = Counter()
            for view in views:
                words, numbers = view.part.postings.counts(text_field(SURFACE, locale, default))
                counts.update(dict(zip(words, numbers.tolist(), strict=True)))
            fields = [text_field(field, locale, default) for field in self._schema.texts]
            stems = _Stems([view.part for view in everything], fields)
            found[locale] = Vocabulary(counts.items(), stems, base.get(locale))
        return found


class _Stems(Container[str]):
    """The index terms of some text fields."""

    def __init__(self, parts: Sequence[Part], fields: Sequence[str]) -> None:
        self._parts = parts
        self._fields = fields

    def __contains__(self, stem: object) -> bool:
        for field in self._fields:
            hashed = term_hashes(field, [str(stem)])
            if any(int(part.postings.find(hashed)[0]) >= 0 for part in self._parts):
                return True
        return False
