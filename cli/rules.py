"""Merchandising rules to and from a file for review in git."""

from pathlib import Path
from typing import Annotated

import typer

from api.rule_files import read_rules, write_rules
from api.yaml_files import text_of
from cli.context import AsJson, CatalogName, opened, print_json

app = typer.Typer(no_args_is_help=True, help="Merchandising rules as a YAML file.")
_File = Annotated[Path, typer.Argument(help="A YAML file.")]


@app.command("export")
def export_rules(catalog: CatalogName, file: _File, as_json: AsJson = False) -> None:
    """Write the rules that are in force to a file.

    Example: vitrine rules export icecat rules.yaml
    """
    with opened() as context:
        context.records.catalog(catalog)
        rules = context.records.rules(catalog)
    file.write_text(write_rules(rules), encoding="utf-8")
    if as_json:
        print_json({"catalog": catalog, "rules": len(rules)})
    else:
        typer.echo(f"{catalog}: {len(rules):,} rules written to {file}")


@app.command("import")
def import_rules(
    catalog: CatalogName,
    file: _File,
    draft: Annotated[bool, typer.Option("--draft", help="Keep them as drafts, to be published later.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the rules that the file does not have.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, and say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put the rules of a file in force, all or none; those that are the same stay as they are.

    Example: vitrine rules import icecat rules.yaml --dry-run
    """
    text = text_of(file)
    with opened() as context:
        rules = read_rules(text, context.serving(catalog).fields())
        known = {rule.id: write_rules([rule]) for rule in context.records.rules(catalog)}
        given = {rule.id for rule in rules}
        gone = sorted(known.keys() - given) if prune else []
        changed = [rule.id for rule in rules if known.get(rule.id) != write_rules([rule])]
        if not dry_run:
            context.records.put_rules(catalog, rules, draft=draft)
            for identity in gone:
                context.records.delete_rule(catalog, identity)
    if as_json:
        print_json({"catalog": catalog, "rules": len(rules), "changed": changed, "removed": gone, "dry_run": dry_run})
        return
    would = "would be " if dry_run else ""
    typer.echo(f"{catalog}: of {len(rules):,} rules {would}changed {len(changed):,}, {would}removed {len(gone):,}")
    for identity in (*changed, *gone):
        typer.echo(f"  {'-' if identity in gone else '*'} {identity}")
