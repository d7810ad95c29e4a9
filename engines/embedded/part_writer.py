"""Documents to the arrays of a part."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from engines.auto_facets import NEVER
from engines.embedded.columns import KeyColumn, NumberColumn, StringColumn, ends_of
from engines.embedded.container import Array, write_arrays
from engines.embedded.fragments import fragment_arrays
from engines.embedded.part import NO_PRICE, NO_STOCK, PRICE_SCALE
from engines.embedded.postings import ID, IDENTIFIERS, PAIRS, SURFACE, PostingColumn, posting_arrays
from engines.embedded.state import SUPPLY
from engines.embedded.supply_rows import SupplyRow, supply_rows
from engines.port import Document, FieldKind, Schema, Unit, text_field
from language.analysis import Analyzer, analyzer
from language.filters.tree import Scalar

SUGGESTIONS = "_suggestions"
"""The hidden field of phrases to complete."""
UNCOUNTED = NEVER | {SUGGESTIONS}
"""Left out of the row-major table, so that automatic facets never read them."""
OFFERED = ("in_stock", "on_offer")
"""These follow from the buyer's offer, which changes more often than the product: they are no columns."""


class PartWriter:
    """Collects documents and writes them as one part; holds about 3 KB a product in memory until then."""

    def __init__(self, base: int, unit_base: int, schema: Schema) -> None:
        self.base = base
        self.unit_base = unit_base
        self.columns = PartColumns(schema.kinds)
        self._fields = _text_fields(schema)

    def __len__(self) -> int:
        return self.columns.count

    def add(self, document: Document) -> int:
        """Take one document and return its row."""
        columns, at = self.columns, self.columns.count
        units = document.all_units()
        shared = {name: values for name, values in document.values.items() if name not in OFFERED}
        for unit in units:
            row = columns.units
            for name, values in shared.items():
                columns.add_values(name, row, values)
            for name, values in unit.values.items():
                if name not in OFFERED:
                    columns.add_values(name, row, values)
            columns.supplies += supply_rows(row, unit.supply)
            columns.add_unit(unit.id, _minor(unit), NO_STOCK if unit.stock is None else unit.stock)
        columns.add_values(SUGGESTIONS, columns.units - len(units), document.suggestions)
        self._add_terms(at, document)
        columns.add_row(document)
        return self.base + at

    def write(self, path: Path, means: Mapping[str, float]) -> None:
        """Write the part; ``means`` are the mean lengths of text fields."""
        arrays, meta = self.columns.finish(means)
        write_arrays(path, arrays, {"base": self.base, "unit_base": self.unit_base, **meta})

    def mean_lengths(self) -> dict[str, float]:
        """Return the mean length of each scored field, in terms."""
        return {name: column.mean_length() for name, column in self.columns.postings.items() if column.scored}

    def _add_terms(self, at: int, document: Document) -> None:
        postings = self.columns
        postings.add_terms(ID, at, (document.stored.id,), scored=False)
        postings.add_terms(IDENTIFIERS, at, document.identifiers, scored=False)
        surfaces: dict[str, set[str]] = {}
        for field, text in document.texts.items():
            words, surface, pairs = self._fields[field]
            plain = words.words(text)
            terms = words.stems(plain)
            postings.add_terms(field, at, terms, scored=True)
            surfaces.setdefault(surface, set()).update(plain)
            if pairs:
                neighbours = [f"{a} {b}" for a, b in pairwise(terms)]
                postings.add_terms(pairs, at, neighbours, scored=True)
        for surface, seen in surfaces.items():
            postings.add_terms(surface, at, tuple(seen), scored=False)


