"""The report of what customers did."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.context import AsJson, CatalogName, opened, print_json


def report_behaviour(
    catalog: CatalogName,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How many days before the end.")] = 28,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The end, a day in UTC.", show_default="now")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write to.", show_default="VITRINE_HOME/reports/CATALOG"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a report of what customers did: one HTML page for people, and CSV files to work through.

    Top queries, queries that nothing came of with a proposal for each, use of facets, conversion, units of
    recommendations with their margin where costs are known, buyers by recency, frequency and value, returns, how much
    each place is looked at, and what changed since the time before. Made from searches, events and orders.

    Example: vitrine report behaviour shop --days 7
    """
    # Here and not above: what judges behaviour is heavy to import, and other commands do not wait for it.
    from api.behaviour_review import reviewed
    from evaluation.behaviour import write_review

    end = datetime.now(UTC) if until is None else until.replace(tzinfo=UTC)
    since = end - timedelta(days=days)
    with opened() as context:
        known = context.records.catalog(catalog)
        folder = out or context.settings.home / "reports" / catalog
        folder.mkdir(parents=True, exist_ok=True)
        found = reviewed(context.records, context.registry, catalog, since, end)
        files = write_review(folder, known, found)
    if as_json:
        print_json({"page": files[0], "tables": files[1:], "searches": found.searches, "events": found.events,
                    "funnel": dict(found.funnel)})  # fmt: skip
        return
    typer.echo(f"{catalog}: {found.searches:,} searches and {found.events:,} events in {days} days")
    troubled = len(found.queries.proposals)
    typer.echo(f"  queries: {len(found.queries.rows):,}, of which {troubled:,} need something done")
    typer.echo(f"report: {files[0]}")
    typer.echo(f"tables: {', '.join(file.name for file in files[1:])}")
