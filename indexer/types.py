"""Product types for a catalogue that names none: found in titles, checked and completed by what products are made of.

A shop's titles tend to read "brand, model, type, features". A phrase that stands there for products of several
brands is a type. A model over attribute names and title words then says, by cross-validation, how far the types can be
believed, and types the products whose titles name none, where it is sure enough.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np

from commerce.product import Product
from indexer.type_model import WORD, TypeModel, features_of

_LONGEST = 4
_SUPPORT = 5
_CONTINUED = 0.7
_SURE = 0.7
_LONGEST_VALUE = 60
_SAMPLE = 60_000
_MOST_PHRASES = 2_000_000
"""Beyond so many phrases those that were seen once are forgotten: lossy counting (Manku and Motwani, 2002)."""
Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypedProduct:
    """The type of one product: its name, how sure (0–1) and where it comes from."""

    name: str
    confidence: float
    source: Literal["title", "attribute", "inferred"]


@dataclass(frozen=True, slots=True)
class _Head:
    words: Gram
    spelled: Gram


class ProductTypes:
    """The types of one catalogue: types each of its products by itself."""

    def __init__(self, support: Mapping[Gram, int], good: set[Gram], labels: Mapping[Gram, str]) -> None:
        self._support = support
        self._good = good
        self._labels = labels
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._model: TypeModel | None = None

    def train(self, heads: Sequence[tuple[_Head, list[str] | None, "array[int]"]]) -> None:
        """Learn from a sample of the catalogue what the products of each type are made of."""
        named = [self._named(head, stated) for head, stated, _ in heads]
        self._names = sorted({each[0] for each in named if each})
        self._numbers = {name: at for at, name in enumerate(self._names)}
        if self._names:
            truth = np.array([self._numbers[each[0]] if each else -1 for each in named])
            self._model = TypeModel([features for _, _, features in heads], truth, len(self._names))

    def of(self, product: Product) -> TypedProduct | None:
        """Type one product; None where nothing is sure enough. Deterministic."""
        if self._model is None:
            return None
        if named := self._named(_head(product), _stated(product)):
            number = self._numbers.get(named[0])
            confidence = 0.5 if number is None else self._model.agreement(number)
            return TypedProduct(named[0], round(confidence, 2), named[1])
        label, confidence = self._model.guess(features_of(product))
        return TypedProduct(self._names[label], round(confidence, 2), "inferred") if confidence >= _SURE else None

    def _named(self, head: _Head, stated: list[str] | None) -> tuple[str, Literal["title", "attribute"]] | None:
        """Return the type that title or attribute name, and which of the two does."""
        best: Gram | None = None
        begun = False
        for length in range(1, len(head.words) + 1):
            gram = head.words[:length]
            is_good = gram in self._good
            begun |= is_good
            if _goes_on(head.spelled, length):
                continue
            # A longer phrase is a type of its own only if it is a good part of the shorter one; one that goes on from a
            # type in small letters is another thing, even if a single brand has it.
            if best is None:
                best = gram if is_good or (begun and gram in self._support) else None
            elif is_good and self._support[gram] >= 0.2 * self._support[best]:
                best = gram
        if best is not None:
            return self._labels[best], "title"
        if stated and (words := tuple(word.lower() for word in stated)) in self._labels:
            return self._labels[words], "attribute"
        return None


class TypeLearner:
    """Learns a catalogue's types from its products, one at a time; memory does not grow with the catalogue."""

    def __init__(self) -> None:
        self._support: Counter[Gram] = Counter()
        self._brands: dict[Gram, str | None] = {}
        self._several: set[Gram] = set()
        self._spellings: dict[Gram, Counter[str]] = {}
        self._values: Counter[str] = Counter()
        self._sample: list[tuple[_Head, list[str] | None, array[int]]] = []
        self._seen = 0
        self._random = Random(0)  # noqa: S311

    def add(self, product: Product) -> None:
        """Count one product."""
        head, stated = _head(product), _stated(product)
        for length in range(1, len(head.words) + 1):
            gram = head.words[:length]
            if gram not in self._several and self._brands.setdefault(gram, product.brand) != product.brand:
                self._several.add(gram)
            self._count(gram, head.spelled[:length])
        if stated:
            self._count(tuple(word.lower() for word in stated), stated)
        for name, value in product.attributes.items():
            if isinstance(value, str) and len(value) <= _LONGEST_VALUE and "product_type" not in name:
                self._values[value.lower()] += 1
        self._keep(product, head, stated)
        if max(len(self._support), len(self._values)) > _MOST_PHRASES:
            self._forget_rare()

    def build(self) -> ProductTypes:
        """Return the types."""
        support = {gram: count for gram, count in self._support.items() if count >= _SUPPORT}
        good = support.keys() & self._several
        good -= {gram for gram in good if self._values[" ".join(gram)] > support[gram]} | _unfinished(support, good)
        labels = {gram: _label(self._spellings[gram]) for gram in support}
        types = ProductTypes(support, good, labels)
        types.train(self._sample)
        return types

    def _count(self, gram: Gram, spelled: Iterable[str]) -> None:
        self._support[gram] += 1
        spellings = self._spellings.get(gram)
        if spellings is None:
            spellings = self._spellings[gram] = Counter()
        spellings[" ".join(spelled)] += 1

    def _keep(self, product: Product, head: _Head, stated: list[str] | None) -> None:
        """Keep an even sample of all products seen (Vitter's algorithm R, 1985)."""
        self._seen += 1
        at = len(self._sample) if len(self._sample) < _SAMPLE else self._random.randrange(self._seen)
        if at < _SAMPLE:
            self._sample[at : at + 1] = [(head, stated, features_of(product))]

    def _forget_rare(self) -> None:
        for gram in [gram for gram, count in self._support.items() if count == 1]:
            del self._support[gram], self._spellings[gram]
            self._brands.pop(gram, None)
            self._several.discard(gram)
        self._values = Counter({value: count for value, count in self._values.items() if count > 1})


