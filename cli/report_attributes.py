"""A report of attributes: how complete each category is, and where texts contradict what is given."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.context import AsJson, CatalogName, Context, one_by_one, opened, print_json, progress
from indexer.extraction.artefact import KIND, load
from indexer.extraction.audit import AttributeAudit, Completeness, Contradiction
from indexer.knowledge import type_name
from indexer.learning import learn_catalog

_SHOWN = 5
_COMPLETENESS = ("type", "products", "usual_attributes", "given", "from_texts", "lacking")
_CONTRADICTIONS = ("id", "title", "attribute", "given", "stated", "unit", "evidence", "confidence")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_attributes(
    catalog: CatalogName,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write to.", show_default="VITRINE_HOME/reports/CATALOG"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report how complete each category is in its usual attributes, and texts that contradict attributes.

    Writes completeness.csv and contradictions.csv. What texts add, and contradictions, need a trained extraction
    (`vitrine train extraction`).

    Example: vitrine report attributes icecat --out report
    """
    with opened() as context:
        audit = _audit(context, catalog, quiet=as_json)
        folder = out or context.settings.home / "reports" / catalog
    complete, contradictions = audit.completeness(), audit.contradictions
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "completeness.csv", _COMPLETENESS, (_complete_row(each) for each in complete))
    _write(folder / "contradictions.csv", _CONTRADICTIONS, (_contradiction_row(each) for each in contradictions))
    if as_json:
        print_json({"catalog": catalog, "types": len(complete), "contradictions": len(contradictions), "out": folder})
        return
    typer.echo(f"{catalog}: {len(complete):,} types, {len(contradictions):,} contradictions")
    for each in complete[:_SHOWN]:
        names = ", ".join(name for name, _ in each.lacking[:3])
        typer.echo(f"  {each.type_name}: {each.given:.0%} given, {each.extracted:.0%} from texts; lacking {names}")
    typer.echo(f"tables: {folder / 'completeness.csv'}, {folder / 'contradictions.csv'}")


def _audit(context: Context, catalog: str, *, quiet: bool) -> AttributeAudit:
    known = context.records.catalog(catalog)
    artefact = context.registry.load(catalog, KIND)
    total = 2 * context.records.count(catalog)
    with progress(f"report {catalog}", hidden=quiet) as step:
        advance = one_by_one(step, total)
        knowledge = learn_catalog(context.records, known, advance)
        audit = AttributeAudit(knowledge.values, None if artefact is None else load(artefact.folder))
        for item in context.records.items(catalog):
            audit.add(item.product, type_name(item.product, knowledge.type_of(item.product)))
            advance()
        step(total, total)
    return audit


def _complete_row(found: Completeness) -> Sequence[object]:
    lacking = ", ".join(f"{name} ({count})" for name, count in found.lacking)
    return found.type_name, found.products, found.usual, f"{found.given:.3f}", f"{found.extracted:.3f}", lacking


def _contradiction_row(found: Contradiction) -> Sequence[object]:
    stated = found.stated
    values = found.product.id, found.product.title, stated.name, found.given, stated.value, stated.unit or ""
    return *values, f"{stated.evidence} ({stated.field})", stated.confidence


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_safe(each) for each in row] for row in rows)


def _safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
