"""A PostgreSQL of a benchmark's own, as durable as it comes: every commit is on the disk before it is answered."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_NOBODY = "nobody"


@contextmanager
def own_postgresql() -> Iterator[str]:
    """Start a server with its defaults on a socket below a temporary folder; yield the URL of its database.

    The server refuses to run as root: then it runs as nobody. Raises RuntimeError where PostgreSQL is not installed.
    """
    binaries = _binaries()
    # A socket's path has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="vitrine-pg-", dir="/tmp"))
    account = pwd.getpwnam(_NOBODY) if os.geteuid() == 0 else None
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = str(folder / "data")
        access = ("--auth=trust", "--username=vitrine", "--encoding=UTF8", "--locale=C.UTF-8")
        _run(binaries / "initdb", folder, account, "--pgdata", data, *access)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
        log = str(folder / "server.log")
        _run(
            binaries / "pg_ctl", folder, account, "start", "--wait", "--pgdata", data, "--log", log,
            "--options", options,
        )  # fmt: skip
        try:
            url = sa.URL.create("postgresql", "vitrine", database="postgres", query={"host": str(folder)})
            yield url.render_as_string()
        finally:
            _run(binaries / "pg_ctl", folder, account, "stop", "--wait", "--mode=fast", "--pgdata", data)
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path:
    found = shutil.which("initdb")
    installed = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not installed:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return installed[-1]


def _run(binary: Path, folder: Path, account: pwd.struct_passwd | None, *words: str) -> None:
    said = folder / f"{binary.name}.out"
    # Into a file: the server would keep a pipe open for as long as it runs.
    with said.open("w") as out:
        done = subprocess.run(
            [str(binary), *words],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{binary.name}: {said.read_text()}")
