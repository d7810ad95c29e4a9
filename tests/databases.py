"""Databases for tests: every test that asks for one runs on SQLite and on PostgreSQL, each time with one of its own.

PostgreSQL is a private cluster of this test process, on a socket in a temporary folder. It asks for a password, as
those of operators do. Where its binaries are not installed, its half of the tests is skipped.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from commerce.records import Records

PASSWORD = "p@ss/w:rd %41"
_TEMPLATE = "vitrine_template"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


class Cluster:
    """A running PostgreSQL; ``database`` makes a database and returns its URL."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.folder = folder
        self._binaries = binaries
        self._account = _unprivileged()
        self._data = str(folder / "data")
        self._has_template = False

    def create(self) -> None:
        """Make the cluster's files and start it."""
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        # A locale that sorts otherwise than by bytes, as servers usually have.
        locale = ("--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8")
        access = ("--auth=scram-sha-256", "--username=vitrine", f"--pwfile={password}")
        self._run("initdb", "--pgdata", self._data, "--no-sync", *locale, *access)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        given = {**_SETTINGS, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        log = str(self.folder / "server.log")
        self._run(
            "pg_ctl", "start", "--wait", "--pgdata", str(self.folder / "data"), "--log", log, "--options", options
        )

    def stop(self) -> None:
        """Stop the server at once, as a power cut would."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata", self._data)

    def database(self, template: str = "template0") -> str:
        """Make a database and return its URL."""
        name = f"test_{uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def prepared(self) -> str:
        """Make a database with the newest tables and return its URL."""
        if not self._has_template:
            self.execute(f'CREATE DATABASE "{_TEMPLATE}" TEMPLATE template0')
            store = Records(self.url(_TEMPLATE))
            store.upgrade()
            store.close()
            self._has_template = True
        return self.database(_TEMPLATE)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = sa.make_url(url).database
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        address = sa.URL.create("postgresql", "vitrine", PASSWORD, database=name, query={"host": str(self.folder)})
        return address.render_as_string(hide_password=False)

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """Run one statement outside a transaction and return its rows."""
        given = {"host": str(self.folder), "user": "vitrine", "password": PASSWORD, "dbname": "postgres"}
        with psycopg.connect("", autocommit=True, **given) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def disconnect(self, url: str) -> None:
        """Cut every connection to a database."""
        name = sa.make_url(url).database
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def _run(self, binary: str, *words: str) -> None:
        account = self._account
        said = self.folder / f"{binary}.out"
        # Into a file: the server would keep a pipe open for as long as it runs.
        with said.open("w") as out:
            done = subprocess.run(
                [str(self._binaries / binary), *words],
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert done.returncode == 0, said.read_text()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL of this process; skips where it is not installed."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    # Not below pytest's own folder, which only its owner may enter; a socket's path has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="vitrine-pg-"))
    cluster = Cluster(binaries, folder)
    try:
        cluster.create()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on each system."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.database()
    yield url
    cluster.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the newest tables, on each system."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'vitrine.db'}"
        store = Records(url)
        store.upgrade()
        store.close()
        yield url
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.prepared()
    yield url
    cluster.drop(url)


@pytest.fixture
def postgres_database(postgres: Cluster) -> Iterator[str]:
    """The URL of a PostgreSQL database with the newest tables, for tests of what only a server has."""
    url = postgres.prepared()
    yield url
    postgres.drop(url)


def _binaries() -> Path | None:
    """Return the folder of the newest server; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _unprivileged() -> pwd.struct_passwd | None:
    """Return an account to run the server as when this process is root, which it refuses to run as."""
    if os.getuid() != 0:
        return None
    accounts = {each.pw_name: each for each in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]
