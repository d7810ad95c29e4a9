"""Small parts into larger ones, so that a long row of small updates does not slow reading down."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.embedded.container import Array
from engines.embedded.layout import VersionFiles
from engines.embedded.part import Mask, Part
from engines.embedded.part_writer import PartColumns, PartWriter
from engines.port import Schema

_TOGETHER = 16
_SIZES = (2_000, 50_000)


def merge_small_parts(files: VersionFiles, parts: Sequence[Part], schema: Schema, dead: NDArray[np.int64]) -> None:
    """Merge the last parts where sixteen or more of one size stand in a row; rows and units keep their numbers.

    ``parts`` are all that count, in order. What ``dead`` rows held is left out. The merged part replaces the first of
    them atomically; a reader that meets the others beside it passes them over.
    """
    for size in _SIZES:
        tail = len(parts)
        while tail and parts[tail - 1].count < size:
            tail -= 1
        if len(parts) - tail >= _TOGETHER:
            _merge(parts[tail:], schema, dead, files.part(parts[tail].base))
            for part in parts[tail + 1 :]:
                files.part(part.base).unlink()
            return


def _merge(parts: Sequence[Part], schema: Schema, dead: NDArray[np.int64], path: Path) -> None:
    writer = PartWriter(parts[0].base, parts[0].unit_base, schema)
    columns = writer.columns
    vectors = any(part.vectors is not None for part in parts)
    for part in parts:
        live = np.ones(part.count, bool)
        live[dead[(dead >= part.base) & (dead < part.base + part.count)] - part.base] = False
        _add_values(columns, part, part.all_units(live))
        _add_terms(columns, part, live)
        _add_rows(columns, part, live, vectors=vectors)
    writer.write(path, {})


def _add_values(columns: PartColumns, part: Part, live: Mask) -> None:
    shift = columns.units
    for column in part.codes.values():
        units = part.units_of_codes(column.first, column.last)
        ends = part.code_ends[column.first : column.last + 1]
        codes = np.repeat(np.arange(column.last - column.first), np.diff(ends))
        keep = live[units]
        names = part.values.slice(column.first, column.last)
        columns.code(column.name).add_many(names, units[keep] + shift, codes[keep])
    for column in part.numbers.values():
        units, values = part.numbers_of(column)
        keep = live[units]
        columns.number(column.name).add_many(units[keep] + shift, values[keep])


def _add_terms(columns: PartColumns, part: Part, live: Mask) -> None:
    postings = part.postings
    for field, (first, last) in postings.fields.items():
        begin, end = (int(postings.ends[at]) for at in (first, last))
        rows = postings.rows[begin:end]
        keys = np.repeat(np.arange(last - first), np.diff(postings.ends[first : last + 1]))
        keep = live[rows]
        weights: Array | None = postings.weights[begin:end][keep] if end <= len(postings.weights) else None
        names = postings.terms.slice(first, last)
        column = columns.posting(field, scored=weights is not None)
        column.add_many(names, rows[keep] + columns.count, keys[keep], weights)


def _add_rows(columns: PartColumns, part: Part, live: Mask, *, vectors: bool) -> None:
    none = () if part.vectors is None else (0.0,) * part.vectors.shape[1]
    for at in range(part.count):
        for unit in part.units_of_row(at):
            columns.strings["unit_ids"].add(part.unit_ids.raw(unit))
            columns.net.append(int(part.net[unit]))
            columns.stock.append(int(part.stock[unit]))
            columns.units += 1
        if vectors:
            columns.vectors.append(tuple(part.vectors[at].tolist()) if part.vectors is not None and live[at] else none)
        columns.popularity.append(float(part.popularity[at]))
        if live[at]:
            stored = (part.ids.raw(at), part.titles.raw(at), part.documents.raw(at), part.more.raw(at))
            columns.add_strings(*stored)
        else:
            columns.add_strings(b"", b"", b"", b"")
