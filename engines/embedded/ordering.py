"""The order of hits, and cursors that continue it."""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.embedded.part import Mask
from engines.embedded.view import View
from engines.plan import SearchPlan, Sort, search_fingerprint
from engines.port import InvalidCursor

_CURSOR = struct.Struct("<Qdq8s")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: the key and the row of the last hit shown."""

    key: float
    row: int


def best_first(
    keys: NDArray[np.float64], rows: NDArray[np.int64], skip: int, take: int, after: Position | None
) -> NDArray[np.int64]:
    """Return the indices of hits ``skip`` to ``skip + take`` in descending order of key, rows deciding ties.

    Costs O(n + k log k) for the first k; ``after`` leaves out all up to that position.
    """
    at = np.arange(len(keys))
    if after is not None:
        at = at[(keys < after.key) | ((keys == after.key) & (rows > after.row))]
    wanted = min(skip + take, len(at))
    if wanted == 0:
        return at[:0]
    if wanted < len(at):
        threshold = np.partition(keys[at], len(at) - wanted)[len(at) - wanted]
        at = at[keys[at] >= threshold]
    order = np.lexsort((rows[at], -keys[at]))
    return at[order][skip : skip + take]


def sort_keys(
    views: Sequence[View], rows: NDArray[np.int64], sort: Sort, matched: Sequence[Mask] | None
) -> NDArray[np.float64]:
    """Return a key for each row so that descending keys give the wanted order; rows without a value come last.

    With variants only the ``matched`` units of a row count, and of several values the one that puts the product
    furthest forward; of several prices always the lowest, which is the one shown.
    """
    size = views[-1].part.base + views[-1].part.count if views else 0
    values = np.full(size, np.nan)
    ranks = _text_ranks(views, sort.field)
    for number, view in enumerate(views):
        part = view.part
        own = values[part.base : part.base + part.count]
        if sort.field == "popularity":
            own[:] = part.popularity
            continue
        descending = sort.descending
        if sort.field == "price":
            units, found = view.offers.prices.column
            descending = False
        elif column := part.numbers.get(sort.field):
            units, found = part.numbers_of(column)
        elif column := part.codes.get(sort.field):
            ends = part.code_ends[column.first : column.last + 1]
            names = part.values.slice(column.first, column.last)
            per_code = np.array([ranks[name] for name in names], dtype=np.float64)
            units, found = part.units_of_codes(column.first, column.last), np.repeat(per_code, np.diff(ends))
        else:
            continue
        if part.row_of_unit is not None:
            if matched is not None:
                hit = matched[number][units]
                units, found = units[hit], found[hit]
            _extreme(own, part.row_of_unit[units], found, descending=descending)
        else:
            _extreme(own, units, found, descending=descending)
    keys = values[rows]
    keys = keys if sort.descending else -keys
    return np.where(np.isnan(keys), -np.inf, keys)


def encode_cursor(version: int, plan: SearchPlan, position: Position) -> str:
    """Return an opaque token that continues ``plan`` behind ``position``."""
    packed = _CURSOR.pack(version, position.key, position.row, search_fingerprint(plan))
    return base64.urlsafe_b64encode(packed).decode()


def decode_cursor(version: int, plan: SearchPlan) -> Position | None:
    """Return where the plan's cursor stands; None without one.

    Raises InvalidCursor for a token that is not ours, belongs to another query or to a version no longer served.
    """
    if plan.cursor is None:
        return None
    try:
        made_for, key, row, fingerprint = _CURSOR.unpack(base64.urlsafe_b64decode(plan.cursor.encode()))
    except (binascii.Error, struct.error, ValueError) as error:
        raise InvalidCursor("the cursor is not one that a search returned", pointer="/cursor") from error
    if fingerprint != search_fingerprint(plan):
        raise InvalidCursor("the cursor belongs to another search: send it with the same body", pointer="/cursor")
    if made_for != version:
        raise InvalidCursor("the catalogue was rebuilt since: begin again without cursor", pointer="/cursor")
    return Position(key, row)


def _text_ranks(views: Sequence[View], field: str) -> dict[str, int]:
    names: set[str] = set()
    for view in views:
        if column := view.part.codes.get(field):
            names.update(view.part.values.slice(column.first, column.last))
    return {name: rank for rank, name in enumerate(sorted(names, key=lambda n: (n.casefold(), n)))}


def _extreme(
    own: NDArray[np.float64], rows: NDArray[np.integer], values: NDArray[np.float64], *, descending: bool
) -> None:
    # Of several values the one that puts the product furthest forward counts.
    own[rows] = -np.inf if descending else np.inf
    (np.maximum if descending else np.minimum).at(own, rows, values)
