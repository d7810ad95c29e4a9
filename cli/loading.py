"""Load files into a catalogue: products, prices, stock, deletions."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.context import AsJson, CatalogName, Context, opened, print_json, progress
from commerce.readers import (
    DeltaReport,
    ListsReport,
    LoadReport,
    delete_products,
    load_assortments,
    load_events,
    load_files,
    load_offers,
    load_orders,
    load_price_lists,
    read_mapping,
)
from commerce.readers.bmecat import is_bmecat, load_bmecat

Files = Annotated[
    list[Path],
    typer.Argument(
        help="CSV, JSONL, Parquet or BMEcat (XML) files, or folders of an export in parts; .zst and .gz are read as "
        "they are."
    ),
]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", "-m", help="TOML file that says which column is what; BMEcat needs none.")
]
Report = LoadReport | DeltaReport | ListsReport


class Kind(StrEnum):
    """What the files hold."""

    PRODUCTS = "products"
    PRICES = "prices"
    STOCK = "stock"
    PRICE_LISTS = "price-lists"
    ASSORTMENTS = "assortments"
    ORDERS = "orders"
    EVENTS = "events"


def load(
    catalog: CatalogName,
    files: Files,
    mapping: MappingFile = None,
    kind: Annotated[
        Kind, typer.Option(help="What the files hold: prices and stock change nothing else of products and variants.")
    ] = Kind.PRODUCTS,
    add: Annotated[
        bool, typer.Option("--add", help="Add to the catalogue; otherwise the files are the whole of it.")
    ] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Remove the products whose ids the files name, and no others.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Load a catalogue's products from files, or change their prices or stock, or load buyers' price lists and
    assortments, or the history of orders, or events (one a line as over HTTP, or by a mapping).

    Rejected rows are written to VITRINE_HOME/rejects/CATALOG.jsonl with file, line, field and reason. If more are
    rejected than the mapping allows, nothing is kept. Run `vitrine index CATALOG` after the first load; a service that
    runs follows later ones by itself.

    Example: vitrine load icecat samples/icecat/products.jsonl.zst --mapping samples/icecat/mapping.toml

    Example: vitrine load shop prices.csv --mapping mapping.toml --kind prices

    Example: vitrine load shop contracts.csv.zst --mapping mapping.toml --kind price-lists

    Example: vitrine load shop bmecat.xml.zst
    """
    if ((add or delete) and kind is not Kind.PRODUCTS) or (add and delete):
        raise typer.BadParameter("--add and --delete are for products, one of them at a time")
    bmecat = all(is_bmecat(file) for file in files)
    if bmecat and (mapping or delete or kind is not Kind.PRODUCTS):
        raise typer.BadParameter("BMEcat files say themselves what they hold: leave --mapping, --kind and --delete out")
    if not bmecat and mapping is None and kind is not Kind.EVENTS:
        raise typer.BadParameter("--mapping is needed: only BMEcat files (.xml), by themselves, and events go without")
    report: Report
    with opened() as context:
        context.engine.versions(catalog)  # refuses a name that no index can have, before anything is written
        if kind is Kind.EVENTS:
            report = _load_events(context, catalog, files, mapping, quiet=as_json)
        elif mapping is None:
            report = _load_bmecat(context, catalog, files, add=add, quiet=as_json)
        elif kind is Kind.PRODUCTS and not delete:
            report = load_catalog(context, catalog, files, mapping, add=add, quiet=as_json)
        elif kind in {Kind.PRICE_LISTS, Kind.ASSORTMENTS, Kind.ORDERS}:
            report = load_lists(context, catalog, files, mapping, kind, quiet=as_json)
        else:
            report = _load_delta(context, catalog, files, mapping, kind, quiet=as_json)
    if as_json:
        print_json(asdict(report))
    else:
        _show(catalog, report)


