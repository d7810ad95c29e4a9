"""The demo's samples: where they lie, what is made from them, and whether that still serves."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cli.context import Context
from cli.loading import Kind, load_catalog, load_lists
from cli.train_recommender import train_catalog
from commerce.errors import MappingError
from commerce.readers import read_mapping
from engines.port import EngineUnavailable
from recommender.artefact import KIND as RECOMMENDER
from recommender.blend import Blend, load_blend

FILES = {"icecat": "products.jsonl.zst", "online_retail": "order_lines.csv.zst"}
_MAPPING, _TREES = "mapping.toml", "blend.txt"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample in its folder; ``digest`` is of all that is made from it, and stands in ``noted`` once it serves."""

    catalog: str
    folder: Path
    models: tuple[Path, ...]
    digest: str
    noted: Path

    def is_ready(self, context: Context) -> bool:
        """Say whether the sample serves as it lies in its folder."""
        is_same = self.noted.is_file() and self.noted.read_text() == self.digest
        return (
            is_same and _serves(context, self.catalog) and context.registry.load(self.catalog, RECOMMENDER) is not None
        )

    def load(self, context: Context, *, quiet: bool) -> None:
        """Load the sample's records and install its models."""
        file, mapping = self.folder / FILES[self.catalog], self.folder / _MAPPING
        load_catalog(context, self.catalog, [file], mapping, add=False, quiet=quiet)
        if read_mapping(mapping).orders:
            load_lists(context, self.catalog, [file], mapping, Kind.ORDERS, quiet=quiet)
        for model in self.models:
            context.registry.install(model, self.catalog)

    def train(self, context: Context) -> None:
        """Train the sample's recommendations."""
        train_catalog(context, self.catalog, quiet=True, trees=_read_trees(self.folder / _TREES))

    def note(self) -> None:
        """Note that all of the sample serves."""
        self.noted.parent.mkdir(parents=True, exist_ok=True)
        self.noted.write_text(self.digest)


def sample_of(context: Context, catalog: str, folder: Path) -> Sample:
    """Return a sample as it lies in its folder. Raises MappingError where there is none."""
    if not folder.is_dir():
        raise MappingError(f"{folder}: there is no such folder: name the checkout's samples with --samples")
    models = tuple(sorted(path.parent for path in folder.glob("models/*/manifest.json")))
    files = [folder / FILES[catalog], folder / _MAPPING, folder / _TREES, *(each / "manifest.json" for each in models)]
    digest = sha256(b"".join(each.read_bytes() for each in files if each.is_file())).hexdigest()
    return Sample(catalog, folder, models, digest, context.settings.home / "samples" / f"{catalog}.sha256")


def _serves(context: Context, catalog: str) -> bool:
    """Say whether the catalogue has an index that this program can read."""
    try:
        return context.engine.open(catalog) is not None
    except EngineUnavailable:
        return False


def _read_trees(path: Path) -> Blend | None:
    """Return the sample's trees; None, so that they are trained here, without a file or for another version's."""
    try:
        return load_blend(path) if path.is_file() else None
    except ValueError:
        return None
