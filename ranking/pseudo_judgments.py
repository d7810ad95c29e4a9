"""Queries with ratings made from the catalogue alone: what learning to rank starts from without clicks or judgments.

A query names a product's kind of thing, in the words of its category, of its own title, or in others that mean the
same, and often its brand, a value or words of its title. What is of the kind and has what was asked for is right; what
is of the kind alone is less so; what is of another kind is wrong, however many of the words it says.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import orjson

from engines.results import StoredProduct
from language.analysis import Analyzer
from language.noun_heads import noun_heads
from language.vocabulary import Vocabulary
from ranking.intent import EncodesNames
from ranking.other_words import other_words
from ranking.signals import ProductSignals, SignalReader

BEST = 3.0
_FEWEST_OF_TYPE, _FEWEST_CARRYING = 3, 3
_LONGEST_VALUE = 30
_OF_BRAND, _OF_VALUE, _OF_TITLE, _OTHERWISE = 0.3, 0.3, 0.2, 1 / 3
"""How often a query names a brand, a value, words of a title, and the kind of thing by another word."""


@dataclass(frozen=True, slots=True)
class PseudoQuery:
    """``text`` asks for products of the category ``type_name`` that have the index ``terms``; ``heads`` are the nouns
    that the text names the kind by."""

    text: str
    type_name: str
    heads: frozenset[str]
    terms: frozenset[str]

    def rating(self, product: ProductSignals, words: frozenset[str], heads: frozenset[str]) -> float:
        """Return how right a product is, from 0 to BEST; ``words`` are all that it says of itself, ``heads`` the nouns
        that its category is named by."""
        same = product.type_name == self.type_name
        if not same and self.heads.isdisjoint(heads):
            return 0.0
        has = len(self.terms & words) / len(self.terms) if self.terms else 1.0
        return 1.0 + (BEST - 1.0) * has if same else has


class PseudoJudge:
    """Rates candidates for pseudo-queries; what it has read of a product is kept."""

    def __init__(self, words: Analyzer, reader: SignalReader) -> None:
        self._words = words
        self._reader = reader
        self._heads: dict[str, frozenset[str]] = {}
        self._said: dict[str, frozenset[str]] = {}

    def ratings(self, query: PseudoQuery, products: Sequence[StoredProduct]) -> dict[str, float]:
        """Return the rating of each product by its id."""
        found = {}
        for product in products:
            signals = self._reader.of(product)
            found[product.id] = query.rating(signals, self._all_said(product, signals), self._named(signals.type_name))
        return found

    def _named(self, type_name: str) -> frozenset[str]:
        if type_name not in self._heads:
            self._heads[type_name] = kind_heads(type_name, self._words)
        return self._heads[type_name]

    def _all_said(self, product: StoredProduct, signals: ProductSignals) -> frozenset[str]:
        if product.id not in self._said:
            values = " ".join(_values(orjson.loads(product.document)["attributes"]))
            self._said[product.id] = frozenset((*signals.words, *signals.brand, *self._words.terms(values)))
        return self._said[product.id]


def pseudo_queries(
    products: Sequence[StoredProduct],
    words: Analyzer,
    reader: SignalReader,
    vocabulary: Vocabulary,
    encoder: EncodesNames | None,
    count: int,
    seed: int = 1,
) -> list[PseudoQuery]:
    """Return about ``count`` queries that these products could be asked for by, without repetition.

    A category is drawn by the root of its size, so that one with many products does not teach everything. With an
    ``encoder`` some queries name the kind of thing by a word of the catalogue that only means it.
    """
    random = Random(seed)  # noqa: S311
    by_type: dict[str, list[StoredProduct]] = defaultdict(list)
    for product in products:
        if name := reader.of(product).type_name:
            by_type[name].append(product)
    names = [name for name in sorted(by_type) if len(by_type[name]) >= _FEWEST_OF_TYPE]
    if not names:
        return []
    near = {} if encoder is None else other_words(names, words, vocabulary, encoder)
    others = {name: [each.word for each in found] for name, found in near.items()}
    drawn = random.choices(names, [len(by_type[name]) ** 0.5 for name in names], k=count)
    made = (
        _query(random, name, random.choice(by_type[name]), words, vocabulary, others.get(name, ())) for name in drawn
    )
    return list({query.text: query for query in made}.values())


def kind_heads(type_name: str, words: Analyzer) -> frozenset[str]:
    """Return the nouns that a category's name names its products by."""
    return frozenset(noun_heads(type_name[:1].lower() + type_name[1:], words)[:1])


def _query(
    random: Random,
    type_name: str,
    product: StoredProduct,
    words: Analyzer,
    vocabulary: Vocabulary,
    others: Sequence[str],
) -> PseudoQuery:
    content = orjson.loads(product.document)
    kind = random.choice(others) if others and random.random() < _OTHERWISE else type_name.lower()
    asked: list[str] = []
    brand = content.get("brand")
    if brand and random.random() < _OF_BRAND:
        asked.append(brand)
    if random.random() < _OF_VALUE:
        values = sorted({value for value in _values(content["attributes"]) if _is_said(value, words, vocabulary)})
        asked += random.sample(values, min(1, len(values)))
    if random.random() < _OF_TITLE:
        title = [word for word in dict.fromkeys(words.words(product.title)) if _is_said(word, words, vocabulary)]
        asked += random.sample(title, min(random.choice((1, 2)), len(title)))
    named = frozenset(words.terms(kind))
    terms = frozenset(term for text in asked for term in words.terms(text)) - named
    return PseudoQuery(" ".join((*asked, kind)).lower(), type_name, kind_heads(kind, words), terms)


def _values(attributes: Mapping[str, object]) -> Iterator[str]:
    for value in attributes.values():
        if isinstance(value, str) and len(value) <= _LONGEST_VALUE:
            yield value


def _is_said(text: str, words: Analyzer, vocabulary: Vocabulary) -> bool:
    """Say whether buyers may type it: words without digits that some products carry."""
    said = words.words(text)
    return bool(said) and all(word.isalpha() and vocabulary.count(word) >= _FEWEST_CARRYING for word in said)
