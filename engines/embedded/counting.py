"""Facet counts over the parts of one snapshot, in native code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engines.auto_facets import usefulness
from engines.embedded.filtering import PRICE_FIELDS, prices
from engines.embedded.part import Column, Mask, Part, gather

_DENSE = 4
"""Above one hit in so many rows it is cheaper to read whole tables than to gather rows."""
_CANDIDATES = 24
"""So many fields by coverage are scored for information."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PartHits:
    """The hits within one part: its mask and, ascending, its rows."""

    part: Part
    mask: Mask
    rows: NDArray[np.int64]

    @property
    def dense(self) -> bool:
        """Whether the hits are a large share of the part."""
        return len(self.rows) * _DENSE > self.part.count


def hits_by_part(parts: Sequence[Part], mask: Mask) -> list[PartHits]:
    """Split a mask over all rows; parts without a hit are left out."""
    split = []
    for part in parts:
        own = mask[part.base : part.base + part.count]
        rows = np.flatnonzero(own)
        if len(rows):
            split.append(PartHits(part, own, rows))
    return split


class CodeCounts:
    """How many hits carry each code of one part, counted once for all fields."""

    def __init__(self, hits: PartHits) -> None:
        part = hits.part
        if hits.dense:
            running = np.zeros(len(part.code_rows) + 1, dtype=np.int32)
            np.cumsum(hits.mask[part.code_rows], out=running[1:])
            counts = np.diff(running[part.code_ends])
            self.codes = np.flatnonzero(counts)
            self.counts = counts[self.codes].astype(np.int64)
        else:
            codes = gather(part.row_ends, part.row_codes, hits.rows)
            self.codes, self.counts = np.unique(codes, return_counts=True)

    def of(self, column: Column) -> tuple[NDArray[np.int64], Counts]:
        """Return the codes of one field that occur, and their counts."""
        first, last = np.searchsorted(self.codes, (column.first, column.last))
        return self.codes[first:last], self.counts[first:last]


def count_codes(hits: Sequence[PartHits], field: str) -> Counter[str]:
    """Count the hits by value of one text, boolean or hierarchy field."""
    total: Counter[str] = Counter()
    for each in hits:
        part = each.part
        column = part.codes.get(field)
        if column is None:
            continue
        ends = part.code_ends[column.first : column.last + 1]
        running = np.zeros(ends[-1] - ends[0] + 1, dtype=np.int32)
        np.cumsum(each.mask[part.code_rows[ends[0] : ends[-1]]], out=running[1:])
        counts = np.diff(running[ends - ends[0]])
        for code in np.flatnonzero(counts):
            total[part.values[column.first + int(code)]] += int(counts[code])
    return total


def merge_codes(tables: Sequence[tuple[PartHits, CodeCounts]], field: str, most: int) -> Counter[str]:
    """Merge one field's counts over parts; with a single part only its ``most`` largest values are decoded."""
    total: Counter[str] = Counter()
    alone = sum(field in hits.part.codes for hits, _ in tables) == 1
    for hits, table in tables:
        column = hits.part.codes.get(field)
        if column is None:
            continue
        codes, counts = table.of(column)
        if alone and len(codes) > most:
            # Codes ascend with their values, so a stable order by count keeps ties in the order of the values.
            keep = np.argsort(-counts, kind="stable")[:most]
            codes, counts = codes[keep], counts[keep]
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            total[hits.part.values[code]] += count
    return total


def numbers_of(hits: Sequence[PartHits], field: str) -> NDArray[np.float64]:
    """Return the values of a number field (or of the price) that the hits carry, in the order of their rows."""
    found = []
    for each in hits:
        if field in PRICE_FIELDS:
            rows, values = prices(each.part)
        elif column := each.part.numbers.get(field):
            rows, values = each.part.numbers_of(column)
        else:
            continue
        found.append(values[each.mask[rows]])
    return np.concatenate(found) if found else np.empty(0)


def scores(tables: Sequence[tuple[PartHits, CodeCounts]], total: int) -> dict[str, float]:
    """Score every field's usefulness as a facet for these hits; see ``auto_facets.usefulness``.

    Fields are first ranked by coverage, and only the best covered are looked into. With several parts a field's information
    is taken from the part that holds most of its hits: the choice needs no exact counts.
    """
    coverage: Counter[str] = Counter()
    for hits, table in tables:
        coverage.update(_code_coverage(hits.part, table))
        coverage.update(_number_coverage(hits))
    result: dict[str, float] = {}
    for field, count in _leading(coverage):
        distributions = [_distribution(hits, table, field) for hits, table in tables]
        largest = max(distributions, key=lambda counts: int(counts.sum()))
        result[field] = usefulness(min(count / total, 1.0), largest)
    price = np.concatenate([prices_of_hits(hits) for hits, _ in tables]) if tables else np.empty(0)
    result["price"] = usefulness(len(price) / total, _histogram(price)) if len(price) else 0.0
    return result


def prices_of_hits(hits: PartHits) -> NDArray[np.float64]:
    """Return the net prices that the hits of one part have."""
    return numbers_of([hits], "price")


def _leading(coverage: Counter[str]) -> list[tuple[str, int]]:
    eligible = [(f, c) for f, c in coverage.items() if f in {"category", "brand"} or f.startswith("attributes.")]
    eligible.sort(key=lambda pair: (-pair[1], pair[0]))
    always = [pair for pair in eligible[_CANDIDATES:] if pair[0] in {"category", "brand"}]
    return eligible[:_CANDIDATES] + always


def _code_coverage(part: Part, table: CodeCounts) -> dict[str, int]:
    columns = list(part.codes.values())
    if not columns or not len(table.codes):
        return {}
    running = np.zeros(len(table.counts) + 1, dtype=np.int64)
    np.cumsum(table.counts, out=running[1:])
    edges = np.searchsorted(table.codes, part.column_edges)
    totals = np.diff(running[edges])
    return {columns[at].name: int(totals[at]) for at in np.flatnonzero(totals)}


def _number_coverage(hits: PartHits) -> dict[str, int]:
    part = hits.part
    columns = list(part.numbers.values())
    if not columns:
        return {}
    if hits.dense:
        running = np.zeros(len(part.number_rows) + 1, dtype=np.int32)
        np.cumsum(hits.mask[part.number_rows], out=running[1:])
        totals = np.diff(running[part.number_edges])
    else:
        fields = gather(part.number_row_ends, part.number_row_fields, hits.rows)
        totals = np.bincount(fields, minlength=len(columns))
    return {columns[at].name: int(totals[at]) for at in np.flatnonzero(totals)}


def _distribution(hits: PartHits, table: CodeCounts, field: str) -> Counts:
    if column := hits.part.codes.get(field):
        return table.of(column)[1]
    return _histogram(numbers_of([hits], field))


def _histogram(values: NDArray[np.float64]) -> Counts:
    if not len(values):
        return np.empty(0, dtype=np.int64)
    counts = np.unique(values[:1024], return_counts=True)[1]
    # Continuous numbers are shown as six ranges of like size.
    return cast(Counts, counts if len(counts) <= 8 else np.full(6, max(len(values) // 6, 1), dtype=np.int64))
