"""Synonyms and stop words to and from a file for review in git."""

from pathlib import Path
from typing import Annotated

import typer

from api.synonym_files import read_synonyms, write_synonyms
from api.yaml_files import text_of
from cli.context import AsJson, CatalogName, opened, print_json

app = typer.Typer(no_args_is_help=True, help="Synonyms and stop words as a YAML file.")
_File = Annotated[Path, typer.Argument(help="A YAML file.")]


@app.command("export")
def export_synonyms(catalog: CatalogName, file: _File, as_json: AsJson = False) -> None:
    """Write the synonyms and stop words to a file.

    Example: vitrine synonyms export icecat synonyms.yaml
    """
    with opened() as context:
        context.records.catalog(catalog)
        synonyms = context.records.synonyms(catalog)
    file.write_text(write_synonyms(synonyms), encoding="utf-8")
    if as_json:
        print_json({"catalog": catalog, "synonyms": len(synonyms)})
    else:
        typer.echo(f"{catalog}: {len(synonyms):,} synonyms written to {file}")


@app.command("import")
def import_synonyms(
    catalog: CatalogName,
    file: _File,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the synonyms that the file does not have.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, and say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put the synonyms and stop words of a file in force, all or none; those that are the same stay as they are.

    Example: vitrine synonyms import icecat synonyms.yaml --dry-run
    """
    synonyms = read_synonyms(text_of(file))
    with opened() as context:
        context.records.catalog(catalog)
        known = {each.id: each for each in context.records.synonyms(catalog)}
        gone = sorted(known.keys() - {each.id for each in synonyms}) if prune else []
        changed = [each.id for each in synonyms if known.get(each.id) != each]
        if not dry_run:
            context.records.put_synonyms(catalog, synonyms, without=gone)
    if as_json:
        counts = {"synonyms": len(synonyms), "changed": changed, "removed": gone}
        print_json({"catalog": catalog, **counts, "dry_run": dry_run})
        return
    would = "would be " if dry_run else ""
    typer.echo(
        f"{catalog}: of {len(synonyms):,} synonyms {would}changed {len(changed):,}, {would}removed {len(gone):,}"
    )
    for identity in (*changed, *gone):
        typer.echo(f"  {'-' if identity in gone else '*'} {identity}")
