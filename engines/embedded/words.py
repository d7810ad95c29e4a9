"""What a snapshot knows of its catalogue's words and phrases, kept up with changes without building it anew."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from engines.embedded.part import Part, gather
from engines.embedded.postings import SURFACE, term_hashes
from engines.embedded.suggesting import Completions
from engines.embedded.view import View
from engines.port import Schema, text_field
from language.analysis import analyzer
from language.vocabulary import Vocabulary

_REBUILD = 0.05
"""Beyond this share of changed rows, vocabulary and completions are built from all parts again. Until then words and
phrases of new rows are added, and those of dead rows still count."""
_FRESH = 2_000
"""So many of the newest rows are read again with every commit; older new rows have a level of their own."""


@dataclass(frozen=True, slots=True)
class _Level:
    """The words of all rows below ``rows``, on top of those of the level before."""

    rows: int
    vocabularies: dict[str, Vocabulary]
    completions: Completions


class Words:
    """The vocabularies by locale and the completions of one snapshot.

    They are built in up to three levels: all rows of a rebuild, those that came since, and the newest of these.
    """

    def __init__(self, schema: Schema, views: Sequence[View], before: "Words | None" = None) -> None:
        self._schema = schema
        self._views = views
        self._base: int
        self._base_dead: int
        rows = views[-1].part.base + views[-1].part.count if views else 0
        dead = rows - sum(int(view.live.sum()) for view in views)
        if before is None or rows - before._base + dead - before._base_dead > _REBUILD * before._base:
            self._base, self._base_dead = rows, dead
            self._levels = [self._level(0, rows, [])]
        else:
            self._base, self._base_dead = before._base, before._base_dead
            self._levels = self._grown(rows, before._levels)
        self.vocabularies = self._levels[-1].vocabularies
        self.completions = self._levels[-1].completions

    def _grown(self, rows: int, levels: list[_Level]) -> list[_Level]:
        if rows == levels[-1].rows:
            return levels
        kept = levels[:2]
        if rows - kept[-1].rows > _FRESH:
            kept = levels[:1]
        return [*kept, self._level(kept[-1].rows, rows, kept)]

    def _level(self, first: int, rows: int, below: list[_Level]) -> _Level:
        # Parts that were merged across the border are read whole: a word counted twice is still the same word.
        views = [view for view in self._views if view.part.base + view.part.count > first]
        base = below[-1] if below else None
        default = self._schema.locales[0]
        vocabularies = {}
        for locale in self._schema.locales:
            counts: Counter[str] = Counter()
            for view in views:
                words, numbers = view.part.postings.counts(text_field(SURFACE, locale, default))
                counts.update(dict(zip(words, numbers.tolist(), strict=True)))
            fields = [text_field(field, locale, default) for field in self._schema.texts]
            stems = _Stems([view.part for view in self._views], fields)
            vocabularies[locale] = Vocabulary(counts.items(), stems, base.vocabularies[locale] if base else None)
        return _Level(rows, vocabularies, Completions(views, analyzer(default), base.completions if base else None))


class VisibleVocabulary(Vocabulary):
    """The words of another vocabulary that stand in products which a buyer sees, so that none is given away."""

    def __init__(self, words: Vocabulary, views: Sequence[View], surface: str, fields: Sequence[str]) -> None:
        super().__init__((), (), words)
        self._views = views
        self._surface = surface
        self._fields = fields

    def count(self, word: str) -> int:
        """Return how many products that the buyer sees carry ``word``."""
        return self._carriers(self._surface, word)

    def knows(self, word: str, stem: str) -> bool:
        """Say whether the buyer's products use the word in any inflection."""
        return self.count(word) > 0 or any(self._carriers(field, stem) for field in self._fields)

    def prefix_count(self, prefix: str) -> int:
        """Return the summed counts of the words of the buyer's products that begin with ``prefix``, itself included."""
        return self._carriers(self._surface, *self.beginning(prefix))

    def _carriers(self, field: str, *terms: str) -> int:
        """Count the products that the buyer sees by each of some terms that they carry."""
        hashed = term_hashes(field, terms)
        count = 0
        for view in self._views:
            postings = view.part.postings
            found = postings.find(hashed)
            rows = gather(postings.ends, postings.rows, found[found >= 0])
            count += int(np.count_nonzero(view.live[rows]))
        return count


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
