"""Back up the records and put them back."""

from pathlib import Path
from typing import Annotated

import typer

from api.settings import read_settings
from cli.catalog import index_catalog
from cli.context import AsJson, opened, print_json
from commerce.records import Records
from commerce.records import backup as copies
from language.errors import VitrineError


class RecordsInTheWay(VitrineError):
    """There are records already where a backup would be put."""

    code = "records_in_the_way"


def backup(
    file: Annotated[Path, typer.Argument(help="Where the backup goes; a file of that name is replaced.")],
    as_json: AsJson = False,
) -> None:
    """Write a backup of the records to a file, while the service goes on.

    SQLite: a database file. PostgreSQL: an archive of pg_dump, which must be installed. The index is not in it: it
    is built again from the records.

    Example: vitrine backup /var/backups/vitrine-$(date +%F).backup
    """
    size = copies.back_up(read_settings().records_url(), file)
    print_json({"file": file, "bytes": size}) if as_json else typer.echo(f"{file}: {size / 1e6:.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `vitrine backup` wrote on the same kind of database.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the records that there are now.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put the records of a backup back, and build the index of every catalogue again.

    Stop the service and everything that writes first. All or nothing: a restore that fails leaves the records as they
    were. Versions of the index from before are removed, since they follow another change log.

    Example: vitrine restore /var/backups/vitrine-2026-11-24.backup --replace
    """
    url = read_settings().records_url()
    if not replace and _has_records(url):
        raise RecordsInTheWay("there are records already: add --replace to put the backup in their place")
    copies.restore(url, file)
    products = {}
    with opened() as context:
        for catalog in context.records.catalogs():
            products[catalog.id] = index_catalog(context, catalog.id, quiet=as_json).products
            for version in context.engine.versions(catalog.id)[:-1]:
                context.engine.drop(catalog.id, version)
    if as_json:
        print_json({"file": file, "products": products})
        return
    for name, count in products.items():
        typer.echo(f"{name}: {count:,} products are back and serve")


def _has_records(url: str) -> bool:
    records = Records(url)
    try:
        return records.revision() is not None
    finally:
        records.close()
