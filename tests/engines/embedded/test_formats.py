"""An index that another version of the program wrote is refused in words, and holds up no other catalogue."""

from pathlib import Path

import orjson
import pytest

from engines.embedded import EmbeddedEngine
from engines.embedded.layout import catalog_files
from engines.plan import SearchPlan
from engines.port import EngineUnavailable
from tests.conformance.catalogue import SCHEMA, document


def serve(engine: EmbeddedEngine, catalog: str) -> None:
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write([document("1", "lamp")])
    builder.commit(1)
    builder.close()
    engine.switch(catalog, version)


@pytest.mark.parametrize("made", [None, 1, 999])
def test_another_format_is_refused_with_the_mend_and_the_rest_goes_on(tmp_path: Path, made: int | None) -> None:
    engine = EmbeddedEngine(tmp_path)
    serve(engine, "old")
    serve(engine, "new")
    assert engine.open("old") is not None
    commit = catalog_files(tmp_path, "old").version(1).folder / "commit.json"
    content = orjson.loads(commit.read_bytes())
    commit.write_bytes(orjson.dumps({**content, "format": made, "of_the_future": True}))
    writer = engine.builder("new", 1)
    writer.write([document("2", "desk")])
    writer.commit(2)
    writer.close()
    engine.refresh()
    index = engine.open("new")
    assert index is not None
    assert index.search(SearchPlan()).total == 2
    with pytest.raises(EngineUnavailable, match="vitrine index old"):
        EmbeddedEngine(tmp_path).open("old")
    serve(engine, "old")
    assert EmbeddedEngine(tmp_path).open("old") is not None
