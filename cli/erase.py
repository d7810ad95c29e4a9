"""Erase a person from a catalogue's records."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.erasing import erasure_proof
from cli.context import AsJson, CatalogName, opened, print_json
from commerce.erasure import Person, PersonKind


def erase(
    catalog: CatalogName,
    user: Annotated[str | None, typer.Option(help="The user, as `sub` in tokens.")] = None,
    account: Annotated[str | None, typer.Option(help="An account that acted without a user.")] = None,
    client: Annotated[str | None, typer.Option(help="A client that nobody signed on in.")] = None,
    proof: Annotated[Path | None, typer.Option(help="File to write the proof to, as JSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person: their events and searches are removed, their orders become those of a guest.

    Running services forget them within a second, the next trained models are without them, and what comes in again of
    before is kept without the name. Backups of before still hold them: let these expire. The proof names what was
    removed, and what a search for the person found afterwards.

    Example: vitrine erase shop --user ann@example.com --proof erasure.json
    """
    kinds: tuple[tuple[PersonKind, str | None], ...] = (("user", user), ("account", account), ("client", client))
    given = [Person(kind, name) for kind, name in kinds if name]
    if len(given) != 1:
        raise typer.BadParameter("name one of --user, --account and --client")
    with opened() as context:
        context.records.catalog(catalog)
        done = context.records.erase(catalog, given[0])
        answer = erasure_proof(done, context.registry)
    if proof is not None:
        proof.write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    if as_json:
        print_json(answer)
        return
    typer.echo(
        f"{catalog}: erased {done.events:,} events and {done.searches:,} searches; "
        f"{done.orders_unnamed:,} orders and {done.searches_unnamed:,} searches lost the name"
    )
    typer.echo("nothing is left in the records" if done.is_complete else f"still found: {dict(done.remaining)}")
    models = [str(each) for each in answer["models"]] if isinstance(answer["models"], list) else []
    if models:
        typer.echo(f"trained before, to be trained again: {', '.join(models)}")
