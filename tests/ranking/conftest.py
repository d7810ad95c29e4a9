"""A part of the sample with the encoder that ships, indexed once for all tests of ranking."""

from dataclasses import replace
from pathlib import Path

import pytest

from commerce.product import Catalog
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from engines.port import SearchIndex
from indexer import rebuild
from indexer.embedding import load_embedder
from ranking.models import CatalogModels, Models
from registry import Registry
from tests.sample import SAMPLES, icecat_items

EVERY = 4


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[SearchIndex, Models]:
    """Every fourth product of the sample with the vectors that ship, and models without a learned order."""
    home: Path = tmp_path_factory.mktemp("sample")
    registry = Registry(home / "models")
    registry.install(SAMPLES / "icecat" / "models" / "encoder", "icecat")
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("icecat", "EUR"))
    records.replace("icecat", icecat_items(EVERY))
    engine = EmbeddedEngine(home)
    rebuild(records, engine, "icecat", embedder=load_embedder(registry, "icecat"))
    records.close()
    index = engine.open("icecat")
    assert index is not None
    return index, replace(CatalogModels(registry, "icecat").of(index), reranker=None)
