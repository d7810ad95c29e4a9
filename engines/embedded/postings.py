"""Inverted text index of one part: for each term of each field the rows that carry it, and how much each says.

BM25 (Robertson and Zaragoza, 2009) with k1 = 1.2 and b = 0.75. What a posting weighs without its term's rarity is
computed once, when it is written: tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)). The mean lengths are those
of a version's first part, so that the weights of all its parts can be compared.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engines.embedded.columns import KeyColumn, StringColumn, ends_of
from engines.embedded.container import Array
from engines.embedded.strings import Strings

K1 = 1.2
B = 0.75
_AFTER_ANY = b"\xff\xff\xff\xff"
ID = "#id"
IDENTIFIERS = "#identifiers"
SURFACE = "#surface"
"""The words as they are written, for what is typed half; with a locale behind it where it is not the default."""
PAIRS = "#pairs"
"""Neighbouring terms of the title."""
Hashes = NDArray[np.uint64]


class PostingColumn:
    """One field's terms while a part is written."""

    def __init__(self, *, scored: bool) -> None:
        self.scored = scored
        self._keys = KeyColumn()
        self._lengths = array("q", [0, 0])  # tokens, rows
        self._merged: list[NDArray[np.float32]] = []

    def add(self, row: int, terms: Sequence[str]) -> None:
        """Let a row carry terms, as often as they stand in its text."""
        self._keys.add(row, terms)
        self._lengths[0] += len(terms)
        self._lengths[1] += 1

    def add_many(self, names: Sequence[str], rows: Array, keys: Array, weights: Array | None) -> None:
        """Take the postings of another part."""
        self._keys.add_many(names, rows, keys)
        if weights is not None:
            self._merged.append(weights)

    def mean_length(self) -> float:
        """Return the tokens of a row that has any."""
        return self._lengths[0] / max(self._lengths[1], 1)

    def finish(self, mean: float) -> tuple[list[str], Array, Array, Array]:
        """Return terms in order, and postings as keys, rows and weights (empty where unscored), by key and row."""
        names, rows, keys = self._keys.finish()
        entries = keys.astype(np.int64) << 32 | rows
        if self._merged:
            order = np.argsort(entries, kind="stable")
            return names, keys[order], rows[order], np.concatenate(self._merged)[order]
        pairs, counts = np.unique(entries, return_counts=True)
        keys, found = (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
        if not self.scored:
            return names, keys, found, np.empty(0, np.float32)
        lengths = np.bincount(rows) if len(rows) else np.zeros(1)
        norm = K1 * (1.0 - B + B * lengths[found] / max(mean, 1.0))
        return names, keys, found, (counts * (K1 + 1.0) / (counts + norm)).astype(np.float32)


def posting_arrays(
    columns: Mapping[str, PostingColumn], means: Mapping[str, float]
) -> tuple[list[tuple[str, int, int]], dict[str, Array]]:
    """Return the meta data and the arrays of all fields; scored fields stand first, so that weights need no gaps."""
    terms, hashes = StringColumn(), []
    fields: list[tuple[str, int, int]] = []
    all_keys, all_rows, all_weights = [], [], []
    first = 0
    for field in sorted(columns, key=lambda name: (not columns[name].scored, name)):
        names, keys, rows, weights = columns[field].finish(means.get(field, 1.0))
        for name in names:
            encoded = name.encode()
            terms.add(encoded)
            hashes.append(term_hash(field, encoded))
        all_keys.append(keys + first)
        all_rows.append(rows)
        all_weights.append(weights)
        fields.append((field, first, first + len(names)))
        first += len(names)
    hashed = np.array(hashes, dtype=np.uint64)
    order = np.argsort(hashed, kind="stable")
    keys_ = np.concatenate(all_keys) if all_keys else np.empty(0, np.int32)
    return fields, {
        **terms.finish("terms"),
        "term_hashes": hashed[order],
        "term_order": order.astype(np.int32),
        "posting_ends": ends_of(keys_, first),
        "posting_rows": np.concatenate(all_rows) if all_rows else np.empty(0, np.int32),
        "posting_weights": np.concatenate(all_weights) if all_weights else np.empty(0, np.float32),
    }


@lru_cache(maxsize=1 << 15)
def term_hash(field: str, term: bytes) -> int:
    """Return the number that a term is looked up by."""
    return int.from_bytes(blake2b(term, digest_size=8, key=field.encode()).digest(), "little")


def term_hashes(field: str, terms: Iterable[str]) -> Hashes:
    """Return the numbers of several terms of one field."""
    return np.array([term_hash(field, term.encode()) for term in terms], dtype=np.uint64)


class Postings:
    """The text index of one part, memory-mapped."""

    def __init__(self, fields: Sequence[tuple[str, int, int]], arrays: Mapping[str, Array]) -> None:
        self.fields = {name: (first, last) for name, first, last in fields}
        self.terms = Strings(arrays["terms"], arrays["terms_ends"])
        self.ends = arrays["posting_ends"]
        self.rows = arrays["posting_rows"]
        self.weights = arrays["posting_weights"]
        self._hashes = arrays["term_hashes"]
        self._order = arrays["term_order"]
        self._plain_ends = self.ends.data

    def find(self, hashes: Hashes) -> NDArray[np.int64]:
        """Return the numbers of the terms with these hashes; -1 where this part has none."""
        if not len(self._hashes):
            return np.full(len(hashes), -1)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.where(self._hashes[at] == hashes, self._order[at], -1).astype(np.int64)

    def span(self, term: int) -> tuple[int, int]:
        """Return where the postings of a term lie."""
        return self._plain_ends[term], self._plain_ends[term + 1]

    def rows_of(self, term: int) -> NDArray[np.int32]:
        """Return the rows of a term, ascending."""
        first, last = self.span(term)
        return cast(NDArray[np.int32], self.rows[first:last])

    def rows_with_prefix(self, field: str, prefix: str) -> NDArray[np.int32]:
        """Return the rows of all terms that begin with ``prefix``, with repeats."""
        begin, end = self.fields.get(field, (0, 0))
        encoded = prefix.encode()
        first = bisect_left(range(end), encoded, lo=begin, key=self.terms.raw)
        last = bisect_left(range(end), encoded + _AFTER_ANY, lo=first, key=self.terms.raw)
        return cast(NDArray[np.int32], self.rows[self.ends[first] : self.ends[last]])

    def counts(self, field: str) -> tuple[list[str], NDArray[np.int64]]:
        """Return the terms of a field and how many rows carry each."""
        first, last = self.fields.get(field, (0, 0))
        return self.terms.slice(first, last), np.diff(self.ends[first : last + 1])
