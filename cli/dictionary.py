"""Look at a catalogue's attribute dictionary and correct it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.context import AsJson, CatalogName, Context, opened, print_json
from indexer.learning import DICTIONARY
from language.dictionary import AttributeEntry
from language.dictionary_file import InvalidDictionary, Override, merged, read_overrides, write_dictionary

_SHOWN = 40


def dictionary(
    catalog: CatalogName,
    out: Annotated[Path | None, typer.Option("--out", help="Write the dictionary to this TOML file.")] = None,
    put: Annotated[Path | None, typer.Option("--set", help="Put the corrections of this TOML file in force.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what each attribute means: kind, unit with evidence, group, direction; or correct it.

    Write it to a file, add what you know better, hand it in, and index again.

    Example: vitrine dictionary icecat --out icecat.toml
    """
    with opened() as context:
        entries = context.serving(catalog).dictionary()
        if put is not None:
            overrides = _accept(context, catalog, put, entries)
        else:
            overrides = read_overrides(context.records.text(catalog, DICTIONARY) or "")
        if out is not None:
            out.write_text(write_dictionary(catalog, entries.values(), overrides), encoding="utf-8")
            typer.echo(f"{catalog}: {len(entries):,} attributes written to {out}", err=as_json)
    if as_json:
        print_json([asdict(entry) for entry in entries.values()])
    elif put is None and out is None:
        _show(entries.values())


def _accept(context: Context, catalog: str, file: Path, entries: Mapping[str, AttributeEntry]) -> dict[str, Override]:
    try:
        content = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidDictionary(f"{file}: the file is not UTF-8, at byte {error.start}") from error
    overrides = read_overrides(content)
    for remark in merged(entries, overrides).remarks:
        typer.secho(f"note: {remark}", err=True, fg="yellow")
    context.records.put_text(catalog, DICTIONARY, content)
    typer.echo(f"{catalog}: {len(overrides):,} entries are in force from the next `vitrine index {catalog}`", err=True)
    return overrides


def _show(entries: Iterable[AttributeEntry]) -> None:
    table = Table(
        "attribute", "products", "kind", "unit", "group", "how the unit is known", box=None, header_style="dim"
    )
    known = sorted(entries, key=lambda entry: (-entry.products, entry.name))
    for entry in known[:_SHOWN]:
        how = entry.rules[0].evidence if entry.rules else ""
        table.add_row(entry.name, f"{entry.products:,}", entry.kind, entry.unit or "", entry.group or "", how)
    if known:
        Console().print(table)
    typer.echo(f"{len(known):,} attributes{', the commonest shown' if len(known) > _SHOWN else ''}")
