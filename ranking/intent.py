"""What kind of thing a query asks for, and of which brand, by the catalogue's own categories and brands.

A category is meant if the query's last noun is what the category's name names: "notebook" means notebooks, and not the
cases for them, whose name only begins with that word. Where no name has it, an encoder says which name means the same:
"laptop" means notebooks too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log1p
from typing import Protocol

import numpy as np

from engines.plan import Boost, FacetRequest, SearchPlan, TextMatch, Word
from engines.port import SearchIndex
from language.analysis import Analyzer
from language.encoder import Vectors
from language.filters.tree import In
from language.noun_heads import before_purpose, noun_heads
from language.vocabulary import Vocabulary
from ranking.understanding import Understanding

_MOST = 3_000
_SEPARATOR = " > "
_SURELY = 0.6
"""A form of a word that weighs less is another thing: a compound that is only made with it, a sibling, a synonym."""
_SAME_MEANING = 0.7
_AS_NEAR = 0.06
_NAMED, _BY_MEANING, _OF_BRAND = 0.5, 1.5, 0.25
"""What a boost adds, as a share of what the rarest word earns in the title. Where another word means a category, the
words alone lead astray, so that its products must rise further."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category by its path, the index terms of its last name and those of them that say what its products are.

    ``bare`` is the one of them that stands alone, in front of features: "server" in "Server Intel Xeon", none in "Print
    server".
    """

    path: str
    words: frozenset[str]
    heads: frozenset[str]
    bare: str | None
    products: int


@dataclass(frozen=True, slots=True)
class Intent:
    """What was understood: ``category`` is the likeliest path and ``categories`` the paths meant, each with its weight
    in (0, 1], the likeliest 1; ``by_meaning`` says that their names only mean what the query does.

    ``brands`` are values of the field. ``heads`` are the index terms of the noun that says what is wanted, none where a
    query has no noun.
    """

    category: str | None = None
    categories: Mapping[str, float] | None = None
    by_meaning: bool = False
    brands: tuple[str, ...] = ()
    heads: frozenset[str] = frozenset()


NO_INTENT = Intent()


class EncodesNames(Protocol):
    """What gives short texts vectors of unit length, (texts, dimensions), or zeros where they mean nothing to it."""

    def vectors(self, texts: Sequence[str]) -> Vectors: ...


class IntentReader:
    """Reads intents by one catalogue's categories and brands in its default locale; safe for concurrent use."""

    def __init__(
        self,
        categories: Sequence[Category],
        brands: Mapping[tuple[str, ...], str],
        encoder: EncodesNames | None = None,
    ) -> None:
        self._categories = categories
        self._brands = brands
        self._longest = max(map(len, brands), default=0)
        self._encoder = encoder if categories else None
        names = [each.path.rsplit(_SEPARATOR, 1)[-1] for each in categories]
        self._vectors = None if self._encoder is None else self._encoder.vectors(names)

    def read(self, words: Sequence[Word], vocabulary: Vocabulary) -> Intent:
        """Read the words of a plan. Quantities say nothing of the kind of thing, nor do units that nobody knows."""
        said = [
            word for word, before in zip(words, (None, *words), strict=False) if _may_name(word, before, vocabulary)
        ]
        said = said[: len(before_purpose([word.text for word in said]))]
        brands, wanted = self._without_brands(said)
        if not wanted:
            return Intent(brands=brands)
        heads = _sure(wanted[-1])
        similar = self._similar(wanted)
        named = self._named(wanted, heads, similar)
        scores = named or self._alike(heads, similar)
        if not scores:
            return Intent(brands=brands, heads=heads)
        best = max(scores.values())
        near = {at: 1.0 - (best - score) / (2 * _AS_NEAR) for at, score in scores.items()}
        weights = {self._categories[at].path: near[at] for at in scores if near[at] >= 0.5}
        first = max(scores, key=lambda at: (scores[at], self._categories[at].products))
        return Intent(self._categories[first].path, weights, not named, brands, heads)

    def _without_brands(self, words: Sequence[Word]) -> tuple[tuple[str, ...], list[Word]]:
        """Return the brands named, and the words that name none; the longest name first."""
        terms = [word.forms[0][0] for word in words]
        found: dict[str, None] = {}
        left: list[Word] = []
        at = 0
        while at < len(words):
            lengths = range(min(self._longest, len(words) - at), 0, -1)
            length = next((each for each in lengths if tuple(terms[at : at + each]) in self._brands), 0)
            if length:
                found[self._brands[tuple(terms[at : at + length])]] = None
            else:
                left.append(words[at])
            at += max(length, 1)
        return tuple(found), left

    def _similar(self, wanted: Sequence[Word]) -> Vectors:
        """Return how near each category's name is in meaning to the words or to their stems, (categories,): names are
        in the singular, and queries often are not."""
        if self._encoder is None or self._vectors is None:
            return np.zeros(len(self._categories), np.float32)
        said, stems = " ".join(word.text for word in wanted), " ".join(word.forms[0][0] for word in wanted)
        similar: Vectors = (self._encoder.vectors([said, stems]) @ self._vectors.T).max(axis=0)
        return similar

    def _named(self, wanted: Sequence[Word], heads: frozenset[str], similar: Vectors) -> dict[int, float]:
        """Return the categories that the noun names, by number, each with a score.

        The score is the share of the words that the name has, and decides between equals by how little else the name
        says and by its meaning.
        """
        sure = [_sure(word) for word in wanted]
        found = {}
        for at, each in enumerate(self._categories):
            if heads.isdisjoint(each.heads):
                continue
            covered = sum(not terms.isdisjoint(each.words) for terms in sure) / len(sure)
            asked = sum(any(word in terms for terms in sure) for word in each.words) / max(len(each.words), 1)
            is_bare = each.bare is not None and each.bare in heads
            found[at] = covered + 0.1 * max(asked, is_bare) + 0.2 * float(similar[at])
        return found

    def _alike(self, heads: frozenset[str], similar: Vectors) -> dict[int, float]:
        """Return the categories whose name means the same, by number, but for those that only begin with the noun."""
        near = np.flatnonzero(similar >= _SAME_MEANING).tolist()
        return {at: float(similar[at]) for at in near if heads.isdisjoint(self._categories[at].words)}


