"""A SQLite file copied while it is in use, by SQLite's own online backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from commerce.records.errors import BackupFailed

_PATIENCE = 60.0


def write(database: Path, target: Path) -> None:
    """Copy the database as of one moment into a file that needs no other beside it. Raises BackupFailed."""
    if not database.is_file():
        raise BackupFailed(f"{database}: there is no such file, so there is nothing to back up")
    with _explained(database, "cannot be copied"), _opened(database, "rw") as live, _opened(target, "rwc") as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _check(copy, target)


def read(source: Path, database: Path) -> None:
    """Put a copy's content into the database in one transaction, whoever has it open. Raises BackupFailed."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with _explained(source, "cannot be put back"), _opened(source, "ro") as copy, _opened(database, "rwc") as live:
        _check(copy, source)
        live.execute("PRAGMA synchronous=FULL")
        copy.backup(live)


def revision(source: Path) -> str | None:
    """Return the migration that a copy is at; None for a file of another kind."""
    try:
        with _opened(source, "ro") as copy:
            row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if row is None else str(row[0])


def _check(copy: sqlite3.Connection, path: Path) -> None:
    (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackupFailed(f"{path}: is damaged: {found}")


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE)) as connection:
        yield connection


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(f"{path}: {what}: {error}") from error