def derive_types(products: Sequence[Product]) -> list[TypedProduct | None]:
    """Type every product of a catalogue; None where nothing is sure enough. Deterministic."""
    learner = TypeLearner()
    for product in products:
        learner.add(product)
    types = learner.build()
    return [types.of(product) for product in products]


def type_of(product: Product, known: Iterable[str]) -> TypedProduct | None:
    """Type a single product by the types that its catalogue already knows."""
    by_words = {tuple(WORD.findall(name.lower())): name for name in known}
    head = _head(product)
    for length in range(min(_LONGEST, len(head.words)), 0, -1):
        if name := by_words.get(head.words[:length]):
            return TypedProduct(name, _SURE, "title")
    return None


def _label(spellings: Counter[str]) -> str:
    label = spellings.most_common(1)[0][0]
    return label[:1].upper() + label[1:]


def _unfinished(support: Mapping[Gram, int], good: set[Gram]) -> set[Gram]:
    """Return phrases that mostly go on to a longer type: "networking" before "networking cable"."""
    continued: Counter[Gram] = Counter()
    for gram in good:
        continued[gram[:-1]] += support[gram]
    return {gram for gram in good if continued[gram] >= _CONTINUED * support[gram]}


def _goes_on(words: Sequence[str], length: int) -> bool:
    """Say whether a phrase is only the beginning of a longer name: the next word is written in small letters as its own
    are, as in "notebook stand"; a feature such as "Black" begins with a capital there."""
    return length < len(words) and words[length - 1].islower() and words[length].islower()


def _head(product: Product) -> _Head:
    """Return the first words behind brand and model, up to a word that is one of the product's attribute values."""
    title = product.title
    lowered = title.lower()
    if product.mpn and len(product.mpn) > 2 and (at := lowered.find(product.mpn.lower())) >= 0:
        title = title[at + len(product.mpn) :]
    elif product.brand and lowered.startswith(product.brand.lower()):
        title = title[len(product.brand) :]
    values: set[str] | None = None
    words: list[str] = []
    for match in WORD.finditer(title):
        word = match[0]
        lower = word.lower()
        if len(words) == _LONGEST or any(c.isdigit() for c in word) or len(word) < 2:
            break
        if values is None:
            attributes = product.attributes.items()
            values = {v.lower() for k, v in attributes if isinstance(v, str) and "product_type" not in k}
        if lower in values:
            break
        words.append(word)
    return _Head(tuple(word.lower() for word in words), tuple(words))


def _stated(product: Product) -> list[str] | None:
    stated = product.attributes.get("product_type")
    if not isinstance(stated, str):
        return None
    words = WORD.findall(stated)
    return words if 0 < len(words) <= _LONGEST and all(word[0].isalpha() for word in words) else None
