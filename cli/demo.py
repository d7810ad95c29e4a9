"""The demo: both samples, loaded, indexed and served to three buyers."""

import multiprocessing
import secrets
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from api.app import create_app
from api.demo_buyers import DemoBuyers
from api.settings import Settings
from cli.catalog import index_catalog
from cli.context import AsJson, Context, opened, print_json
from cli.loading import Kind, load_catalog, load_lists
from cli.sample_buyers import put_sample_buyers
from cli.serve import Host, listen
from cli.train_recommender import train_catalog
from commerce.account import Account
from commerce.errors import MappingError
from commerce.readers import read_mapping
from engines.port import EngineUnavailable
from recommender.artefact import KIND as RECOMMENDER
from recommender.blend import Blend, load_blend

_FILES = {"icecat": "products.jsonl.zst", "online_retail": "order_lines.csv.zst"}
_MAPPING, _TREES = "mapping.toml", "blend.txt"
_WITH_BUYERS = "icecat"
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
    """Load and index the two sample catalogues and train their recommendations where that is still to do, and serve
    them with the storefront.

    A sample is loaded again when its file, its mapping or its models have changed. The storefront can be looked at as a
    dealer and as a contract customer too: without VITRINE_JWT_SECRET their tokens are signed with a secret of this
    process. Prints the address once it answers.
    """
    with opened() as context:
        _prepare(context, [_sample(context, catalog, samples / catalog) for catalog in _FILES], quiet=as_json)
        buyers = _buyers(context, samples / _WITH_BUYERS / "buyers.json")
        settings = context.settings
    if not prepare_only:
        demo_buyers = DemoBuyers(buyers, tuple(_FILES), _WITH_BUYERS)
        listen(create_app(_able_to_mint(settings), demo_buyers), host, port, as_json=as_json)
    elif as_json:
        print_json({"catalogs": list(_FILES)})


@dataclass(frozen=True, slots=True)
class _Sample:
    """A sample in its folder; ``digest`` is of all that is made from it, and stands in ``noted`` once it serves."""

    catalog: str
    folder: Path
    models: tuple[Path, ...]
    digest: str
    noted: Path

    @property
    def file(self) -> Path:
        return self.folder / _FILES[self.catalog]

    @property
    def mapping(self) -> Path:
        return self.folder / _MAPPING


def _sample(context: Context, catalog: str, folder: Path) -> _Sample:
    if not folder.is_dir():
        raise MappingError(f"{folder}: there is no such folder: name the checkout's samples with --samples")
    models = tuple(sorted(path.parent for path in folder.glob("models/*/manifest.json")))
    files = [folder / _FILES[catalog], folder / _MAPPING, folder / _TREES, *(each / "manifest.json" for each in models)]
    digest = sha256(b"".join(each.read_bytes() for each in files if each.is_file())).hexdigest()
    return _Sample(catalog, folder, models, digest, context.settings.home / "samples" / f"{catalog}.sha256")


def _prepare(context: Context, samples: Sequence[_Sample], *, quiet: bool) -> None:
    """Load, index and train what has changed; recommendations are trained in a process beside the indexing."""
    changed = [each for each in samples if not _is_ready(context, each)]
    if not changed:
        return
    for each in changed:
        load_catalog(context, each.catalog, [each.file], each.mapping, add=False, quiet=quiet)
        if read_mapping(each.mapping).orders:
            load_lists(context, each.catalog, [each.file], each.mapping, Kind.ORDERS, quiet=quiet)
        for model in each.models:
            context.registry.install(model, each.catalog)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as beside:
        trained = beside.submit(_train, [(each.catalog, each.folder / _TREES) for each in changed])
        for each in changed:
            index_catalog(context, each.catalog, quiet=quiet)
        if not (quiet or trained.done()):
            typer.echo("train recommendations …")
        trained.result()
    for each in changed:
        each.noted.parent.mkdir(parents=True, exist_ok=True)
        each.noted.write_text(each.digest)


def _train(catalogs: Sequence[tuple[str, Path]]) -> None:
    with opened() as context:
        for catalog, trees in catalogs:
            train_catalog(context, catalog, quiet=True, trees=_read_trees(trees))


def _is_ready(context: Context, sample: _Sample) -> bool:
    """Say whether the sample serves as it lies in its folder."""
    is_same = sample.noted.is_file() and sample.noted.read_text() == sample.digest
    return (
        is_same and _serves(context, sample.catalog) and context.registry.load(sample.catalog, RECOMMENDER) is not None
    )


def _read_trees(path: Path) -> Blend | None:
    """Return the sample's trees; None, so that they are trained here, without a file or for another version's."""
    try:
        return load_blend(path) if path.is_file() else None
    except ValueError:
        return None


def _buyers(context: Context, file: Path) -> list[Account]:
    return put_sample_buyers(context, _WITH_BUYERS, file) if file.is_file() else []


def _able_to_mint(settings: Settings) -> Settings:
    """Return the settings with a secret of this process where tokens are not checked in any way yet."""
    if settings.jwt_secret or settings.jwks_url:
        return settings
    return settings.model_copy(update={"jwt_secret": SecretStr(secrets.token_hex(32))})


def _serves(context: Context, catalog: str) -> bool:
    """Say whether the catalogue has an index that this program can read."""
    try:
        return context.engine.open(catalog) is not None
    except EngineUnavailable:
        return False
