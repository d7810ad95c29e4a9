"""Products that read alike: for those that nobody bought yet."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from recommender.models.neighbours import Neighbours
from recommender.models.products import strongest_in

_WORD = re.compile(r"\w{3,}")
_COMMON, _MOST = 0.1, 3_000
_KEPT = 50


def content_similarity(texts: Sequence[str]) -> Neighbours:
    """Return the cosine of the texts' words weighed by rarity; words that more than a tenth of the texts or 3,000 of
    them share do not count: each costs the square of that."""
    words = [set(_WORD.findall(text.lower())) for text in texts]
    counts: dict[str, int] = {}
    for some in words:
        for word in some:
            counts[word] = counts.get(word, 0) + 1
    most = min(max(_COMMON * len(texts), 2), _MOST)
    numbers = {word: number for number, word in enumerate(sorted(w for w, n in counts.items() if 1 < n <= most))}
    matrix = _weighed(words, numbers, counts)
    equal = np.ones(len(texts))
    return strongest_in(matrix, sp.csr_matrix(matrix.T), equal, equal, _KEPT)


def _weighed(words: Sequence[set[str]], numbers: Mapping[str, int], counts: Mapping[str, int]) -> sp.csr_matrix:
    rows, columns, values = [], [], []
    for row, some in enumerate(words):
        for word in sorted(some):
            if word in numbers:
                rows.append(row)
                columns.append(numbers[word])
                values.append(np.log(len(words) / counts[word]))
    shape = (len(words), max(len(numbers), 1))
    matrix = sp.csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=shape)
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(norm, 1e-6)) @ matrix)
