"""The records' database: its migrations, and who may read and write when.

A reader that follows the change log never misses a row: SQLite has one writer at a time, and elsewhere writers take an
advisory lock, so numbers commit in their order.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from commerce.records.address import engine_of
from commerce.records.errors import NewerDatabase, unavailable

WRITERS_LOCK = 7_146_321
EVENTS_LOCK = 7_146_322
_MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """One database by its URL; safe for concurrent use by threads and processes.

    A write waits up to ``patience`` seconds for the one before it. Raises UnusableDatabase for an address of another
    kind; whatever asks the database raises RecordsUnavailable when it does not answer.
    """

    def __init__(self, url: str, patience: float = 60.0) -> None:
        self._engine = engine_of(url, patience)
        self._patience = patience

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to the newest shape (or to ``revision``); safe when several processes do it at once.

        Does not wait for writers when there is nothing to do. Raises NewerDatabase.
        """
        if self._is_ready(revision):
            return
        with self._alone():
            if self._engine.dialect.name == "sqlite":
                with self._connect() as connection:
                    # Kept in the file; readers then never wait for the writer.
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with self._write() as connection:
                _refuse_newer(connection)
                command.upgrade(_alembic(connection), revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to an earlier shape; what only the newer one held is lost. Raises NewerDatabase."""
        with self._write() as connection:
            _refuse_newer(connection)
            command.downgrade(_alembic(connection), revision)

    def revision(self) -> str | None:
        """Return the migration that the tables are at; None for a database without tables."""
        with self._read() as connection:
            return _revision(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _is_ready(self, revision: str) -> bool:
        with self._connect() as connection:
            if (
                connection.dialect.name == "sqlite"
                and connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal"
            ):
                return False
            _refuse_newer(connection)
            wanted = known_revisions()[0]
            return revision in {"head", wanted} and _revision(connection) == wanted

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from preparing the same SQLite file, which fails instead of waiting."""
        path = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not path:
            yield
            return
        with Path(f"{path}.prepare").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        """One connection whose statements all see the same moment."""
        with self._connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            else:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def _write(self, lock: int = WRITERS_LOCK) -> Iterator[Connection]:
        """One transaction that holds the right to write from its beginning: to everything, or to what has a ``lock`` of
        its own, which SQLite does not tell apart."""
        with self._connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                # Each statement behind the lock sees what the writer before committed: READ COMMITTED.
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(self._patience * 1000)}")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
            else:
                # Waits for other writers now; a lock taken midway would fail if another one wrote meanwhile.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            if (found := unavailable(error)) is not None:
                raise found from error
            raise


def known_revisions() -> list[str]:
    """Return the migrations that there are, the newest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def _refuse_newer(connection: Connection) -> None:
    found, known = _revision(connection), known_revisions()
    if found is not None and found not in known:
        raise NewerDatabase(
            f"the records' tables are at revision {found}, which a newer Vitrine made; this one knows them up to "
            f"{known[0]}: install the newer Vitrine again, or restore a backup from before the upgrade"
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic())


def _alembic(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
