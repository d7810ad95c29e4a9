"""Product types for a catalogue that names none: found in titles, checked and completed by what products are made of.

A shop's titles tend to read "brand, model, type, features". A phrase that stands there for products of several
brands is a type. A naive Bayes model over attribute names and title words then says, by cross-validation, how
far the types can be believed, and types the products whose titles name none, where it is sure enough.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from commerce.product import Product

_WORD = re.compile(r"[^\W_]+(?:[-'/.&][^\W_]+)*")
_LONGEST = 4
_SUPPORT = 5
_CONTINUED = 0.7
_SURE = 0.7
_HASHED_FEATURES = 1 << 15
_SMOOTHING = 0.1
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class TypedProduct:
    """The type of one product: its name, how sure (0–1) and where it comes from."""

    name: str
    confidence: float
    source: Literal["title", "attribute", "inferred"]


@dataclass(frozen=True, slots=True)
class _Head:
    words: tuple[str, ...]
    spelled: tuple[str, ...]


def derive_types(products: Sequence[Product]) -> list[TypedProduct | None]:
    """Type every product of a catalogue; None where nothing is sure enough. Deterministic.

    Costs about 0.1 ms a product and, in the model, types x 32,768 numbers.
    """
    named = _by_words(products)
    if not any(named):
        return [None] * len(products)
    labels = sorted({name for name, _ in filter(None, named)})
    index = {name: at for at, name in enumerate(labels)}
    truth = np.array([index[each[0]] if each else -1 for each in named])
    features = _features(products)
    model = _Model(features, truth, len(labels))
    typed: list[TypedProduct | None] = []
    for at, each in enumerate(named):
        if each:
            typed.append(TypedProduct(each[0], round(model.agreement(int(truth[at])), 2), each[1]))
        elif (guess := model.guess(at)) and guess[1] >= _SURE:
            typed.append(TypedProduct(labels[guess[0]], round(guess[1], 2), "inferred"))
        else:
            typed.append(None)
    return typed


def type_of(product: Product, known: Iterable[str]) -> TypedProduct | None:
    """Type a single product by the types that its catalogue already knows."""
    by_words = {tuple(_WORD.findall(name.lower())): name for name in known}
    head = _head(product)
    for length in range(min(_LONGEST, len(head.words)), 0, -1):
        if name := by_words.get(head.words[:length]):
            return TypedProduct(name, _SURE, "title")
    return None


def _by_words(products: Sequence[Product]) -> list[tuple[str, Literal["title", "attribute"]] | None]:
    heads = [_head(product) for product in products]
    support: Counter[tuple[str, ...]] = Counter()
    brands: defaultdict[tuple[str, ...], set[str | None]] = defaultdict(set)
    spellings: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    stated = [_stated(product) for product in products]
    for product, head in zip(products, heads, strict=True):
        for length in range(1, len(head.words) + 1):
            gram = head.words[:length]
            support[gram] += 1
            brands[gram].add(product.brand)
            spellings[gram][" ".join(head.spelled[:length])] += 1
    for given in filter(None, stated):
        key = tuple(word.lower() for word in given)
        support[key] += 1
        spellings[key][" ".join(given)] += 1

    good = {gram for gram, count in support.items() if count >= _SUPPORT and len(brands[gram]) >= 2}
    good -= _mere_values(products, support) | _unfinished(support, good)

    result: list[tuple[str, Literal["title", "attribute"]] | None] = []
    for head, words in zip(heads, stated, strict=True):
        best: tuple[str, ...] | None = None
        for length in range(1, len(head.words) + 1):
            gram = head.words[:length]
            # A longer phrase is a type of its own only if it is a good part of the shorter one.
            if gram in good and (best is None or support[gram] >= 0.2 * support[best]):
                best = gram
        source: Literal["title", "attribute"] = "title"
        if best is None and words:
            best, source = tuple(word.lower() for word in words), "attribute"
        if best is None or support[best] < _SUPPORT:
            result.append(None)
            continue
        label = spellings[best].most_common(1)[0][0]
        result.append((label[:1].upper() + label[1:], source))
    return result


def _mere_values(products: Sequence[Product], support: Counter[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return phrases that are more often a value of some attribute ("Black", "Wireless") than a type."""
    values = Counter(
        value.lower()
        for product in products
        for name, value in product.attributes.items()
        if isinstance(value, str) and "product_type" not in name
    )
    return {gram for gram, count in support.items() if values[" ".join(gram)] > count}


