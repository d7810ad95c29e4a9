"""Every engine that the suite runs over, and a way to fill one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from engines.embedded import EmbeddedEngine
from engines.opensearch import OpenSearchEngine, OpenSearchSettings, parse_url
from engines.port import Document, Schema, SearchEngine, SearchIndex
from tests.conformance.catalogue import SCHEMA

Reopen = Callable[[], SearchEngine]
Fill = Callable[..., SearchIndex]
_names = count(1)
_LOCAL = Path(__file__).parents[2] / "deploy" / "opensearch-local" / "local.py"


@pytest.fixture(scope="session")
def opensearch() -> Iterator[OpenSearchSettings]:
    """Return a real node: the one that ``VITRINE_TEST_OPENSEARCH_URL`` names, else one that is started here.

    ``VITRINE_TEST_OPENSEARCH_SHARDS`` runs the suite over indexes of so many shards.

    Whatever this process puts into it is removed at the end; a node on this machine runs on for the next one.
    """
    url = os.environ.get("VITRINE_TEST_OPENSEARCH_URL")
    if url is None:
        started = subprocess.run([sys.executable, _LOCAL, "start"], capture_output=True, text=True, check=False)
        if started.returncode:
            pytest.skip(f"no OpenSearch: {started.stderr.strip()[:300]}")
        url = started.stdout.strip()
    shards = int(os.environ.get("VITRINE_TEST_OPENSEARCH_SHARDS", "1"))
    settings = parse_url(url, prefix=f"test{os.getpid()}", shards=shards)
    yield settings
    engine = OpenSearchEngine(settings)
    engine.connection.call("DELETE", f"/{settings.prefix}.*", ignore=(404,), timeout=120)
    engine.close()


@pytest.fixture(scope="session", params=["embedded", "opensearch"])
def reopen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reopen:
    """Return a function that opens the same store once more, in another process if need be."""
    if request.param == "opensearch":
        return partial(OpenSearchEngine, request.getfixturevalue("opensearch"))
    home: Path = tmp_path_factory.mktemp(request.param)
    return partial(EmbeddedEngine, home)


@pytest.fixture(scope="session")
def engine(reopen: Reopen) -> SearchEngine:
    """One engine for the whole run; every test takes a catalogue of its own in it."""
    return reopen()


@pytest.fixture(scope="session")
def catalog_names() -> Iterator[str]:
    """Names that no other test of this process uses."""
    return (f"c{number}" for number in _names)


@pytest.fixture(scope="session")
def fill(engine: SearchEngine, catalog_names: Iterator[str]) -> Fill:
    """Return a function that serves documents as a new catalogue and returns its snapshot."""

    def serve(documents: Iterable[Document], schema: Schema = SCHEMA) -> SearchIndex:
        catalog = next(catalog_names)
        version = engine.create(catalog, schema)
        builder = engine.builder(catalog, version)
        builder.write(documents)
        builder.commit(1)
        builder.close()
        engine.switch(catalog, version)
        index = engine.open(catalog)
        assert index is not None
        return index

    return serve
