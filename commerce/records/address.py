"""From a database URL to connections that are set up for the records."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import URL, Engine

from commerce.records.errors import UnusableDatabase

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_POSTGRES = {
    # A plan kept for "one of these 500 ids" compares every product with each of them: loads took four times as long,
    # and loads of what was there already twenty times. Poolers that share connections need it too.
    "prepare_threshold": None,
    # A server that vanished (power cut, fail-over) is noticed within a minute instead of two hours.
    "application_name": "vitrine",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def database_address(url: str) -> URL:
    """Return the URL with the driver that Vitrine uses. Raises UnusableDatabase for one of another kind."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise UnusableDatabase(_NEEDED) from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None or (driver == "sqlite" and parsed.database in {None, "", ":memory:"}):
        raise UnusableDatabase(_NEEDED)
    return parsed.set(drivername=driver)


def engine_of(url: str, patience: float) -> Engine:
    """Return an engine; ``patience`` is how many seconds a SQLite writer waits for another. Raises UnusableDatabase."""
    address = database_address(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, patience)
    return sa.create_engine(
        address,
        # A connection that the server or a firewall closed while it idled is replaced before it is used.
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        # Errors are logged; products and prices need not be.
        hide_parameters=True,
        connect_args={name: value for name, value in _POSTGRES.items() if name not in address.query},
    )


def _sqlite(address: URL, patience: float) -> Engine:
    Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        address, hide_parameters=True, connect_args={"timeout": patience, "isolation_level": None}
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        # FULL: what was acknowledged survives a power cut.
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


_NEEDED = (
    "the records need a database address such as sqlite:////var/lib/vitrine/records.db or "
    "postgresql://user:password@host/name"
)
