"""Products that read alike: for those that nobody bought yet."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp

_WORD = re.compile(r"\w{3,}")
_COMMON = 0.1


def content_similarity(texts: Sequence[str]) -> sp.csr_matrix:
    """Return the cosine of the texts' words weighed by rarity (items × items, sparse); words that more than a tenth
    of the texts share do not count."""
    words = [set(_WORD.findall(text.lower())) for text in texts]
    counts: dict[str, int] = {}
    for some in words:
        for word in some:
            counts[word] = counts.get(word, 0) + 1
    most = max(_COMMON * len(texts), 2)
    numbers = {word: number for number, word in enumerate(sorted(w for w, n in counts.items() if 1 < n <= most))}
    matrix = _weighed(words, numbers, counts)
    return sp.csr_matrix(matrix @ matrix.T)


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