class PartColumns:
    """All columns of a part while it is being made, from documents or from other parts."""

    def __init__(self, kinds: Mapping[str, FieldKind]) -> None:
        self.count = 0
        self.units = 0
        self.postings: dict[str, PostingColumn] = {}
        self.codes: dict[str, KeyColumn] = {}
        self.numbers: dict[str, NumberColumn] = {}
        self.strings = {name: StringColumn() for name in ("ids", "titles", "documents", "more", "unit_ids")}
        self.unit_ends: list[int] = [0]
        self.net: list[int] = []
        self.stock: list[int] = []
        self.supplies: list[SupplyRow] = []
        self.popularity: list[float] = []
        self.vectors: list[tuple[float, ...]] = []
        self._kinds: dict[str, FieldKind] = {**kinds, SUGGESTIONS: "text"}
        self._adders: dict[str, Callable[[int, Sequence[Any]], None]] = {}

    def add_values(self, name: str, unit: int, values: tuple[Scalar, ...]) -> None:
        """Let a unit carry values of one field; values of another kind than the field's are a programming error."""
        add = self._adders.get(name)
        if add is None:
            add = self._adders[name] = self._adder(name)
        add(unit, values)

    def _adder(self, name: str) -> Callable[[int, Sequence[Any]], None]:
        """Return what takes the values of one field; looking it up once a part is a third of the time."""
        kind = self._kinds[name]
        if kind == "number":
            return self.number(name).add
        column = self.code(name)
        if kind == "boolean":
            return lambda unit, values: column.add(unit, [_spelled(each) for each in values])
        return column.add

    def code(self, name: str) -> KeyColumn:
        """Return the column of a text, boolean or hierarchy field."""
        column = self.codes.get(name)
        if column is None:
            column = self.codes[name] = KeyColumn()
        return column

    def number(self, name: str) -> NumberColumn:
        """Return the column of a number field."""
        column = self.numbers.get(name)
        if column is None:
            column = self.numbers[name] = NumberColumn()
        return column

    def posting(self, field: str, *, scored: bool) -> PostingColumn:
        """Return the terms of a text field."""
        column = self.postings.get(field)
        if column is None:
            column = self.postings[field] = PostingColumn(scored=scored)
        return column

    def add_terms(self, field: str, row: int, terms: list[str] | tuple[str, ...], *, scored: bool) -> None:
        """Let a row carry terms."""
        if terms:
            self.posting(field, scored=scored).add(row, terms)

    def add_unit(self, identity: str, net: int, stock: int) -> None:
        """Finish a unit."""
        self.strings["unit_ids"].add(identity.encode())
        self.net.append(net)
        self.stock.append(stock)
        self.units += 1

    def add_row(self, document: Document) -> None:
        """Finish a row; its units were added before."""
        stored = document.stored
        self.add_strings(stored.id.encode(), stored.title.encode(), stored.document, stored.more)
        self.vectors.append(document.vector)
        self.popularity.append(document.popularity)

    def add_strings(self, identity: bytes, title: bytes, document: bytes, more: bytes) -> None:
        """Finish the stored part of a row."""
        for name, entry in (("ids", identity), ("titles", title), ("documents", document), ("more", more)):
            self.strings[name].add(entry)
        self.unit_ends.append(self.units)
        self.count += 1

    def finish(self, means: Mapping[str, float]) -> tuple[dict[str, Array], dict[str, object]]:
        """Return the arrays and the meta data."""
        code_columns, code_arrays = self._code_table()
        number_columns, number_arrays = self._number_table()
        text_fields, text_arrays = posting_arrays(self.postings, means)
        arrays: dict[str, Array] = {**code_arrays, **number_arrays, **text_arrays}
        arrays.update(fragment_arrays(text_fields, text_arrays))
        for name, column in self.strings.items():
            arrays.update(column.finish(name))
        arrays["net"] = np.array(self.net, dtype=np.int64)
        arrays["stock"] = np.array(self.stock, dtype=np.int64)
        if self.supplies:
            arrays["supplies"] = np.array(self.supplies, dtype=SUPPLY).view(np.int64)
        arrays["popularity"] = np.array(self.popularity, dtype=np.float32)
        if self.units != self.count:
            arrays["unit_ends"] = np.array(self.unit_ends, dtype=np.int32)
        if dimensions := max(map(len, self.vectors), default=0):
            none = (0.0,) * dimensions
            rows = np.array([vector or none for vector in self.vectors], dtype=np.float32)
            arrays["vectors"] = rows.reshape(-1)
        meta: dict[str, object] = {
            "count": self.count,
            "units": self.units,
            "codes": code_columns,
            "numbers": number_columns,
            "texts": text_fields,
        }
        return arrays, meta

    def _code_table(self) -> tuple[list[tuple[object, ...]], dict[str, Array]]:
        columns: list[tuple[object, ...]] = []
        names = StringColumn()
        all_units: list[Array] = []
        all_codes: list[Array] = []
        uncounted: list[tuple[int, int]] = []
        first = 0
        for name in sorted(self.codes):
            values, units, codes = self.codes[name].finish()
            for value in values:
                names.add(value.encode())
            products = len(np.unique(units))
            columns.append((name, self._kinds[name], first, first + len(values), products, len(values)))
            if name in UNCOUNTED:
                uncounted.append((first, first + len(values)))
            all_units.append(units)
            all_codes.append(codes + first)
            first += len(values)
        units_, codes_ = _join(all_units, np.int32), _join(all_codes, np.int32)
        # One product may name the same value twice; a count is of products.
        pairs = np.unique(units_.astype(np.int64) * max(first, 1) + codes_)
        units_, codes_ = np.divmod(pairs, max(first, 1))
        by_code = np.argsort(codes_, kind="stable")
        counted = np.ones(len(codes_), bool)
        for begin, end in uncounted:
            counted &= (codes_ < begin) | (codes_ >= end)
        return columns, {
            **names.finish("values"),
            "row_ends": ends_of(units_[counted], self.units),
            "row_codes": codes_[counted].astype(np.int32),
            "code_ends": ends_of(codes_, first),
            "code_rows": units_[by_code].astype(np.int32),
        }

    def _number_table(self) -> tuple[list[tuple[object, ...]], dict[str, Array]]:
        columns: list[tuple[object, ...]] = []
        all_units: list[Array] = []
        all_values: list[Array] = []
        all_fields: list[Array] = []
        at = 0
        for index, name in enumerate(sorted(self.numbers)):
            units, values = self.numbers[name].finish()
            products, distinct = len(np.unique(units)), len(np.unique(values))
            columns.append((name, "number", at, at + len(units), products, distinct))
            at += len(units)
            all_units.append(units)
            all_values.append(values)
            all_fields.append(np.full(len(units), index, dtype=np.int32))
        units_, fields_ = _join(all_units, np.int32), _join(all_fields, np.int32)
        values_ = _join(all_values, np.float64)
        by_row = np.argsort(units_, kind="stable")
        return columns, {
            "number_rows": units_,
            "number_values": values_,
            "number_row_values": values_[by_row],
            "number_row_ends": ends_of(units_, self.units),
            "number_row_fields": fields_[by_row],
        }


def _text_fields(schema: Schema) -> dict[str, tuple[Analyzer, str, str | None]]:
    """Return for each text field its analyser, where its words go, and where its neighbouring terms go."""
    default = schema.locales[0]
    found: dict[str, tuple[Analyzer, str, str | None]] = {}
    for locale in schema.locales:
        for field in schema.texts:
            pairs = text_field(PAIRS, locale, default) if field == "title" else None
            found[text_field(field, locale, default)] = (
                analyzer(locale),
                text_field(SURFACE, locale, default),
                pairs,
            )
    return found


def _minor(unit: Unit) -> int:
    return NO_PRICE if unit.net is None else int(unit.net * PRICE_SCALE)


def _spelled(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _join(arrays: list[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=dtype)
