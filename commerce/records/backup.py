"""Copies of the records for safe keeping: a SQLite file, or an archive of pg_dump.

Both are the databases' own formats, so that their own tools read and write them too.
"""

import os
from pathlib import Path

from sqlalchemy import URL

from commerce.records import postgres_archive, sqlite_copy
from commerce.records.address import database_address
from commerce.records.database import known_revisions
from commerce.records.errors import BackupFailed, NewerDatabase


def back_up(url: str, target: Path) -> int:
    """Write the records as of one moment to ``target``, while others read and write; return its bytes.

    The file appears whole or not at all, readable by its owner alone. Raises BackupFailed.
    """
    address = database_address(url)
    partial = target.with_name(f"{target.name}.partial")
    try:
        # A new file, its owner's alone: a backup that was killed may still be writing into the one before.
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            if _is_sqlite(address):
                sqlite_copy.write(_file(address), partial)
            else:
                postgres_archive.write(address, file)
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise BackupFailed(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path) -> None:
    """Put the records of a backup in the place of those that there are, all or none, at the revision of the backup.

    Afterwards ``Records.upgrade`` is due, and every index is out of date: numbers of the change log that an index
    has applied may be given out again. Raises BackupFailed, NewerDatabase.
    """
    address = database_address(url)
    if not source.is_file():
        raise BackupFailed(f"{source}: there is no such file")
    kept = sqlite_copy if _is_sqlite(address) else postgres_archive
    revision = kept.revision(source)
    if revision is None:
        system = "SQLite" if kept is sqlite_copy else "PostgreSQL"
        raise BackupFailed(
            f"{source}: is no backup of Vitrine's records on {system}, where VITRINE_DATABASE_URL points"
        )
    known = known_revisions()
    if revision not in known:
        raise NewerDatabase(
            f"{source}: is at revision {revision}, which a newer Vitrine made; this one knows them up to {known[0]}: "
            "install the newer Vitrine, or take an older backup"
        )
    if _is_sqlite(address):
        sqlite_copy.read(source, _file(address))
    else:
        postgres_archive.read(source, address)


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _file(address: URL) -> Path:
    return Path(str(address.database))
