"""Serve over HTTP."""

import os
import shutil
from typing import Annotated

import typer
import uvicorn

from api.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")]


def serve(host: Host = "127.0.0.1", port: Port = 8080, workers: Workers = 1) -> None:
    """Serve all indexed catalogues over HTTP, with the demo storefront at /.

    One of the processes follows the change log; the others only read. SIGTERM lets requests in progress finish.
    """
    settings = Settings()
    if workers > 1:
        # Read when prometheus_client is imported, so it must be set before the workers start.
        shared = settings.home.resolve() / "metrics"
        shutil.rmtree(shared, ignore_errors=True)
        shared.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared)
    uvicorn.run(
        "api.app:create_from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=30,
    )
