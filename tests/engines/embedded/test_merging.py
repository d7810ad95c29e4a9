"""Small parts become larger ones; a writer that dies in between loses and doubles nothing."""

import shutil
from pathlib import Path

from engines.embedded import EmbeddedEngine, merging
from engines.embedded.layout import catalog_files
from engines.plan import SearchPlan
from tests.conformance.catalogue import SCHEMA, document


def test_a_writer_that_dies_between_merging_and_tidying_leaves_no_part_twice(
    tmp_path: Path,
) -> None:
    engine = EmbeddedEngine(tmp_path)
    version = engine.create("shop", SCHEMA)
    files = catalog_files(tmp_path, "shop").version(version)
    builder = engine.builder("shop", version)
    for at in range(merging._TOGETHER - 1):
        builder.write([document(str(at), f"lamp {at}")])
        builder.commit(at + 1)
    smaller = tmp_path / "smaller"
    shutil.copytree(files.parts, smaller)
    builder.write([document("last", "lamp")])
    builder.commit(100)
    builder.close()
    assert len(files.part_paths()) == 1
    # As if the small parts had not been removed when the process died.
    for path in smaller.glob("*.part"):
        if not files.part(int(path.stem)).exists():
            shutil.copy(path, files.part(int(path.stem)))
    engine.switch("shop", version)
    builder = EmbeddedEngine(tmp_path).builder("shop", version)
    assert len(files.part_paths()) == 1
    for at in range(2 * merging._TOGETHER):
        builder.write([document(f"more-{at}", f"desk {at}")])
        builder.commit(200 + at)
    builder.close()
    engine.refresh()
    index = engine.open("shop")
    assert index is not None
    assert index.search(SearchPlan()).total == index.stats().products == 3 * merging._TOGETHER
