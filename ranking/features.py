"""What learning to rank sees of each candidate: one row of numbers, the same in training and in serving."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engines.plan import TextMatch
from language.vocabulary import Vocabulary
from ranking.candidates import Candidates
from ranking.signals import ProductSignals

NAMES = (
    "words", "text", "text_rank", "similarity", "similarity_of_best", "similarity_rank", "neighbourhood",
    "title_cover", "title_density", "first_in_title", "type_cover", "type_precision", "brand_asked",
    "description_cover", "phrase_in_title", "head_cover", "last_word_in_type", "title_length",
    "type_share_first", "type_share_words", "type_share_near", "type_similarity",
    "price", "price_of_type", "price_rank", "released_rank", "attributes", "description_length",
    "query_words", "hits_by_words", "best_similarity", "fused_words", "fused_meaning", "kind",
)  # fmt: skip
Matrix = NDArray[np.float64]
_FIRST = 10
_MANY = 50


def features(
    candidates: Candidates,
    text: TextMatch | None,
    signals: Sequence[ProductSignals],
    words: Vocabulary,
    parts: Matrix,
) -> Matrix:
    """Return a row for each candidate, (candidates, len(NAMES)); ``signals`` are theirs, ``parts`` those of the fused
    score, unweighed, (3, candidates).

    Words weigh by their rarity in the catalogue. Prices, dates and types are compared among the candidates, so that
    nothing depends on a catalogue's currency, age or names.
    """
    hits = candidates.hits
    if not hits:
        return np.empty((0, len(NAMES)))
    asked = _Asked.of(text, words)
    textual = np.array([asked.match(each) for each in signals])
    order = np.argsort(-(candidates.text + candidates.words + candidates.similarity), kind="stable")
    types = _numbered([each.type_name for each in signals])
    price = np.array([-1.0 if hit.product.net is None else float(hit.product.net) for hit in hits])
    price = np.where(price > 0, np.log(np.maximum(price, 1e-3)), np.nan)
    by_type = _means(types, price)
    size = len(hits)
    best = float(candidates.similarity.max(initial=0.0))
    near = np.flatnonzero(candidates.near)
    columns = [
        candidates.words,
        candidates.text,
        1.0 / (1.0 + np.where(np.arange(size) < candidates.by_words, np.arange(size), size)),
        candidates.similarity,
        candidates.similarity / max(best, 1e-9),
        _ranks(candidates.similarity),
        candidates.neighbourhood,
        *textual.T,
        _shares(types, order[:_FIRST]),
        _shares(types, np.arange(min(candidates.by_words, _MANY))),
        _shares(types, near[np.argsort(-candidates.similarity[near], kind="stable")][:_MANY]),
        _means(types, candidates.similarity),
        price - np.nanmedian(price) if np.isfinite(price).any() else np.zeros(size),
        price - by_type,
        _ranks(np.nan_to_num(price, nan=-1e9)),
        _ranks(np.array([each.released for each in signals])),
        np.log1p([each.attributes for each in signals]),
        np.log1p([len(each.description) for each in signals]),
        np.full(size, float(len(asked.terms))),
        np.full(size, np.log1p(candidates.result.total)),
        np.full(size, best),
        *parts,
    ]
    found: Matrix = np.nan_to_num(np.stack(columns, axis=1))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The query's words, each with the index terms that it matches by, and its weight; ``shares``, ``types`` and
    ``brands`` hold what was said of those met before, for candidates have few."""

    terms: tuple[frozenset[str], ...]
    weights: tuple[float, ...]
    every: frozenset[str]
    shares: dict[frozenset[str], float] = field(default_factory=dict)
    types: dict[frozenset[str], tuple[float, float, float]] = field(default_factory=dict)
    brands: dict[frozenset[str], float] = field(default_factory=dict)

    @classmethod
    def of(cls, text: TextMatch | None, words: Vocabulary) -> "_Asked":
        if text is None:
            return cls((), (), frozenset())
        terms = tuple(frozenset(form for form, _ in word.forms) for word in text.words)
        rarity = [1.0 / np.log(np.e + words.count(word.text)) for word in text.words]
        whole = sum(rarity) or 1.0
        return cls(terms, tuple(each / whole for each in rarity), frozenset().union(*terms))

    def match(self, product: ProductSignals) -> tuple[float, ...]:
        """Return how the words stand in one product's texts, in the order of NAMES."""
        length = max(len(product.title), 1)
        in_title = in_head = density = together = 0.0
        first = 1.0
        if found := self.every & product.words:
            in_title = self._share(found)
            in_head = self._cover(product.head)
            places = [at for at, word in enumerate(product.title) if word in found]
            density = len(places) / length
            first = places[0] / length
            together = float(any(b - a == 1 for a, b in pairwise(places)))
        in_type, precision, last = self._type(product.type)
        brand = self.brands.get(product.brand)
        if brand is None:
            brand = self.brands[product.brand] = float(not product.brand.isdisjoint(self.every))
        in_description = self._cover(product.description)
        return in_title, density, first, in_type, precision, brand, in_description, together, in_head, last, length

    def _cover(self, text: frozenset[str]) -> float:
        """Return the share of the query, by weight, that a text has."""
        return self._share(self.every & text)

    def _share(self, found: frozenset[str]) -> float:
        known = self.shares.get(found)
        if known is None:
            pairs = zip(self.terms, self.weights, strict=True)
            known = sum((weight for terms, weight in pairs if not terms.isdisjoint(found)), 0.0)
            self.shares[found] = known
        return known

    def _type(self, name: frozenset[str]) -> tuple[float, float, float]:
        known = self.types.get(name)
        if known is None:
            last = bool(self.terms) and not self.terms[-1].isdisjoint(name)
            precision = len(name & self.every) / max(len(name), 1)
            known = self.types[name] = (self._cover(name), precision, float(last))
        return known


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Return a number for each name, from 0, the same for equal ones."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(each, len(numbers)) for each in names])


def _shares(types: NDArray[np.int64], rows: NDArray[np.int64]) -> Matrix:
    """Return for each candidate the share of ``rows`` that are of its type."""
    counts = np.bincount(types[rows], minlength=int(types.max()) + 1)
    found: Matrix = (counts / max(len(rows), 1))[types]
    return found


def _means(types: NDArray[np.int64], values: Matrix) -> Matrix:
    """Return for each candidate the mean value of its type, of what has a value."""
    has, size = np.isfinite(values), int(types.max()) + 1
    sums = np.bincount(types[has], values[has], minlength=size)
    counts = np.bincount(types[has], minlength=size)
    found: Matrix = (sums / np.maximum(counts, 1))[types]
    return found


def _ranks(values: Matrix) -> Matrix:
    """Return each value's place from 0 (lowest) to 1."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return order / max(len(values) - 1, 1)
