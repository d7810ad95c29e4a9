"""The sample catalogue, loaded and indexed, for benchmarks that ask it."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from api.settings import Settings
from commerce.product import Product
from commerce.readers import load_files, read_mapping
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from engines.port import SearchIndex
from indexer import rebuild
from indexer.embedding import load_embedder
from indexer.extraction.artefact import load_extractor
from registry import Registry

SAMPLE = Path("samples/icecat")


@contextmanager
def indexed_sample() -> Iterator[tuple[SearchIndex, Sequence[Product]]]:
    """Give index and products of the sample, from the folder that the first argument names or else built anew."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        if len(sys.argv) == 1:
            build(home, "icecat", [SAMPLE / "products.jsonl.zst"], SAMPLE / "mapping.toml")
        yield opened(home, "icecat")


def build(home: Path, catalog: str, files: Sequence[Path], mapping: Path, extraction: Path | None = None) -> None:
    """Load and index a catalogue below ``home``, its texts read by the rules of a folder if one is named."""
    records = Records(Settings(home=home, database_url=None).records_url())
    records.upgrade()
    load_files(records, catalog, list(files), read_mapping(mapping), rejects=home / "rejects.jsonl")
    registry = Registry(home / "models")
    if extraction is not None:
        registry.install(extraction, catalog)
    rebuild(records, EmbeddedEngine(home), catalog, extractor=load_extractor(registry, catalog))
    records.close()


def build_with_models(home: Path) -> None:
    """Load and index the sample below ``home`` with the models that ship."""
    records = Records(Settings(home=home, database_url=None).records_url())
    records.upgrade()
    mapping = read_mapping(SAMPLE / "mapping.toml")
    load_files(records, "icecat", [SAMPLE / "products.jsonl.zst"], mapping, rejects=home / "rejects.jsonl")
    registry = Registry(home / "models")
    for manifest in sorted(SAMPLE.glob("models/*/manifest.json")):
        registry.install(manifest.parent, "icecat")
    embedder, extractor = load_embedder(registry, "icecat"), load_extractor(registry, "icecat")
    rebuild(records, EmbeddedEngine(home), "icecat", embedder=embedder, extractor=extractor)
    records.close()


def opened(home: Path, catalog: str) -> tuple[SearchIndex, Sequence[Product]]:
    """Return the index and the products of a catalogue below ``home``."""
    records = Records(Settings(home=home, database_url=None).records_url())
    products = [item.product for item in records.items(catalog)]
    records.close()
    index = EmbeddedEngine(home).open(catalog)
    if index is None:
        raise RuntimeError(f"{home} has no indexed catalogue {catalog}")
    return index, products
