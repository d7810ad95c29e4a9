"""Reports for people who look after a catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.context import AsJson, CatalogName, Context, opened, print_json, progress
from cli.report_attributes import report_attributes
from commerce.product import CatalogItem, Product
from evaluation.catalog_quality import figures, measure_basics
from indexer.knowledge import type_name
from indexer.types import TypeLearner
from language.errors import VitrineError

app = typer.Typer(no_args_is_help=True, help="Reports with plots and tables.")
app.command("attributes")(report_attributes)
_EVERY = 500


class Locale(StrEnum):
    """The languages of the page."""

    EN = "en"
    DE = "de"


class ReportsNotInstalled(VitrineError):
    """What draws the plots is not installed."""

    code = "reports_not_installed"


def reports_missing(error: ModuleNotFoundError) -> ReportsNotInstalled:
    """Return what to raise where a report cannot be drawn."""
    return ReportsNotInstalled(
        f"reports need the package {error.name!r}: install Vitrine with its extra `reports` "
        "(pip install 'vitrine[reports]')"
    )


@app.callback()
def report() -> None:
    """Reports with plots and tables."""


@app.command("catalog")
def report_catalog(
    catalog: CatalogName,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write to.", show_default="VITRINE_HOME/reports/CATALOG"),
    ] = None,
    locale: Annotated[Locale, typer.Option(help="Language of the page.")] = Locale.EN,
    as_json: AsJson = False,
) -> None:
    """Write a report of a catalogue's quality: one HTML page for people, and CSV files to work through.

    What products lack, prices and numbers that stand out, products that may stand twice, attributes by type, what the
    last load rejected, and the trend from load to load. The records are read, not the index, so it can be run before a
    catalogue is indexed. Nothing in the page asks for anything else: it can be sent and opened anywhere.

    Example: vitrine report catalog icecat --out report --locale de
    """
    try:
        # Here and not above, so that every other command works without matplotlib.
        from evaluation.catalog_quality.report import measure_into, write_report
    except ModuleNotFoundError as error:
        raise reports_missing(error) from error
    with opened() as context:
        known = context.records.catalog(catalog)
        folder = out or context.settings.home / "reports" / catalog
        folder.mkdir(parents=True, exist_ok=True)
        quality = measure_into(folder, _typed_items(context, catalog, quiet=as_json))
        now = figures(quality.basics)
        context.records.note_quality(catalog, now)

        def look_up(ids: Sequence[str]) -> Mapping[str, Product]:
            return {item.product.id: item.product for item in context.records.items(catalog, ids=ids)}

        rejects = context.settings.home / "rejects" / f"{catalog}.jsonl"
        loads = context.records.loads(catalog)
        moment = datetime.now().astimezone()
        files = write_report(folder, known, quality, loads, rejects, look_up, moment, locale)
    if as_json:
        print_json({"page": files.page, "tables": files.tables, "figures": now})
        return
    typer.echo(f"{catalog}: {quality.basics.products:,} products")
    for lack in quality.basics.lacks:
        if lack.products:
            typer.echo(f"  without {lack.part}: {lack.products:,} ({lack.share:.2%})")
    typer.echo(f"  prices that stand out: {len(quality.outliers.prices):,}, numbers: {len(quality.outliers.numbers):,}")
    typer.echo(f"report: {files.page}")
    typer.echo(f"tables: {', '.join(table.name for table in files.tables)}")


def take_figures(context: Context, catalog: str) -> None:
    """Keep the figures of a catalogue with its last load, if that has none yet."""
    last = context.records.loads(catalog, limit=1)
    if last and last[0].quality is None:
        context.records.note_quality(catalog, figures(measure_basics(context.records.items(catalog))))


def _typed_items(context: Context, catalog: str, *, quiet: bool) -> Iterator[tuple[CatalogItem, str | None]]:
    """Yield the products with the names of their types; reads the records twice, to learn types and to name them."""
    total = 2 * context.records.count(catalog)
    with progress(f"report {catalog}", hidden=quiet) as step:
        learner = TypeLearner()
        done = 0
        for done, item in enumerate(context.records.items(catalog), start=1):
            learner.add(item.product)
            if done % _EVERY == 0:
                step(done, total)
        types = learner.build()
        for at, item in enumerate(context.records.items(catalog), start=done):
            typed = types.of(item.product) if types and not item.product.category else None
            yield item, type_name(item.product, typed)
            if at % _EVERY == 0:
                step(at, total)
        step(total, total)
