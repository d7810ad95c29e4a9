"""Small parts into larger ones, so that a long row of small updates does not slow reading down."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import numpy as np
import structlog
from numpy.typing import NDArray

from engines.embedded.container import Array
from engines.embedded.layout import VersionFiles
from engines.embedded.part import Mask, Part
from engines.embedded.part_writer import PartColumns, PartWriter
from engines.port import Schema

_TOGETHER = 16
_SIZES = ((0, 2_000), (2_000, 50_000))
"""Parts of at least the one and fewer than the other rows are of one size."""
_AT_ONCE = 5_000
"""So many rows are merged before a commit returns, more beside the commits that follow."""
_log = structlog.get_logger()


class Merger:
    """Merges the parts of one version where many small ones have come together; the writer's helper.

    A merged part replaces the first of those that it took in atomically, and readers that meet the others beside it
    pass them over; so writing goes on meanwhile. Rows and units keep their numbers.
    """

    def __init__(self, files: VersionFiles) -> None:
        self._files = files
        self._thread: Thread | None = None

    def merge(self, parts: Sequence[Part], schema: Schema, dead: NDArray[np.int64]) -> None:
        """Merge what is due of ``parts``, which are all that count, in order; what ``dead`` rows held is left out."""
        if self._thread is not None and self._thread.is_alive():
            return
        due = due_for_merging([part.count for part in parts])
        if not due:
            return
        chosen = parts[-due:]
        if sum(part.count for part in chosen) <= _AT_ONCE:
            _replace(self._files, chosen, schema, dead)
        else:
            self._thread = Thread(target=self._beside, args=(chosen, schema, dead), name="merger", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until nothing is being merged."""
        if self._thread is not None:
            self._thread.join()

    def _beside(self, parts: Sequence[Part], schema: Schema, dead: NDArray[np.int64]) -> None:
        try:
            _replace(self._files, parts, schema, dead)
        except OSError:
            # The small parts are as good as before; a later commit tries again.
            _log.exception("merging_failed", version=self._files.folder.name)


def due_for_merging(counts: Sequence[int]) -> int:
    """Return how many of the last parts, by their rows, are to be merged: those from the first of sixteen or more of
    one size on, with nothing larger behind it; 0 if none are."""
    for least, below in _SIZES:
        tail = len(counts)
        while tail and counts[tail - 1] < below:
            tail -= 1
        while tail < len(counts) and counts[tail] < least:
            tail += 1
        if sum(count >= least for count in counts[tail:]) >= _TOGETHER:
            return len(counts) - tail
    return 0


def _replace(files: VersionFiles, parts: Sequence[Part], schema: Schema, dead: NDArray[np.int64]) -> None:
    _merge(parts, schema, dead, files.part(parts[0].base))
    for part in parts[1:]:
        files.part(part.base).unlink()


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
    shift = columns.units
    supplies = part.supplies[part.all_units(live)[part.supplies["unit"]]]
    columns.supplies += [(row[0], row[1] + shift, *row[2:]) for row in supplies.tolist()]
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
