"""What indexing a catalogue would do, and what it would find, without writing a version."""

from dataclasses import asdict
from typing import Any

import typer

from cli.context import Context, print_json, progress
from evaluation.catalog_quality import Basics, figures, measure
from indexer.rehearsal import Rehearsal, RehearsalReport

_SHOWN_ATTRIBUTES = 5


def dry_run(context: Context, catalog: str, *, as_json: bool) -> int:
    """Go through a catalogue as indexing would and print what it finds; return how many products would stop it."""
    with progress(f"check {catalog}", hidden=as_json) as step:
        rehearsal = Rehearsal(context.records, catalog, step)
        quality = measure(rehearsal.items())
    report = rehearsal.report()
    found = dict(figures(quality.basics))
    found["outlier_prices"] = len(quality.outliers.prices)
    found["outlier_numbers"] = len(quality.outliers.numbers)
    found["duplicate_similar_title"] = quality.basics.duplicates.products("similar_title")
    if as_json:
        document: dict[str, Any] = {"catalog": catalog, "would_index": asdict(report), "figures": found}
        document["left_out"] = [{**asdict(each), "left_out": each.left_out} for each in quality.basics.coverage.mixed]
        print_json(document)
    else:
        _print(catalog, report, quality.basics, found)
    return report.failed


def _print(catalog: str, report: RehearsalReport, basics: Basics, found: dict[str, float]) -> None:
    fields = ", ".join(f"{count:,} {kind}" for kind, count in sorted(report.fields.items()))
    typer.echo(f"{catalog}: {basics.products:,} products, {basics.variants:,} variants; nothing was written")
    typer.echo(f"  would index {report.documents:,} documents in {', '.join(report.locales)}")
    typer.echo(f"  fields: {fields}")
    if report.derived_types:
        typer.echo(f"  products without category that would get a derived type: {report.derived_types:,}")
    for lack in basics.lacks:
        if lack.products:
            sample = ", ".join(lack.sample[:3])
            typer.echo(f"  without {lack.part}: {lack.products:,} ({lack.share:.2%}), such as {sample}")
    for each in basics.coverage.mixed[:_SHOWN_ATTRIBUTES]:
        others = ", ".join(f"{count:,} {kind}" for kind, count in each.others)
        typer.echo(f"  attribute {each.attribute} is of kind {each.kind}: {others} left out, such as {each.sample[0]}")
    if len(basics.coverage.mixed) > _SHOWN_ATTRIBUTES:
        typer.echo(f"  … {len(basics.coverage.mixed) - _SHOWN_ATTRIBUTES} more attributes of several kinds")
    for name, text in (
        ("outlier_prices", "prices that stand out"),
        ("outlier_numbers", "attribute numbers that stand out"),
        ("short_titles", "titles too short"),
        ("long_titles", "titles too long"),
        ("duplicate_gtin", "products with the same GTIN"),
        ("duplicate_part_number", "products with the same brand and part number"),
        ("duplicate_same_words", "products with a title of the same words"),
        ("duplicate_similar_title", "products with a similar title"),
    ):
        if found[name]:
            typer.echo(f"  {text}: {found[name]:,.0f}")
    for failure in report.failures:
        typer.secho(f"  error: product {failure.id!r} would stop indexing: {failure.error}", fg="red")
    typer.echo(f"  all of it: vitrine report catalog {catalog}")