def load_catalog(
    context: Context, catalog: str, files: list[Path], mapping: Path, *, add: bool, quiet: bool
) -> LoadReport:
    """Load one catalogue with a progress bar."""
    rules = read_mapping(mapping)
    with progress(f"load {catalog}", hidden=quiet) as step:
        return load_files(
            context.records,
            catalog,
            files,
            rules,
            rejects=_rejects(context, catalog),
            replace=not add,
            progress=step,
        )


def _load_bmecat(context: Context, catalog: str, files: list[Path], *, add: bool, quiet: bool) -> LoadReport:
    with progress(f"load {catalog}", hidden=quiet) as step:
        rejects = _rejects(context, catalog)
        return load_bmecat(context.records, catalog, files, rejects=rejects, replace=not add, progress=step)


def _load_delta(
    context: Context, catalog: str, files: list[Path], mapping: Path, kind: Kind, *, quiet: bool
) -> DeltaReport:
    rules, rejects = read_mapping(mapping), _rejects(context, catalog)
    with progress(f"load {catalog}", hidden=quiet) as step:
        if kind is Kind.PRODUCTS:
            return delete_products(context.records, catalog, files, rules, rejects=rejects, progress=step)
        what: Literal["prices", "stock"] = "prices" if kind is Kind.PRICES else "stock"
        return load_offers(context.records, catalog, files, rules, what, rejects=rejects, progress=step)


def load_lists(
    context: Context, catalog: str, files: list[Path], mapping: Path, kind: Kind, *, quiet: bool
) -> ListsReport:
    """Load price lists, assortments or orders with a progress bar."""
    rules, rejects = read_mapping(mapping), _rejects(context, catalog)
    load_all = {
        Kind.PRICE_LISTS: load_price_lists,
        Kind.ASSORTMENTS: load_assortments,
        Kind.ORDERS: load_orders,
    }[kind]
    with progress(f"load {catalog}", hidden=quiet) as step:
        return load_all(context.records, catalog, files, rules, rejects=rejects, progress=step)


def _load_events(
    context: Context, catalog: str, files: list[Path], mapping: Path | None, *, quiet: bool
) -> ListsReport:
    rules = None if mapping is None else read_mapping(mapping)
    with progress(f"load {catalog}", hidden=quiet) as step:
        rejects = _rejects(context, catalog)
        return load_events(context.records, catalog, files, rules, rejects=rejects, progress=step)


def _rejects(context: Context, catalog: str) -> Path:
    return context.settings.home / "rejects" / f"{catalog}.jsonl"


def _show(catalog: str, report: Report) -> None:
    if isinstance(report, ListsReport):
        lists = report.kind.replace("-", " ")
        typer.echo(
            f"{catalog}: {report.accepted:,} rows of {lists} accepted in {report.seconds:.1f} s "
            f"({report.written:,} {lists} written, {report.unchanged:,} unchanged)"
        )
        if report.unknown:
            typer.echo(f"  not in the catalogue, but kept: {report.unknown:,} ids")
    elif isinstance(report, DeltaReport):
        did = "products removed" if report.kind == "deletions" else f"articles have their {report.kind}"
        typer.echo(f"{catalog}: {report.accepted:,} {did} in {report.seconds:.1f} s")
    else:
        variants = f" with {report.variants:,} variants" if report.variants else ""
        typer.echo(
            f"{catalog}: {report.accepted:,} products{variants} accepted in {report.seconds:.1f} s "
            f"({report.written:,} written, {report.unchanged:,} unchanged, {report.removed:,} removed)"
        )
    if len(report.rows) > 1:
        typer.echo("  rows read: " + ", ".join(f"{part} {count:,}" for part, count in report.rows.items()))
    for title, counts in (
        ("rejected", report.rejected_by_reason),
        ("left out", report.skipped_by_reason),
        ("mended", report.warnings),
    ):
        for reason, count in counts.items():
            typer.echo(f"  {title} {count:,}: {reason}")
    if report.rejects:
        typer.echo(f"  rejected rows: {report.rejects}")
