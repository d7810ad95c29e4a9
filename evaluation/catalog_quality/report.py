"""A catalogue's quality report on disk: a page for people and CSV files to work through."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import orjson

from commerce.product import Catalog, CatalogItem
from commerce.readers import Reject
from commerce.records import LoadRecord
from evaluation.catalog_quality import tables
from evaluation.catalog_quality.measure import CatalogQuality, measure
from evaluation.catalog_quality.page.content import PageInput
from evaluation.catalog_quality.page.document import render_page
from evaluation.catalog_quality.page.findings import named_ids

PAGE = "catalog-quality.html"
_TABLES = ("missing", "outliers", "duplicates", "coverage", "kinds", "rejects", "trend")
_SHOWN_REJECTS = 20


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where the report is."""

    page: Path
    tables: tuple[Path, ...]


def measure_into(folder: Path, items: Iterable[tuple[CatalogItem, str | None]]) -> CatalogQuality:
    """Measure a catalogue in one pass and write missing.csv into the folder on the way."""
    with tables.table(folder / "missing.csv", tables.MISSING) as put:

        def noted() -> Iterator[tuple[CatalogItem, str | None]]:
            for item, type_name in items:
                if row := tables.missing_row(item, type_name):
                    put(row)
                yield item, type_name

        return measure(noted())


def write_report(
    folder: Path,
    catalog: Catalog,
    quality: CatalogQuality,
    loads: Sequence[LoadRecord],
    rejects: Path,
    look_up: tables.LookUp,
    moment: datetime,
    locale: str,
) -> ReportFiles:
    """Write the page and the other tables; ``rejects`` is the JSONL file of the last load's rejected rows, if any."""
    coverage, outliers, titles = quality.basics.coverage, quality.outliers, quality.basics.titles
    tables.write(folder / "outliers.csv", tables.OUTLIERS, tables.outlier_rows(outliers, titles, look_up))
    groups = tables.duplicate_rows(quality.basics.duplicates, look_up)
    tables.write(folder / "duplicates.csv", tables.DUPLICATES, groups)
    tables.write(folder / "coverage.csv", tables.COVERAGE, tables.coverage_rows(coverage))
    tables.write(folder / "kinds.csv", tables.KINDS, tables.kind_rows(coverage))
    tables.write(folder / "rejects.csv", tables.REJECTS, tables.reject_rows(read_rejects(rejects)))
    tables.write(folder / "trend.csv", *tables.trend_table(loads))
    first_rejects = list(islice(read_rejects(rejects), _SHOWN_REJECTS))
    refused = bool(loads and first_rejects) and rejects.stat().st_mtime > loads[-1].finished_at.timestamp()
    page = PageInput(catalog, quality, loads, first_rejects, refused, look_up(named_ids(quality)), moment)
    path = folder / PAGE
    path.write_text(render_page(page, locale), encoding="utf-8")
    return ReportFiles(path, tuple(sorted(folder / f"{name}.csv" for name in _TABLES)))


def read_rejects(path: Path) -> Iterator[Reject]:
    """Yield the rows that a load rejected, from the file that it wrote; nothing if there is none."""
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            yield Reject(row["file"], row["line"], row["field"], row["reason"], row.get("value", ""))
