"""The demo: both samples, loaded, indexed and served."""

from pathlib import Path
from typing import Annotated

import typer

from cli.catalog import index_catalog, load_catalog
from cli.context import opened, stderr
from cli.serve import serve
from commerce.errors import MappingError

_SAMPLES = {"icecat": "products.jsonl.zst", "online_retail": "order_lines.csv.zst"}


def demo(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="VITRINE_PORT", min=1, max=65535, help="Port to listen on.")] = 8080,
    samples: Annotated[Path, typer.Option(help="Folder of the sample catalogues.")] = Path("samples"),
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="Load and index, but do not serve.")] = False,
) -> None:
    """Load and index the two sample catalogues where that is still to do, and serve them with the storefront."""
    with opened() as context:
        for catalog, name in _SAMPLES.items():
            folder = samples / catalog
            if not folder.is_dir():
                raise MappingError(f"{folder}: there is no such folder: run this in the checkout, or give --samples")
            if context.engine.current(catalog) is None:
                load_catalog(context, catalog, [folder / name], folder / "mapping.toml", add=False, quiet=False)
                index_catalog(context, catalog, quiet=False)
    if not prepare_only:
        stderr.print(f"\nVitrine serves at [bold]http://{host}:{port}/[/bold] (API: /docs). Ctrl+C ends it.")
        serve(host, port, 1)
