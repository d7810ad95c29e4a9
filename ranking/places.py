"""Where a page begins in an answer whose first hits are not in the engine's order, as an opaque cursor.

The first hits stand in an order of their own; behind them follows what the engine finds without them.
"""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from engines.port import InvalidCursor
from language.filters.tree import And, Filter, In, Not

_LONGEST = 50_000
_DEEPEST = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind so many of the first hits ``shown``, or ``beyond`` them at the engine's cursor, with
    the ids of the first hits."""

    shown: int
    beyond: str | None = None
    without: tuple[str, ...] = ()


def is_place(cursor: str | None, mark: str) -> bool:
    """Say whether a cursor is one of those with a mark."""
    return cursor is not None and cursor.startswith(mark)


def to_cursor(place: Place, mark: str) -> str:
    """Return a cursor that begins with a mark of one letter."""
    packed = zlib.compress(orjson.dumps([place.shown, place.beyond, place.without]))
    return mark + base64.urlsafe_b64encode(packed).decode()


def from_cursor(cursor: str, mark: str) -> Place:
    """Return the place that a cursor with a mark says. Raises InvalidCursor."""
    try:
        if not cursor.startswith(mark) or len(cursor) > _LONGEST:
            raise ValueError("not a cursor of such a search")
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(base64.urlsafe_b64decode(cursor[1:].encode()), 20 * _LONGEST)
        shown, beyond, without = orjson.loads(packed)
        if not isinstance(shown, int) or not 0 <= shown <= _DEEPEST or not (beyond is None or isinstance(beyond, str)):
            raise ValueError("not a place")
        if not all(isinstance(each, str) for each in without):
            raise ValueError("not ids")
        return Place(shown, beyond, tuple(without))
    except (binascii.Error, zlib.error, ValueError, TypeError) as error:
        raise InvalidCursor("the cursor is not one that this search returned", pointer="/cursor") from error


def without(condition: Filter | None, ids: Sequence[str]) -> Filter | None:
    """Return a condition that leaves products out as well."""
    if not ids:
        return condition
    others = Not(In("id", tuple(ids)))
    return others if condition is None else And((condition, others))
