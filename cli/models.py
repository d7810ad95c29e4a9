"""List trained models, choose which version serves."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.settings import read_settings
from cli.context import AsJson, CatalogName, print_json
from registry import Registry

app = typer.Typer(no_args_is_help=True, help="List trained models, choose which version serves.")
Kind = Annotated[str, typer.Argument(help="The model's kind, as `vitrine models list` shows it.")]


def open_registry() -> Registry:
    """Return the registry below VITRINE_HOME."""
    return Registry(read_settings().home / "models")


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Show every version of every model: which serves, when it was trained, what it scored."""
    listed = open_registry().everything()
    if as_json:
        print_json([asdict(each) for each in listed])
        return
    if not listed:
        typer.echo("there are no models: run `vitrine train` or `vitrine demo`")
        return
    table = Table("catalogue", "kind", "version", "", "trained", "scores", box=None, header_style="dim")
    for each in listed:
        state = "bad" if each.fault else "serves" if each.promoted else ""
        scores = created = ""
        if each.manifest:
            created = each.manifest.created
            scores = "  ".join(f"{name} {value:.4g}" for name, value in each.manifest.training.metrics.items())
        table.add_row(each.catalog, each.kind, str(each.version), state, created, scores)
    Console().print(table)


@app.command()
def promote(
    catalog: CatalogName, kind: Kind, version: Annotated[int, typer.Argument(min=1)], as_json: AsJson = False
) -> None:
    """Let a version of a model serve; running services go over to it between two requests.

    Example: vitrine models promote icecat ranking 3
    """
    _say(open_registry().promote(catalog, kind, version).manifest.version, catalog, kind, as_json=as_json)


@app.command()
def rollback(catalog: CatalogName, kind: Kind, as_json: AsJson = False) -> None:
    """Let the newest good version before the one that serves serve again."""
    _say(open_registry().rollback(catalog, kind).manifest.version, catalog, kind, as_json=as_json)


def _say(version: int, catalog: str, kind: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"catalog": catalog, "kind": kind, "version": version})
    else:
        typer.echo(f"{catalog}: version {version} of the model {kind!r} serves")
