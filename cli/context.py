"""What the commands share: settings, records and engine, output for people or programs, progress bars."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from api.engine import open_engine
from api.settings import Settings, read_settings
from commerce.errors import UnknownCatalog
from commerce.records import Records, RecordsUnavailable
from engines.port import SearchEngine, SearchIndex
from language.errors import VitrineError
from registry import Registry

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
CatalogName = Annotated[str, typer.Argument(help="The catalogue's name: lower-case letters, digits, _ and -.")]
Step = Callable[[int, int], None]
stderr = Console(stderr=True)


class CannotOpen(VitrineError):
    """The records cannot be opened; the message names the variable to mend."""

    code = "cannot_open"


_EVERY = 500


@dataclass(frozen=True, slots=True)
class Context:
    """The records and the engine that the settings name."""

    settings: Settings
    records: Records
    engine: SearchEngine

    @property
    def registry(self) -> Registry:
        """Return the trained models."""
        return Registry(self.settings.home / "models")

    def serving(self, catalog: str) -> SearchIndex:
        """Return what serves of a catalogue. Raises UnknownCatalog with the mend."""
        known = {each.id for each in self.records.catalogs()}
        if catalog not in known:
            names = ", ".join(sorted(known)) or "none yet"
            raise UnknownCatalog(f"there is no catalogue {catalog!r} (loaded: {names}): run `vitrine load` first")
        index = self.engine.open(catalog)
        if index is None:
            raise UnknownCatalog(f"catalogue {catalog!r} is not indexed yet: run `vitrine index {catalog}`")
        return index


@contextmanager
def opened() -> Iterator[Context]:
    """Open what ``VITRINE_*`` names, with its tables up to date."""
    settings = read_settings()
    # An address may hold a password, so errors name the variable and not its value.
    where = "VITRINE_DATABASE_URL" if settings.database_url else f"VITRINE_HOME ({settings.home})"
    try:
        records = Records(settings.records_url())
    except OSError as error:
        raise CannotOpen(f"{where}: cannot be opened: {error}") from error
    try:
        _prepare(records, where)
        yield Context(settings, records, open_engine(settings))
    finally:
        records.close()


def _prepare(records: Records, where: str) -> None:
    try:
        records.upgrade()
    except RecordsUnavailable as error:
        raise CannotOpen(f"{where}: cannot be opened: {error.reason}") from error
    except (SQLAlchemyError, OSError) as error:
        raise CannotOpen(f"{where}: cannot be opened: {str(error).splitlines()[0]}") from error


@contextmanager
def progress(text: str, *, hidden: bool) -> Iterator[Step]:
    """Show a bar on the error stream while a step of work runs."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, disable=hidden) as bar:
        task = bar.add_task(text, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def one_by_one(step: Step, total: int) -> Callable[[], None]:
    """Return what to call once for each of ``total`` things; the bar moves at every five hundredth."""
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if done % _EVERY == 0:
            step(done, total)

    return advance


def print_json(value: object) -> None:
    """Print one JSON document."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())
