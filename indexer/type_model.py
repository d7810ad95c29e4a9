"""A naive Bayes model of product types over what products are made of, cross-validated to say how far it can be
believed.

Multinomial, over hashed attribute names and title words, with additive smoothing.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from commerce.product import Product

WORD = re.compile(r"[^\W_]+(?:[-'/.&][^\W_]+)*")
_HASHED_FEATURES = 1 << 15
_SMOOTHING = 0.1
_FOLDS = 3
_CHUNK_NUMBERS = 40_000_000


def features_of(product: Product) -> "array[int]":
    """Return the hashed features of one product, each once."""
    names = dict.fromkeys(f"a:{name}" for name in product.attributes)
    names.update(dict.fromkeys(f"w:{word.lower()}" for word in WORD.findall(product.title)))
    return array("i", dict.fromkeys(crc32(name.encode()) % _HASHED_FEATURES for name in names))


class TypeModel:
    """Guesses the type of a product that names none.

    ``truth`` are the types of the sampled products by number, -1 where one names none; training costs about 0.1 ms a
    product, and memory is types x 32,768 numbers of four bytes.
    """

    def __init__(self, features: "Sequence[array[int]]", truth: NDArray[np.int64], types: int) -> None:
        rows = _matrix(features)
        best, margin = _cross_validated(rows, truth, types)
        named = truth >= 0
        right = best == truth
        self._agreement = _smoothed_share(truth[named], right[named], types)
        self._edges, self._accuracy = _calibrate(margin[named], right[named])
        self._types = types
        weights, self._prior = _train(rows[named], truth[named], types)
        self._weights = np.ascontiguousarray(weights.T)

    def agreement(self, label: int) -> float:
        """Return the share of a type's products that a model which did not see them gives the same type."""
        return float(self._agreement[label])

    def guess(self, features: "array[int]") -> tuple[int, float]:
        """Return the likeliest type of one product, and how often a guess of this margin was right."""
        scores = self._weights[np.frombuffer(features, dtype=np.int32)].sum(axis=0) + self._prior
        best = int(scores.argmax())
        first = float(scores[best])
        scores[best] = -np.inf
        margin = (first - float(scores.max())) / max(len(features), 1) if self._types > 1 else 1.0
        return best, float(self._accuracy[np.searchsorted(self._edges, margin)])


def _matrix(features: "Sequence[array[int]]") -> sparse.csr_array:
    ends = np.zeros(len(features) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in features], out=ends[1:])
    columns = array("i")
    for each in features:
        columns.extend(each)
    ones = np.ones(len(columns), dtype=np.float32)
    indices = np.frombuffer(columns, dtype=np.int32)
    return sparse.csr_array((ones, indices, ends), shape=(len(features), _HASHED_FEATURES))


def _cross_validated(
    rows: sparse.csr_array, truth: NDArray[np.int64], types: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each product's likeliest type by a model that did not see it, and by how much it leads, a feature."""
    fold = np.arange(len(truth)) % _FOLDS
    best, margin = np.full(len(truth), -1), np.zeros(len(truth))
    for held_out in range(_FOLDS):
        train = (fold != held_out) & (truth >= 0)
        weights, prior = _train(rows[train], truth[train], types)
        for chunk in _chunks(np.flatnonzero(fold == held_out), types):
            scores = rows[chunk] @ weights.T + prior
            first = scores.argmax(axis=1)
            top = scores[np.arange(len(chunk)), first].copy()
            scores[np.arange(len(chunk)), first] = -np.inf
            lengths = np.diff(rows[chunk].indptr).clip(min=1)
            best[chunk] = first
            margin[chunk] = (top - scores.max(axis=1)) / lengths if types > 1 else 1.0
    return best, margin


def _chunks(rows: NDArray[np.int64], types: int) -> Iterator[NDArray[np.int64]]:
    size = max(_CHUNK_NUMBERS // types, 1)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _train(
    rows: sparse.csr_array, truth: NDArray[np.int64], types: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    # log P(feature | type) with additive smoothing; log P(type) from counts.
    members = sparse.csr_array((np.ones(len(truth), np.float32), (truth, np.arange(len(truth)))), (types, len(truth)))
    counts = np.asarray((members @ rows).todense(), dtype=np.float32) + np.float32(_SMOOTHING)
    weights = np.log(counts / counts.sum(axis=1, keepdims=True))
    prior = np.log((np.bincount(truth, minlength=types) + 1) / (len(truth) + types)).astype(np.float32)
    return weights.astype(np.float32), prior


def _smoothed_share(groups: NDArray[np.int64], right: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    # Beta(1, 1) prior: a type of five products is not called certain.
    hits = np.bincount(groups, weights=right, minlength=count)
    return (hits + 1) / (np.bincount(groups, minlength=count) + 2)


def _calibrate(
    margin: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 20
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return edges of margins and, between them, the accuracy that held-out products had, made monotone from below."""
    edges = np.quantile(margin, np.linspace(0, 1, bins + 1)[1:-1])
    accuracy = _smoothed_share(np.searchsorted(edges, margin), right, bins)
    return edges, np.maximum.accumulate(accuracy)