def _unfinished(support: Counter[tuple[str, ...]], good: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return phrases that mostly go on to a longer type: "networking" before "networking cable"."""
    continued: Counter[tuple[str, ...]] = Counter()
    for gram in good:
        continued[gram[:-1]] += support[gram]
    return {gram for gram in good if continued[gram] >= _CONTINUED * support[gram]}


def _head(product: Product) -> _Head:
    """Return the first words behind brand and model, up to a word that is one of the product's attribute values."""
    title = product.title
    lowered = title.lower()
    if product.mpn and len(product.mpn) > 2 and (at := lowered.find(product.mpn.lower())) >= 0:
        title = title[at + len(product.mpn) :]
    elif product.brand and lowered.startswith(product.brand.lower()):
        title = title[len(product.brand) :]
    values = {v.lower() for k, v in product.attributes.items() if isinstance(v, str) and "product_type" not in k}
    words: list[str] = []
    for word in _WORD.findall(title):
        lower = word.lower()
        if len(words) == _LONGEST or lower in values or any(c.isdigit() for c in word) or len(word) < 2:
            break
        words.append(word)
    return _Head(tuple(word.lower() for word in words), tuple(words))


def _stated(product: Product) -> list[str] | None:
    stated = product.attributes.get("product_type")
    if not isinstance(stated, str):
        return None
    words = _WORD.findall(stated)
    return words if 0 < len(words) <= _LONGEST and all(word[0].isalpha() for word in words) else None


def _features(products: Sequence[Product]) -> sparse.csr_array:
    """Return products x hashed features: attribute names and title words behind the head."""
    ends = [0]
    columns: list[int] = []
    for product in products:
        names = dict.fromkeys(f"a:{name}" for name in product.attributes)
        names.update(dict.fromkeys(f"w:{word.lower()}" for word in _WORD.findall(product.title)))
        columns.extend(crc32(name.encode()) % _HASHED_FEATURES for name in names)
        ends.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_array((ones, columns, ends), shape=(len(products), _HASHED_FEATURES))


class _Model:
    """Multinomial naive Bayes, cross-validated: every product is scored by a model that did not see it."""

    def __init__(self, features: sparse.csr_array, truth: NDArray[np.int64], types: int) -> None:
        count = len(truth)
        fold = np.arange(count) % _FOLDS
        self._best = np.full(count, -1)
        margin = np.zeros(count)
        for held_out in range(_FOLDS):
            train = (fold != held_out) & (truth >= 0)
            weights, prior = _train(features[train], truth[train], types)
            rows = np.flatnonzero(fold == held_out)
            for chunk in np.array_split(rows, max(1, len(rows) // 20_000)):
                scores = features[chunk] @ weights.T + prior
                first = scores.argmax(axis=1)
                top = scores[np.arange(len(chunk)), first].copy()
                scores[np.arange(len(chunk)), first] = -np.inf
                lengths = np.diff(features[chunk].indptr).clip(min=1)
                self._best[chunk] = first
                margin[chunk] = (top - scores.max(axis=1)) / lengths if types > 1 else 1.0
        named = truth >= 0
        right = self._best == truth
        self._agreement = _smoothed_share(truth[named], right[named], types)
        self._confidence = _calibrated(margin, named, right)

    def agreement(self, label: int) -> float:
        """Return the share of a type's products that the model would have given the same type."""
        return float(self._agreement[label])

    def guess(self, at: int) -> tuple[int, float]:
        """Return the likeliest type of one product, and how often such a guess was right."""
        return int(self._best[at]), float(self._confidence[at])


def _train(
    features: sparse.csr_array, truth: NDArray[np.int64], types: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    # log P(feature | type) with additive smoothing; log P(type) from counts.
    members = sparse.csr_array((np.ones(len(truth), np.float32), (truth, np.arange(len(truth)))), (types, len(truth)))
    counts = np.asarray((members @ features).todense(), dtype=np.float32) + _SMOOTHING
    weights = np.log(counts / counts.sum(axis=1, keepdims=True))
    prior = np.log((np.bincount(truth, minlength=types) + 1) / (len(truth) + types)).astype(np.float32)
    return weights.astype(np.float32), prior


def _smoothed_share(groups: NDArray[np.int64], right: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    # Beta(1, 1) prior: a type of five products is not called certain.
    hits = np.bincount(groups, weights=right, minlength=count)
    return (hits + 1) / (np.bincount(groups, minlength=count) + 2)


def _calibrated(
    margin: NDArray[np.float64], named: NDArray[np.bool_], right: NDArray[np.bool_], bins: int = 20
) -> NDArray[np.float64]:
    """Map each margin to the accuracy that held-out products of that margin had, made monotone from below."""
    edges = np.quantile(margin[named], np.linspace(0, 1, bins + 1)[1:-1])
    place = np.searchsorted(edges, margin)
    accuracy = _smoothed_share(place[named], right[named], bins)
    return np.asarray(np.maximum.accumulate(accuracy)[place], dtype=np.float64)
