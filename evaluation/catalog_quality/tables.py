"""The report's CSV files: one a kind of problem, with ids, to be worked through in a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from commerce.product import CatalogItem, Product
from commerce.readers import Reject
from commerce.records import LoadRecord
from evaluation.catalog_quality.completeness import PARTS, lacking
from evaluation.catalog_quality.coverage import Coverage
from evaluation.catalog_quality.duplicates import Duplicates
from evaluation.catalog_quality.outliers import Outliers
from evaluation.catalog_quality.titles import TitleLengths

Cell = str | int | float | None
Row = Sequence[Cell]
LookUp = Callable[[Sequence[str]], Mapping[str, Product]]
"""Returns the products of some ids that exist."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BATCH = 500
_Item = TypeVar("_Item")

MISSING = ("id", "title", "brand", "type", *(f"lacks_{part}" for part in PARTS))
OUTLIERS = (
    "field", "reason", "product_id", "id", "title", "brand", "compared_with", "value", "unit", "median", "ratio",
    "score",
)  # fmt: skip
DUPLICATES = ("group", "sign", "group_size", "id", "title", "brand", "mpn", "gtin")
COVERAGE = ("type", "products", "attribute", "having", "share", "ids_that_lack_it")
KINDS = ("attribute", "kind", "values", "other_kind", "values_left_out", "ids_with_other_kinds")
REJECTS = ("file", "line", "field", "reason", "value")


def guarded(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it.

    As OWASP advises against CSV injection. Numbers stay as they are.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


@contextmanager
def table(path: Path, header: Sequence[str]) -> Iterator[Callable[[Row], None]]:
    """Open a CSV file (UTF-8 with the mark that spreadsheets look for) and give a function that writes a row."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        yield lambda row: writer.writerow([guarded(cell) for cell in row])


def write(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a whole CSV file."""
    with table(path, header) as put:
        for row in rows:
            put(row)


def missing_row(item: CatalogItem, type_name: str | None) -> Row | None:
    """Return what one product lacks as a row with an x for each part; None if it lacks nothing."""
    parts = lacking(item)
    if not parts:
        return None
    product = item.product
    return (product.id, product.title, product.brand, type_name, *("x" if part in parts else "" for part in PARTS))


def outlier_rows(outliers: Outliers, titles: TitleLengths, look_up: LookUp) -> Iterator[Row]:
    """Yield prices, attribute numbers and titles that are odd."""
    for batch in _batches((*outliers.prices, *outliers.numbers)):
        products = look_up(list(dict.fromkeys(each.product for each in batch)))
        for each in batch:
            product = products.get(each.product)
            title, brand = (product.title, product.brand) if product else ("", None)
            ratio = round(each.number / each.median, 6) if each.median else None
            median = None if each.median is None else float(f"{each.median:.4g}")
            row = (each.reason, each.product, each.id, title, brand, each.group, each.number, each.unit)
            yield (each.field, *row, median, ratio, each.score)
    for reason, sample in (("short", titles.short_sample), ("long", titles.long_sample)):
        for odd in sample:
            yield "title", reason, odd.id, odd.id, odd.title, None, "", odd.length, "characters", None, None, None


def duplicate_rows(duplicates: Duplicates, look_up: LookUp) -> Iterator[Row]:
    """Yield each product of each group; groups are numbered from 1."""
    for start, batch in enumerate(_batches(duplicates.groups, _BATCH // 10)):
        products = look_up(list(dict.fromkeys(identity for group in batch for identity in group.ids)))
        for number, group in enumerate(batch, start=start * (_BATCH // 10) + 1):
            for identity in group.ids:
                product = products.get(identity)
                about = (product.title, product.brand, product.mpn, " ".join(product.gtin)) if product else ()
                yield (number, group.sign, group.products, identity, *about)


def coverage_rows(coverage: Coverage) -> Iterator[Row]:
    """Yield how many products of each type have each attribute that the type uses."""
    for each in coverage.by_type:
        ids = " ".join(each.lacking_sample)
        yield each.type, each.products, each.attribute, each.having, round(each.share, 4), ids


def kind_rows(coverage: Coverage) -> Iterator[Row]:
    """Yield the attributes that are given in several kinds."""
    for each in coverage.mixed:
        for other, count in each.others:
            yield each.attribute, each.kind, each.values, other, count, " ".join(each.sample)


def reject_rows(rejects: Iterable[Reject]) -> Iterator[Row]:
    """Yield the rows that the last load refused."""
    for each in rejects:
        yield each.file, each.line, each.field, each.reason, each.value


def trend_table(loads: Sequence[LoadRecord]) -> tuple[Sequence[str], list[Row]]:
    """Return the header and a row for each load, with its figures where they were taken."""
    names = list(dict.fromkeys(name for load in loads for name in load.quality or ()))
    rows: list[Row] = [
        (
            load.finished_at.isoformat(timespec="seconds"),
            load.kind,
            " ".join(load.files),
            load.accepted,
            load.rejected,
            *((load.quality or {}).get(name) for name in names),
        )
        for load in loads
    ]
    return ("finished_at", "kind", "files", "accepted", "rejected", *names), rows


def _batches(items: Iterable[_Item], size: int = _BATCH) -> Iterator[list[_Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
