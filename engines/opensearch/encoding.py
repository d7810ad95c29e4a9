"""How the values of thousands of fields lie in a constant number of index fields.

A catalogue numbers its fields. A value is one term, the field's number and the value: ``1c=Black``. Numbers are written
so that the order of their terms is the order of the numbers, sixteen hexadecimal digits of the IEEE double with its
sign turned. The cluster so has one field for all names, one for all texts and one for all numbers, and a range, a
count or a sort is about the terms that begin alike.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from language.filters.tree import Scalar

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_HEX_DIGITS = 16
_SIGN = 1 << 63
_ALL = (1 << 64) - 1
SEPARATOR = "="
AFTER_SEPARATOR = ">"
"""The sign after the separator: where the terms of a field end."""


def number_name(number: int) -> str:
    """Return a field's number as it stands in terms: in base 36."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits


def text_term(field: str, value: Scalar) -> str:
    """Return the term of a text or Boolean value."""
    return f"{field}{SEPARATOR}{spelling(value)}"


def number_term(field: str, value: float) -> str:
    """Return the term of a number."""
    return f"{field}{SEPARATOR}{sortable(value)}"


def spelling(value: Scalar) -> str:
    """Return how a value is written in a term."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def sortable(value: float) -> str:
    """Return sixteen hexadecimal digits that sort as the numbers do; both zeros are the same."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", value + 0.0))
    return f"{bits ^ (_ALL if bits & _SIGN else _SIGN):016x}"


def field_of(term: str) -> str:
    """Return the field's number of a term that ``number_term`` wrote."""
    return term[: -_HEX_DIGITS - 1]


def numbers_of(terms: Sequence[str]) -> NDArray[np.float64]:
    """Return the numbers of terms that ``number_term`` wrote."""
    bits = np.frombuffer(bytes.fromhex("".join([term[-_HEX_DIGITS:] for term in terms])), ">u8").astype(np.uint64)
    sign = np.uint64(_SIGN)
    restored = np.where(bits & sign, bits ^ sign, ~bits)
    return restored.view(np.float64)


def numbering(kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the number of each field: its place in the schema, to which fields are only ever added."""
    return {name: number_name(at) for at, name in enumerate(kinds)}
