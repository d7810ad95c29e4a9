"""Documents to the columns of a part."""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np

from engines.embedded.container import Array, write_arrays
from engines.embedded.part import NO_PRICE, NO_STOCK, PRICE_SCALE
from engines.port import Document, FieldKind
from language.filters.tree import Scalar

SUGGESTIONS = "_suggestions"
"""The hidden field of phrases to complete."""
UNCOUNTED = frozenset({"id", "mpn", "gtin", SUGGESTIONS})
"""Fields nearly unique to a product: left out of the row-major table, so that automatic facets never read them."""


class PartWriter:
    """Collects documents and writes them as one part; holds them in memory until then (about 2 KB a product)."""

    def __init__(self, base: int) -> None:
        self.base = base
        self._documents: list[Document] = []

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, document: Document) -> int:
        """Take one document and return its row."""
        self._documents.append(document)
        return self.base + len(self._documents) - 1

    def write(self, path: Path, kinds: dict[str, FieldKind]) -> None:
        """Write the part. ``kinds`` gives the kind of every field; values of another kind are a programming error."""
        documents = self._documents
        kinds = {**kinds, SUGGESTIONS: "text"}
        codes, numbers = _sort_fields(documents, kinds)
        code_columns, code_arrays = _code_table(codes, len(documents))
        number_columns, number_arrays = _number_table(numbers, len(documents))
        arrays: dict[str, Array] = {
            **code_arrays,
            **number_arrays,
            **_strings("ids", [d.stored.id.encode() for d in documents]),
            **_strings("titles", [d.stored.title.encode() for d in documents]),
            **_strings("documents", [d.stored.document for d in documents]),
            "net": np.array([_minor(d) for d in documents], dtype=np.int64),
            "stock": np.array(
                [NO_STOCK if d.stored.stock is None else d.stored.stock for d in documents], dtype=np.int64
            ),
            **_vectors(documents),
            "popularity": np.array([d.popularity for d in documents], dtype=np.float32),
        }
        columns_of_codes = [(name, kinds[name], first, last) for name, first, last in code_columns]
        columns_of_numbers = [(name, "number", first, last) for name, first, last in number_columns]
        meta = {
            "base": self.base,
            "count": len(documents),
            "codes": columns_of_codes,
            "numbers": columns_of_numbers,
        }
        write_arrays(path, arrays, meta)


def _minor(document: Document) -> int:
    net = document.stored.net
    return NO_PRICE if net is None else int(net * PRICE_SCALE)


def _strings(name: str, entries: Sequence[bytes]) -> dict[str, Array]:
    ends = np.fromiter(accumulate(map(len, entries), initial=0), dtype=np.int64, count=len(entries) + 1)
    return {name: np.frombuffer(b"".join(entries), dtype=np.uint8), f"{name}_ends": ends}


def _vectors(documents: Sequence[Document]) -> dict[str, Array]:
    """Return the embeddings one behind the other, zeros where a product has none."""
    dimensions = max((len(document.vector) for document in documents), default=0)
    if not dimensions:
        return {}
    none = (0.0,) * dimensions
    rows = np.array([document.vector or none for document in documents], dtype=np.float32)
    return {"vectors": rows.reshape(-1)}


_Column = tuple[list[int], list[Scalar]]


def _sort_fields(
    documents: Sequence[Document], kinds: dict[str, FieldKind]
) -> tuple[dict[str, _Column], dict[str, _Column]]:
    codes: dict[str, _Column] = {}
    numbers: dict[str, _Column] = {}
    for row, document in enumerate(documents):
        fields = {**document.values, SUGGESTIONS: document.suggestions}
        for name, values in fields.items():
            table = numbers if kinds[name] == "number" else codes
            column = table.get(name)
            if column is None:
                column = table[name] = ([], [])
            for value in values:
                column[0].append(row)
                column[1].append(value)
    return codes, numbers


def _code_table(fields: dict[str, _Column], count: int) -> tuple[list[tuple[str, int, int]], dict[str, Array]]:
    columns: list[tuple[str, int, int]] = []
    names: list[bytes] = []
    uncounted: list[tuple[int, int]] = []
    all_rows: list[Array] = []
    all_codes: list[Array] = []
    for name in sorted(fields):
        rows, values = fields[name]
        spelled = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
        distinct = sorted(set(spelled))
        code_of = {value: len(names) + at for at, value in enumerate(distinct)}
        columns.append((name, len(names), len(names) + len(distinct)))
        if name in UNCOUNTED:
            uncounted.append(columns[-1][1:])
        names.extend(value.encode() for value in distinct)
        all_rows.append(np.array(rows, dtype=np.int32))
        all_codes.append(np.fromiter(map(code_of.__getitem__, spelled), dtype=np.int32, count=len(spelled)))
    rows_, codes_ = _join(all_rows, np.int32), _join(all_codes, np.int32)
    # One product may name the same value twice; a count is of products.
    pairs = np.unique(rows_.astype(np.int64) * max(len(names), 1) + codes_)
    rows_, codes_ = np.divmod(pairs, max(len(names), 1))
    by_code = np.argsort(codes_, kind="stable")
    counted = np.ones(len(codes_), bool)
    for first, last in uncounted:
        counted &= (codes_ < first) | (codes_ >= last)
    return columns, {
        **_strings("values", names),
        "row_ends": _ends(rows_[counted], count),
        "row_codes": codes_[counted].astype(np.int32),
        "code_ends": _ends(codes_, len(names)),
        "code_rows": rows_[by_code].astype(np.int32),
    }


def _number_table(fields: dict[str, _Column], count: int) -> tuple[list[tuple[str, int, int]], dict[str, Array]]:
    columns: list[tuple[str, int, int]] = []
    all_rows: list[Array] = []
    all_values: list[Array] = []
    all_fields: list[Array] = []
    at = 0
    for index, name in enumerate(sorted(fields)):
        rows, values = fields[name]
        columns.append((name, at, at + len(rows)))
        at += len(rows)
        all_rows.append(np.array(rows, dtype=np.int32))
        all_values.append(np.array(values, dtype=np.float64))
        all_fields.append(np.full(len(rows), index, dtype=np.int32))
    rows_, fields_ = _join(all_rows, np.int32), _join(all_fields, np.int32)
    by_row = np.argsort(rows_, kind="stable")
    return columns, {
        "number_rows": rows_,
        "number_values": _join(all_values, np.float64),
        "number_row_values": _join(all_values, np.float64)[by_row],
        "number_row_ends": _ends(rows_, count),
        "number_row_fields": fields_[by_row],
    }


def _join(arrays: list[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=dtype)


def _ends(keys: Array, count: int) -> Array:
    ends = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=ends[1:])
    return ends
