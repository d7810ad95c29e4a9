"""Index, search and look at catalogues."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.product_page import money
from cli.context import AsJson, CatalogName, Context, opened, print_json, progress
from cli.dry_run import dry_run
from cli.report import take_figures
from commerce.buyer import ANONYMOUS
from indexer import RebuildReport, rebuild, roll_back
from indexer.embedding import load_embedder
from indexer.extraction.artefact import load_extractor
from ranking import search as ranking
from ranking.models import CatalogModels
from ranking.relevance_records import current
from ranking.request import SearchRequest


def index(
    catalog: CatalogName,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Serve the version before the current one again.")
    ] = False,
    check_only: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing: print what would be indexed and what is missing or odd.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build a new version of a catalogue's index from its records and switch to it.

    A running service goes over to it between two requests; the version before is kept for --rollback.
    """
    if rollback and check_only:
        raise typer.BadParameter("--rollback and --dry-run do not go together: name one of them")
    with opened() as context:
        if check_only:
            if dry_run(context, catalog, as_json=as_json):
                raise typer.Exit(1)
            return
        if rollback:
            version = roll_back(context.engine, catalog)
            print_json({"version": version}) if as_json else typer.echo(f"{catalog}: version {version} serves again")
            return
        report = index_catalog(context, catalog, quiet=as_json)
        take_figures(context, catalog)
    if as_json:
        print_json(asdict(report))
    else:
        typer.echo(f"{catalog}: version {report.version} serves {report.products:,} products ({report.seconds:.1f} s)")


def index_catalog(context: Context, catalog: str, *, quiet: bool) -> RebuildReport:
    """Index one catalogue with a progress bar."""
    with progress(f"index {catalog}", hidden=quiet) as step:
        embedder, extractor = load_embedder(context.registry, catalog), load_extractor(context.registry, catalog)
        return rebuild(context.records, context.engine, catalog, step, embedder, extractor)


def search(
    catalog: CatalogName,
    query: Annotated[str, typer.Argument(help="What a buyer would type; empty browses.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="Hits to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Search a catalogue as an anonymous buyer.

    Example: vitrine search icecat "hp laptop 16 gb"
    """
    with opened() as context:
        index = context.serving(catalog)
        models = CatalogModels(context.registry, catalog).of(index)
        request = SearchRequest(query=query, page_size=limit)
        found = ranking.search(index, request, ANONYMOUS, models, relevance=current(context.records, catalog).relevance)
        currency = context.records.catalog(catalog).currency
    if as_json:
        hits = [
            {
                "id": each.hit.product.id,
                "title": each.hit.product.title,
                "score": each.hit.score,
                "net": each.hit.product.net,
            }
            for each in found.hits
        ]
        print_json({"total": found.total, "interpretation": asdict(found.interpretation), "hits": hits})
        return
    understood = found.interpretation
    if understood.corrected_query:
        typer.echo(f"searched for: {understood.corrected_query}")
    if understood.relaxed:
        typer.echo(f"not found together, left out: {', '.join(understood.relaxed)}")
    table = Table("", "id", "title", "price", box=None, header_style="dim")
    for each in found.hits:
        product = each.hit.product
        price = "" if product.net is None else f"{money(product.net)} {currency}"
        table.add_row(str(each.position), product.id, product.title, price)
    if found.hits:
        Console().print(table)
    typer.echo(f"{found.total:,} products")


def status(as_json: AsJson = False) -> None:
    """Show every catalogue: what is loaded, what serves, and how far it is behind."""
    with opened() as context:
        rows = []
        for catalog in context.records.catalogs():
            serving = context.engine.open(catalog.id)
            stats = serving.stats() if serving else None
            pending = context.records.count_changes_since(catalog.id, stats.applied) if stats else None
            rows.append(
                {
                    "catalog": catalog.id,
                    "records": context.records.count(catalog.id),
                    "version": stats.version if stats else None,
                    "serving": stats.products if stats else 0,
                    "pending_changes": pending,
                    "disk_bytes": stats.disk_bytes if stats else 0,
                }
            )
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("no catalogue is loaded: run `vitrine load` or `vitrine demo`")
        return
    table = Table("catalogue", "records", "version", "serving", "pending", "disk", box=None, header_style="dim")
    for row in rows:
        table.add_row(
            str(row["catalog"]),
            f"{row['records']:,}",
            str(row["version"] or "not indexed"),
            f"{row['serving']:,}",
            str(row["pending_changes"] if row["pending_changes"] is not None else ""),
            f"{float(str(row['disk_bytes'])) / 1e6:.1f} MB",
        )
    Console().print(table)
