"""The connection to the records' database: its migrations, and who may read and write when.

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
from sqlalchemy import Connection, Engine

_WRITERS_LOCK = 7_146_321
_MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """One database by its URL; safe for concurrent use by threads and processes."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to the newest shape (or to ``revision``); safe when several processes do it at once."""
        with self._alone():
            with self._engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    # Kept in the file; readers then never wait for the writer.
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with self._write() as connection:
                command.upgrade(_alembic(connection), revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to an earlier shape; what only the newer one held is lost."""
        with self._write() as connection:
            command.downgrade(_alembic(connection), revision)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

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
        with self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            elif connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction that holds the right to write from its beginning."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_LOCK)))
            elif connection.dialect.name == "sqlite":
                # Waits for other writers now; a lock taken midway would fail if another one wrote meanwhile.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": 60, "isolation_level": None})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        # FULL: what was acknowledged survives a power cut.
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
