"""The report of what is wrong with price lists."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.context import AsJson, CatalogName, opened, print_json, progress
from evaluation.price_consistency import PriceReport, check_prices
from evaluation.price_consistency.findings import MEANINGS

_COUNTS = ("findings", "lists")


def report_prices(
    catalog: CatalogName,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV file to write.", show_default="VITRINE_HOME/reports/CATALOG/prices.csv"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check all price lists against each other and the catalogue: a summary, and a CSV file to work through.

    Gaps, prices below cost or above the catalogue's own or far from a list's usual ones, tiers that do nothing or rise,
    versions of one contract that overlap or lose articles, lists that expired or never apply. Lists are versions of one
    contract if their ids differ in a year, a date or a version number at their end alone (4711-2026 and 4711-2027,
    4711/v2) and one of them says when it holds. The records are read, not the index.

    Example: vitrine report prices shop --out prices.csv
    """
    with opened() as context:
        known = context.records.catalog(catalog)
        target = out or context.settings.home / "reports" / catalog / "prices.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        with progress(f"report {catalog}", hidden=as_json) as step:
            report = check_prices(context.records, known, target, datetime.now().astimezone(), step)
    if as_json:
        counts = {name: {kind.value: count for kind, count in getattr(report, name).items()} for name in _COUNTS}
        print_json({**asdict(report), **counts})
    else:
        _show(catalog, report)


def _show(catalog: str, report: PriceReport) -> None:
    typer.echo(
        f"{catalog}: {report.price_lists:,} price lists with {report.prices:,} prices, "
        f"{report.articles:,} articles in the catalogue"
    )
    if not report.findings:
        typer.echo("nothing is wrong with them")
        return
    table = Table("finding", "rows", "lists", "", box=None, header_style="dim")
    for kind, count in report.findings.items():
        table.add_row(kind.value, f"{count:,}", f"{report.lists[kind]:,}", MEANINGS[kind])
    Console().print(table)
    typer.echo("most findings: " + ", ".join(f"{name} ({count:,})" for name, count in report.worst))
    typer.echo(f"table: {report.table}")
