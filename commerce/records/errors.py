"""What can go wrong with the database below the records.

No message repeats the database's address, which may hold a password.
"""

import sqlite3

import psycopg
import sqlalchemy as sa

from language.errors import VitrineError

_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_AWAY = {
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
# Classes of SQLSTATE: connection, transaction rollback, resources, limits of the operator, system.
_POSTGRES_AWAY = ("08", "25P", "40", "53", "57", "58")
_POSTGRES_BUSY = "55P03"


class UnusableDatabase(VitrineError):
    """An address that names no database that the records can live in."""

    code = "unusable_database"


class NewerDatabase(VitrineError):
    """The tables were made by a newer Vitrine than this one."""

    code = "newer_database"


class RecordsUnavailable(VitrineError):
    """The database does not answer, or another write kept it for too long; ``reason`` is what it said itself."""

    code = "records_unavailable"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class BackupFailed(VitrineError):
    """A backup that could not be written or be put back; the records are as they were before."""

    code = "backup_failed"


def unavailable(error: sa.exc.SQLAlchemyError) -> RecordsUnavailable | None:
    """Return what to raise instead of a driver's error; None if the question was wrong and not the database away."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    reason = str(cause).strip().partition("\n")[0]
    is_busy, is_away = False, True
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind, the rest says more about it.
        kind = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
        is_busy, is_away = kind in _SQLITE_BUSY, kind in _SQLITE_AWAY
    elif isinstance(cause, psycopg.Error) and cause.sqlstate is not None:
        is_busy, is_away = cause.sqlstate == _POSTGRES_BUSY, cause.sqlstate.startswith(_POSTGRES_AWAY)
    if is_busy:
        return RecordsUnavailable("another write keeps the records: try again when it has finished", reason)
    if is_away:
        return RecordsUnavailable("the records' database does not answer: see that it runs, then try again", reason)
    return None
