"""Every engine that the suite runs over, and a way to fill one."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from engines.embedded import EmbeddedEngine
from engines.port import Document, Schema, SearchEngine, SearchIndex
from tests.conformance.catalogue import SCHEMA

Reopen = Callable[[], SearchEngine]
Fill = Callable[..., SearchIndex]
_names = count(1)


@pytest.fixture(scope="session", params=["embedded"])
def reopen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reopen:
    """Return a function that opens the same store once more, in another process if need be."""
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
