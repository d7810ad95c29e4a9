"""Serve over HTTP."""

import os
import shutil
import socket
from threading import Thread
from time import monotonic, sleep
from typing import Annotated
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import orjson
import typer
import uvicorn
from fastapi import FastAPI

from api.settings import read_settings
from cli.context import AsJson, opened, stderr
from language.errors import VitrineError

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")]
_ANNOUNCE_WITHIN = 120.0


class CannotListen(VitrineError):
    """The address is taken, or is none of this machine's."""

    code = "cannot_listen"


def serve(host: Host = "127.0.0.1", port: Port = 8080, workers: Workers = 1, as_json: AsJson = False) -> None:
    """Serve all indexed catalogues over HTTP, with the demo storefront at /.

    Prints the address once it answers. One of the processes follows the change log; the others only read. SIGTERM
    lets requests in progress finish. One JSON line a request goes to standard output (VITRINE_LOG_LEVEL).
    """
    settings = read_settings()
    with opened():
        pass  # what is wrong with the records is said here once, not by every worker
    if workers > 1:
        # Read when prometheus_client is imported, so it must be set before the workers start.
        shared = settings.home.resolve() / "metrics"
        shutil.rmtree(shared, ignore_errors=True)
        shared.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared)
    listen("api.app:create_from_environment", host, port, workers=workers, as_json=as_json)


def listen(app: FastAPI | str, host: str, port: int, *, workers: int = 1, as_json: bool) -> None:
    """Serve an application, or what the factory of this name makes in each worker, and announce the address."""
    port = _free(host, port)
    Thread(target=_announce, args=(host, port, as_json), daemon=True).start()
    uvicorn.run(
        app,
        factory=isinstance(app, str),
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=30,
    )


def _free(host: str, port: int) -> int:
    """Return the port, or a free one for 0. Raises CannotListen before any work is done for nothing."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0]
        raise CannotListen(f"cannot listen on {host}:{port} ({why}): try another --host or --port") from error


def _announce(host: str, port: int, as_json: bool) -> None:
    """Print the address as soon as it answers."""
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    address = f"http://[{named}]:{port}/" if ":" in named else f"http://{named}:{port}/"
    ask = build_opener(ProxyHandler({})).open
    end = monotonic() + _ANNOUNCE_WITHIN
    while monotonic() < end:
        try:
            with ask(f"{address}health/live", timeout=5):
                break
        except (URLError, OSError):
            sleep(0.05)
    else:
        return
    if as_json:
        typer.echo(orjson.dumps({"address": address}).decode())
    else:
        stderr.print(f"Vitrine serves at [bold]{address}[/bold] (API: {address}docs). Ctrl+C ends it.")
