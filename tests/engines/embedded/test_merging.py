"""Small parts become larger ones; a writer that dies in between loses and doubles nothing."""

import shutil
from pathlib import Path

import pytest

from commerce.buyer import ANONYMOUS
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


SMALL, MIDDLE, LARGE = 1, 2_000, 100_000


@pytest.mark.parametrize(
    ("counts", "due"),
    [
        ([SMALL] * 15, 0),
        ([SMALL] * 16, 16),
        ([19_406, *[SMALL] * 15], 0),  # a larger part is not written anew for a few small ones
        ([19_406, *[SMALL] * 16], 16),
        ([LARGE, *[MIDDLE] * 16, SMALL], 17),
        ([LARGE, *[MIDDLE] * 15, SMALL], 0),
        ([SMALL, *[MIDDLE] * 16], 16),
        ([*[MIDDLE] * 16, LARGE], 0),
        ([], 0),
    ],
)
def test_parts_are_merged_where_sixteen_of_one_size_stand_at_the_end(counts: list[int], due: int) -> None:
    assert merging.due_for_merging(counts) == due


def test_parts_merged_beside_commits_hold_what_they_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_AT_ONCE", 0)
    engine = EmbeddedEngine(tmp_path)
    version = engine.create("shop", SCHEMA)
    builder = engine.builder("shop", version)
    expected: set[str] = set()
    for at in range(120):
        builder.write([document(str(at), f"lamp {at}"), document("same", f"desk {at}")])
        expected |= {str(at), "same"}
        if at % 7 == 3:
            builder.delete([str(at - 3)])
            expected.discard(str(at - 3))
        builder.commit(at + 1)
    builder.close()
    engine.switch("shop", version)
    index = engine.open("shop")
    assert index is not None
    assert {hit.product.id for hit in index.search(SearchPlan(limit=200)).hits} == expected
    assert index.get(["same"], ANONYMOUS)["same"].title == "desk 119"
    assert len(catalog_files(tmp_path, "shop").version(version).part_paths()) < 60
