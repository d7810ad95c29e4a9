"""Facet counts over the parts of one snapshot, in native code. A count is of products, never of their units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engines.auto_facets import usefulness
from engines.embedded.container import Array
from engines.embedded.filtering import PRICE_FIELDS
from engines.embedded.part import Column, Mask, Part, gather
from engines.embedded.view import View
from engines.port import FieldInfo
from engines.ranges import Numbers

_DENSE = 4
"""Above one hit in so many units it is cheaper to read a whole table than to gather units."""
_SPARSE = 16
"""With fewer codes than one in so many of the table, sorting them is cheaper than counting over the table."""
_RANGE_BITS = 2.6
"""What six ranges of like size tell."""
FEW = 2
"""With fewer hits than one in so many of the units that carry a field, reading the value of each hit is cheaper than
reading whose each value is."""
_SAMPLE = 5_000
"""Units that are looked at to choose facets, of results that have more."""

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PartHits:
    """The hits within one part: the mask of their units and, ascending, these units; how many products they are."""

    view: View
    mask: Mask
    units: NDArray[np.int64]
    products: int

    def entries(self, ends: Array, entries: Array) -> Array:
        """Return the entries of the hits from a table by unit."""
        if len(self.units) * _DENSE <= self.view.part.units:
            return gather(ends, entries, self.units)
        return entries[np.repeat(self.mask, np.diff(ends))]

    def rows(self, ends: Array) -> NDArray[np.int64] | None:
        """Return the product of each entry; None where each unit is a product of its own."""
        owners = self.view.part.row_of_unit
        if owners is None:
            return None
        return np.repeat(owners[self.units], ends[self.units + 1] - ends[self.units])

    def every(self, step: int) -> "PartHits":
        """Return a sample of the hits, one of each ``step`` in a row."""
        if step == 1:
            return self
        mask = np.zeros_like(self.mask)
        firsts = np.arange(0, len(self.units), step)
        # Which of them is drawn: what is to be counted may follow the order of the products.
        drawn = firsts + np.random.default_rng(self.view.part.base).integers(0, step, len(firsts))
        mask[self.units[np.minimum(drawn, len(self.units) - 1)]] = True
        return hits_by_part([self.view], [mask])[0]


def hits_by_part(views: Sequence[View], masks: Sequence[Mask]) -> list[PartHits]:
    """Pair parts with the masks of their hit units; parts without a hit are left out."""
    split = []
    for view, mask in zip(views, masks, strict=True):
        units = np.flatnonzero(mask)
        if len(units):
            owners = view.part.row_of_unit
            # Units of one product stand together.
            products = len(units) if owners is None else 1 + int(np.count_nonzero(np.diff(owners[units])))
            split.append(PartHits(view, mask, units, products))
    return split


def sampled(hits: Sequence[PartHits]) -> Sequence[PartHits]:
    """Return the hits, of very many an even sample."""
    step = -(-sum(len(each.units) for each in hits) // _SAMPLE)
    return [each.every(step) for each in hits] if step > 1 else hits


class NumberEntries:
    """The numbers that the hits of one part carry: fields (by their place in the part) and values, in parallel."""

    def __init__(self, hits: PartHits) -> None:
        self._part = part = hits.view.part
        self._fields = hits.entries(part.number_row_ends, part.number_row_fields)
        self._values = hits.entries(part.number_row_ends, part.number_row_values)
        self._rows = hits.rows(part.number_row_ends)

    def of(self, field: str) -> tuple[Floats, NDArray[np.int64] | None]:
        """Return the values of one field, and whose they are unless each product has one."""
        at = self._part.number_index.get(field)
        if at is None:
            return self._values[:0], None
        own = self._fields == at
        return self._values[own], None if self._rows is None else self._rows[own] + self._part.base

    def repeats(self, field: str) -> bool:
        """Say whether a unit may carry several numbers of one field, whose owners then must be known."""
        column = self._part.numbers.get(field)
        return column is not None and self._rows is None and column.last - column.first > column.carried

    def coverage(self) -> Floats:
        """Return how many products carry each field."""
        fields = self._fields
        if self._rows is not None:
            width = len(self._part.numbers)
            fields = np.unique(self._rows * width + fields) % max(width, 1)
        return np.bincount(fields, minlength=len(self._part.numbers)).astype(np.float64)


class CodeCounts:
    """How many hits carry each code of one part, counted once for all fields."""

    def __init__(self, hits: PartHits) -> None:
        part = hits.view.part
        codes = hits.entries(part.row_ends, part.row_codes)
        if (rows := hits.rows(part.row_ends)) is not None:
            codes = np.unique(rows * len(part.values) + codes) % max(len(part.values), 1)
        if len(codes) * _SPARSE > len(part.values):
            counts = np.bincount(codes, minlength=len(part.values))
            self.codes = np.flatnonzero(counts)
            self.counts: Counts = counts[self.codes]
        else:
            # A copy: the codes of neighbouring units are a part of the mapped file.
            codes = np.sort(codes)
            starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1]))) if len(codes) else codes
            self.codes = codes[starts]
            self.counts = np.concatenate((starts[1:], [len(codes)])) - starts if len(codes) else starts

    def of(self, column: Column) -> tuple[NDArray[np.int64], Counts]:
        """Return the codes of one field that occur, and their counts."""
        first, last = np.searchsorted(self.codes, (column.first, column.last))
        return self.codes[first:last], self.counts[first:last]


class PartTables(NamedTuple):
    """The hits of one part with all their codes counted and all their numbers read."""

    hits: PartHits
    codes: CodeCounts
    numbers: NumberEntries


class FacetFields:
    """The fields of a snapshot that an automatic facet may show, numbered, with what is known of each beforehand."""

    def __init__(
        self,
        parts: Sequence[Part],
        fields: Mapping[str, FieldInfo],
        products: int,
        before: "FacetFields | None" = None,
    ) -> None:
        # Fields keep their order when new ones come, so numberings from before stay right.
        self.names = [name for name in fields if name in {"category", "brand"} or name.startswith("attributes.")]
        number = {name: at for at, name in enumerate(self.names)}
        known = before._parts if before and self.names == before.names else {}
        infos = [fields[name] for name in self.names]
        self.everywhere = np.array([info.products / max(products, 1) for info in infos])
        self.numeric = np.array([info.kind == "number" for info in infos], dtype=bool)
        self._range_bits = np.array([min(np.log2(max(info.distinct, 1)), _RANGE_BITS) for info in infos])
        self._parts: dict[int, tuple[Counts, Counts]] = {
            part.base: known.get(part.base) or (_numbering(part.codes, number), _numbering(part.numbers, number))
            for part in parts
        }

    def scores(self, tables: Sequence[PartTables], total: int) -> tuple[list[str], Floats]:
        """Score the fields that these hits carry, see ``auto_facets.usefulness``; return their names and scores.

        With several parts the information of a field is the mean over the parts, weighted by their hits: to
        choose, no exact merge is needed. That of a number field is taken from the whole catalogue.
        """
        # One slot more than fields takes what is not a facet.
        size = len(self.names) + 1
        carried, bits, distinct = np.zeros(size), np.zeros(size), np.zeros(size)
        for hits, table, entries in tables:
            part = hits.view.part
            codes, numbers = self._parts[part.base]
            counts = table.counts * part.readable[table.codes]
            columns = part.column_of_code[table.codes]
            width = len(part.codes)
            sums = np.bincount(columns, weights=counts, minlength=width)
            logs = np.bincount(columns, weights=counts * np.log2(counts.clip(min=1)), minlength=width)
            carried[codes] += sums
            # H = log2 n - (1/n) sum c log2 c, here times n.
            bits[codes] += sums * np.log2(sums.clip(min=1)) - logs
            distinct[codes] += np.bincount(columns, minlength=width)
            carried[numbers] += entries.coverage()
        present = np.flatnonzero(carried[:-1])
        some = carried[present]
        numeric = self.numeric[present]
        entropy = np.where(numeric, self._range_bits[present], bits[present] / some)
        coverage = (some / total).clip(max=1.0)
        scores = usefulness(coverage, self.everywhere[present], entropy, distinct[present] / some, numeric)
        return [self.names[at] for at in present.tolist()], scores


def has_repeats(tables: Sequence[PartTables], field: str) -> bool:
    """Say whether a unit may carry several numbers of one field."""
    return any(each.numbers.repeats(field) for each in tables)


def merge_numbers(tables: Sequence[PartTables], field: str) -> Numbers:
    """Return the values of a number field that the hits carry, from what was read for all fields at once."""
    return Numbers.joined([each.numbers.of(field) for each in tables])


def numbers_of(hits: Sequence[PartHits], field: str) -> Numbers:
    """Return the values of a number field (or of the price) that the hits carry."""
    found = []
    for each in hits:
        part = each.view.part
        if field in PRICE_FIELDS:
            prices = each.view.offers.prices_of(field)
            priced = each.units[prices.given[each.units]]
            found.append((prices.every[priced], None if part.row_of_unit is None else _owners(part, priced)))
        elif column := part.numbers.get(field):
            units, values = part.numbers_of(column)
            if part.row_of_unit is None and len(each.units) * FEW < len(units) == column.carried:
                own = part.number_by_unit(column)[each.units]
                found.append((own[~np.isnan(own)], None))
            else:
                hit = each.mask[units]
                found.append((values[hit], _owners(part, units[hit])))
    return Numbers.joined(found)


def _owners(part: Part, units: Array) -> NDArray[np.int64] | None:
    """Return the products of ascending units; None where each is another one."""
    if part.row_of_unit is not None:
        return part.row_of_unit[units] + part.base
    return units.astype(np.int64) + part.base if np.any(units[1:] == units[:-1]) else None


def _numbering(columns: Mapping[str, Column], number: Mapping[str, int]) -> NDArray[np.int64]:
    return np.array([number.get(name, len(number)) for name in columns], dtype=np.int64)