def intent_reader(index: SearchIndex, analyzer: Analyzer, encoder: EncodesNames | None) -> IntentReader:
    """Return the reader for what an index holds now; costs one browsing search and a vector for each category."""
    # A catalogue may name no category or no brand.
    asked = tuple(FacetRequest(name, _MOST) for name in ("category", "brand") if name in index.fields())
    plan = SearchPlan(facets=asked, limit=0)
    values = {facet.field: facet.values for facet in index.search(plan).facets}
    categories = [_category(str(each.value), each.count, analyzer) for each in values.get("category", ())]
    brands = {tuple(analyzer.terms(str(each.value))): str(each.value) for each in values.get("brand", ())}
    return IntentReader(categories, {terms: brand for terms, brand in brands.items() if terms}, encoder)


def preferring(
    understood: Understanding,
    reader: IntentReader | None,
    vocabulary: Vocabulary,
    products: int,
    strength: float = 1.0,
) -> tuple[Understanding, Intent]:
    """Return a query with the boosts of its intent in its plan, ``strength`` times the usual, and the intent."""
    if understood.text is None or reader is None:
        return understood, NO_INTENT
    intent = reader.read(understood.text.words, vocabulary)
    preferred = _boosts(intent, understood.text, vocabulary, products, strength)
    return replace(understood, text=replace(understood.text, boosts=preferred)), intent


def _boosts(
    intent: Intent, text: TextMatch, vocabulary: Vocabulary, products: int, strength: float
) -> tuple[Boost, ...]:
    """Return what a plan prefers for an intent: so much that what is named stands before what only mentions it.

    The measure is what the rarest of the query's words earns in the title.
    """
    counts = [vocabulary.count(word.text) for word in text.words if word.forms]
    # The same rarity as in the engines: log(1 + (N - n + 0.5) / (n + 0.5)).
    rarest = max(
        (log1p((products - count + 0.5) / (count + 0.5)) for count in counts if count <= products), default=1.0
    )
    measure = strength * max(text.fields.values(), default=1.0) * rarest
    found = []
    if intent.categories:
        found.append(
            Boost(In("category", tuple(intent.categories)), (_BY_MEANING if intent.by_meaning else _NAMED) * measure)
        )
    if intent.brands and (intent.heads or intent.categories):
        found.append(Boost(In("brand", intent.brands), _OF_BRAND * measure))
    return tuple(found)


def _may_name(word: Word, before: Word | None, vocabulary: Vocabulary) -> bool:
    if not word.forms or word.condition is not None or word.text[:1].isdigit():
        return False
    is_unit = before is not None and before.text.isdigit()
    return not is_unit or vocabulary.count(word.text) > 0


def _sure(word: Word) -> frozenset[str]:
    return frozenset(form for form, weight in word.forms if weight >= _SURELY)


def _category(path: str, products: int, analyzer: Analyzer) -> Category:
    name = path.rsplit(_SEPARATOR, 1)[-1]
    # A label's first letter is a capital because it is the first. What follows the first phrase are features.
    first = noun_heads(name[:1].lower() + name[1:], analyzer)[:1]
    terms = analyzer.terms(name)
    heads = frozenset((*first, *_acronyms(analyzer.words(name), analyzer)))
    return Category(path, frozenset(terms), heads, terms[0] if terms and terms[0] in first else None, products)


def _acronyms(words: Sequence[str], analyzer: Analyzer) -> Iterator[str]:
    """Yield the terms that repeat what stands before them by its initials: "Uninterruptible power supply UPS"."""
    for at, word in enumerate(words):
        if 1 < len(word) <= at and word == "".join(each[0] for each in words[at - len(word) : at]):
            yield analyzer.term(word)
