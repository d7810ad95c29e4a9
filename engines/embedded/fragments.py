"""Pieces of part numbers: a suffix array over the identifiers of one part.

Each place of an identifier that at least four characters follow is kept, in the order of the eight bytes that begin
there (Manber and Myers, 1993, cut short: a longer piece is compared whole among those that begin alike). Finding a
piece takes two binary searches. GTINs lie apart: four of their digits are the same in too many of them.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array
from engines.embedded.postings import IDENTIFIERS, Postings
from engines.embedded.strings import Strings
from language.identifiers import GTIN_PIECE, SHORTEST_PIECE, is_gtin_like

_COMPARED = 8
_AFTER_ANY = b"\xff" * _COMPARED


def fragment_arrays(fields: Sequence[tuple[str, int, int]], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the two suffix arrays, of part numbers and of GTINs, of a part's posting arrays; places are counted in the
    bytes of all its terms."""
    first, last = next(((first, last) for name, first, last in fields if name == IDENTIFIERS), (0, 0))
    identifiers = Strings(arrays["terms"], arrays["terms_ends"]).slice(first, last)
    first_byte = int(arrays["terms_ends"][first])
    encoded = [each.encode() for each in identifiers]
    gtins = np.array([is_gtin_like(each) for each in identifiers], dtype=bool)
    return {
        "pieces": _suffixes(encoded, ~gtins, first_byte, SHORTEST_PIECE),
        "gtin_pieces": _suffixes(encoded, gtins, first_byte, GTIN_PIECE),
    }


def _suffixes(terms: list[bytes], kept: NDArray[np.bool_], first_byte: int, shortest: int) -> NDArray[np.int32]:
    if not kept.any():
        return np.empty(0, np.int32)
    # A zero behind each term ends the suffixes that begin in it.
    text = np.frombuffer(b"\0".join(terms) + b"\0" * (_COMPARED + 1), dtype=np.uint8)
    lengths = np.array([len(term) for term in terms], dtype=np.int64) + 1
    size = int(lengths.sum())
    key = np.zeros(size, np.uint64)
    inside = np.ones(size, bool)
    long_enough = inside
    for at in range(_COMPARED):
        byte = text[at : at + size]
        inside = inside & (byte != 0)
        key = key << np.uint64(8) | np.where(inside, byte, 0).astype(np.uint64)
        if at == shortest - 1:
            long_enough = inside
    term = np.repeat(np.arange(len(terms)), lengths)
    places = np.flatnonzero(long_enough & kept[term])
    places = places[np.argsort(key[places], kind="stable")]
    return (places - term[places] + first_byte).astype(np.int32)


class Fragments:
    """Finds the identifiers of one part that contain a piece."""

    def __init__(self, postings: Postings, arrays: Mapping[str, Array]) -> None:
        self._postings = postings
        self._suffixes = arrays["pieces"]
        self._gtins = arrays["gtin_pieces"]

    def rows(self, piece: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows with an identifier that begins with the normalised piece, and those with one that has it
        inside; a GTIN counts from eight digits on."""
        if len(piece) < SHORTEST_PIECE:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        terms, begins = self._terms(self._suffixes, piece.encode())
        if piece.isdigit() and len(piece) >= GTIN_PIECE:
            of_gtins, begin_gtins = self._terms(self._gtins, piece.encode())
            terms, begins = np.concatenate([terms, of_gtins]), np.concatenate([begins, begin_gtins])
        return self._rows_of(terms[begins]), self._rows_of(terms[~begins])

    def _rows_of(self, terms: NDArray[np.int64]) -> NDArray[np.int64]:
        rows = [self._postings.rows_of(term) for term in terms.tolist()]
        return np.unique(np.concatenate(rows)).astype(np.int64) if rows else np.empty(0, np.int64)

    def _terms(self, suffixes: Array, piece: bytes) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the terms that contain a piece, and which of them begin with it."""
        strings: Strings = self._postings.terms
        head = piece[:_COMPARED]

        def beginning(place: int) -> bytes:
            return strings.piece(place, _COMPARED)

        plain = suffixes.data
        first = bisect_left(plain, head, key=beginning)
        last = bisect_left(plain, head + _AFTER_ANY, lo=first, key=beginning)
        found = suffixes[first:last].astype(np.int64)
        if len(piece) > _COMPARED:
            whole = [strings.piece(place, len(piece)) == piece for place in found.tolist()]
            found = found[np.array(whole, dtype=bool)]
        terms = strings.entries_at(found)
        begins = strings.begins(terms) == found
        return terms, begins
