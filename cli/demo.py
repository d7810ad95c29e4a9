"""The demo: both samples, loaded, indexed and served."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from cli.catalog import index_catalog
from cli.context import AsJson, Context, opened, print_json
from cli.loading import load_catalog
from cli.serve import Host, serve
from commerce.errors import MappingError
from engines.port import EngineUnavailable

_FILES = {"icecat": "products.jsonl.zst", "online_retail": "order_lines.csv.zst"}
_MAPPING = "mapping.toml"
_SAMPLES = Path(__file__).parents[1] / "samples"


def demo(
    host: Host = "127.0.0.1",
    # Not for `serve`: Kubernetes sets this variable to an address for every service of the name.
    port: Annotated[int, typer.Option(envvar="VITRINE_PORT", min=0, max=65535, help="Port to listen on.")] = 8080,
    samples: Annotated[
        Path, typer.Option(help="Folder of the sample catalogues.", show_default="the checkout's")
    ] = _SAMPLES,
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="Load and index, but do not serve.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load and index the two sample catalogues where that is still to do, and serve them with the storefront.

    A sample is loaded again when its file or its mapping has changed. Prints the address once it answers.
    """
    with opened() as context:
        for catalog in _FILES:
            _prepare(context, catalog, samples / catalog, quiet=as_json)
    if not prepare_only:
        serve(host, port, 1, as_json)
    elif as_json:
        print_json({"catalogs": list(_FILES)})


def _prepare(context: Context, catalog: str, folder: Path, *, quiet: bool) -> None:
    if not folder.is_dir():
        raise MappingError(f"{folder}: there is no such folder: name the checkout's samples with --samples")
    file, mapping = folder / _FILES[catalog], folder / _MAPPING
    digest = sha256(file.read_bytes() + mapping.read_bytes()).hexdigest()
    noted = context.settings.home / "samples" / f"{catalog}.sha256"
    is_same = noted.is_file() and noted.read_text() == digest
    if is_same and _serves(context, catalog):
        return
    load_catalog(context, catalog, [file], mapping, add=False, quiet=quiet)
    index_catalog(context, catalog, quiet=quiet)
    noted.parent.mkdir(parents=True, exist_ok=True)
    noted.write_text(digest)


def _serves(context: Context, catalog: str) -> bool:
    """Say whether the catalogue has an index that this program can read."""
    try:
        return context.engine.open(catalog) is not None
    except EngineUnavailable:
        return False
