"""The records in an archive of pg_dump, written and read by PostgreSQL's own programs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from commerce.records.database import WRITERS_LOCK
from commerce.records.errors import BackupFailed
from commerce.records.tables import metadata

_VERSIONS = "alembic_version"
_TABLES = (*metadata.tables, _VERSIONS)
_SAME_FOR_ALL = ("--no-owner", "--no-privileges")


def write(address: URL, target: BinaryIO) -> None:
    """Dump the records' tables as of one moment. Raises BackupFailed."""
    wanted = [f"--table={table}" for table in _TABLES]
    _run(["pg_dump", "--format=custom", *_SAME_FOR_ALL, *wanted, _to(address)], _secret(address), target)


def read(source: Path, address: URL) -> None:
    """Put an archive's tables in the place of those that there are, in one transaction. Raises BackupFailed."""
    # Not pg_restore --clean: tables that came after the archive would stand in the way of migrations.
    first = f"BEGIN; SELECT pg_advisory_xact_lock({WRITERS_LOCK}); DROP TABLE IF EXISTS {', '.join(_TABLES)};\n"
    shell = ["psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", _to(address)]
    script = ["pg_restore", "--file=-", *_SAME_FOR_ALL, str(source)]
    with TemporaryFile() as errors, TemporaryFile() as faults:
        with _started(shell, errors, _secret(address)) as taking, _started(script, faults) as giving:
            assert taking.stdin is not None
            assert giving.stdout is not None
            # A shell that stops at an error says so itself.
            with suppress(BrokenPipeError):
                taking.stdin.write(first.encode())
                copyfileobj(giving.stdout, taking.stdin)
                if giving.wait() == 0:
                    # Without it the transaction ends with the connection, and nothing was changed.
                    taking.stdin.write(b"\nCOMMIT;\n")
                taking.stdin.flush()
            with suppress(BrokenPipeError):
                taking.stdin.close()
        if taking.returncode:
            raise BackupFailed(f"{source}: cannot be put back: {_last_line(errors)}")
        if giving.returncode:
            raise BackupFailed(f"{source}: cannot be read: {_last_line(faults)}")


def revision(source: Path) -> str | None:
    """Return the migration that an archive is at; None for a file of another kind."""
    try:
        script = _run(["pg_restore", "--data-only", f"--table={_VERSIONS}", "--file=-", str(source)])
    except BackupFailed as error:
        if isinstance(error.__cause__, OSError):
            raise
        return None
    lines = iter(script.decode(errors="replace").splitlines())
    return next((next(lines, None) for line in lines if line.startswith("COPY ")), None)


def _run(command: Sequence[str], secret: Mapping[str, str] | None = None, target: BinaryIO | None = None) -> bytes:
    """Run a program to its end and return what it printed, unless that goes to ``target``."""
    with TemporaryFile() as errors:
        with _started(command, errors, secret, target) as process:
            out, _ = process.communicate()
        if process.returncode:
            raise BackupFailed(f"{command[0]} failed: {_last_line(errors)}")
    return out or b""


def _started(
    command: Sequence[str],
    errors: IO[bytes],
    secret: Mapping[str, str] | None = None,
    target: BinaryIO | None = None,
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 – a list of words, none of them from a request
            command,
            env={**os.environ, **(secret or {}), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=target or subprocess.PIPE,
            stderr=errors,
        )
    except OSError as error:
        raise BackupFailed(
            f"{command[0]} cannot be run ({error.strerror}): install PostgreSQL's client programs, of the server's "
            "version or a newer one (Debian: apt install postgresql-client)"
        ) from error


def _to(address: URL) -> str:
    """Return where to connect; never with the password, which everybody on the machine could read."""
    asked = {name: value for name, value in address.query.items() if isinstance(value, str)}
    parts = {"host": address.host, "port": address.port, "user": address.username, "dbname": address.database}
    return f"--dbname={make_conninfo('', **{**parts, **asked})}"


def _secret(address: URL) -> dict[str, str]:
    return {"PGPASSWORD": str(address.password)} if address.password is not None else {}


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it gave no reason"
