"""What learning to rank sees of each candidate: one row of numbers, the same in training and in serving."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engines.plan import TextMatch
from language.vocabulary import Vocabulary
from ranking.candidates import Candidates
from ranking.signals import ProductSignals, SignalReader

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
    candidates: Candidates, text: TextMatch | None, reader: SignalReader, words: Vocabulary, parts: Matrix
) -> Matrix:
    """Return a row for each candidate, (candidates, len(NAMES)); ``parts`` are those of the fused score, unweighed, (3,
    candidates).

    Words weigh by their rarity in the catalogue. Prices, dates and types are compared among the candidates, so that
    nothing depends on a catalogue's currency, age or names.
    """
    hits = candidates.hits
    if not hits:
        return np.empty((0, len(NAMES)))
    signals = [reader.of(hit.product) for hit in hits]
    asked = _Asked.of(text, words)
    textual = np.array([asked.match(each) for each in signals])
    order = np.argsort(-(candidates.text + candidates.words + candidates.similarity), kind="stable")
    types = [each.type_name for each in signals]
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
    """The query's words, each with the index terms that it matches by, and its weight."""

    terms: tuple[frozenset[str], ...]
    weights: tuple[float, ...]
    every: frozenset[str]

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
        title, length = product.title, max(len(product.title), 1)
        in_title = in_head = in_type = in_description = 0.0
        for terms, weight in zip(self.terms, self.weights, strict=True):
            in_title += weight * (not terms.isdisjoint(product.words))
            in_head += weight * (not terms.isdisjoint(product.head))
            in_type += weight * (not terms.isdisjoint(product.type))
            in_description += weight * (not terms.isdisjoint(product.description))
        places = [at for at, word in enumerate(title) if word in self.every]
        first = places[0] / length if places else 1.0
        together = len(places) > 1 and any(b - a == 1 for a, b in pairwise(places))
        last = bool(self.terms) and not self.terms[-1].isdisjoint(product.type)
        return (
            in_title,
            len(places) / length,
            first,
            in_type,
            len(product.type & self.every) / max(len(product.type), 1),
            float(not product.brand.isdisjoint(self.every)),
            in_description,
            float(together),
            in_head,
            float(last),
            float(length),
        )


def _shares(types: Sequence[str], rows: NDArray[np.int64]) -> Matrix:
    """Return for each candidate the share of ``rows`` that are of its type."""
    counts = Counter(types[at] for at in rows.tolist())
    whole = max(len(rows), 1)
    return np.array([counts[each] / whole for each in types])


def _means(types: Sequence[str], values: Matrix) -> Matrix:
    """Return for each candidate the mean value of its type, of what has a value."""
    _, number = np.unique(types, return_inverse=True)
    has = np.isfinite(values)
    sums = np.bincount(number[has], values[has], minlength=number.max() + 1)
    counts = np.bincount(number[has], minlength=number.max() + 1)
    found: Matrix = (sums / np.maximum(counts, 1))[number]
    return found


def _ranks(values: Matrix) -> Matrix:
    """Return each value's place from 0 (lowest) to 1."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return order / max(len(values) - 1, 1)
