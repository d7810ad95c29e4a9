"""What every engine keeps through writes, switches, crashes and concurrent reads."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event as EventType
from threading import Event

import pytest

from commerce.buyer import ANONYMOUS
from engines.plan import FacetRequest, SearchPlan
from engines.port import SearchEngine
from language.filters.tree import Compare
from tests.conformance.catalogue import SCHEMA, document, search_plan
from tests.conformance.conftest import Reopen


@pytest.fixture
def catalog(catalog_names: Iterator[str]) -> str:
    return next(catalog_names)


def begin(engine: SearchEngine, catalog: str, count: int) -> int:
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(document(f"{at}", "laptop", brand="HP") for at in range(count))
    builder.commit(1)
    builder.close()
    return version


def total(engine: SearchEngine, catalog: str, query: str = "laptop") -> int:
    index = engine.open(catalog)
    assert index is not None
    return index.search(search_plan(query)).total


def test_nothing_serves_before_the_first_switch(engine: SearchEngine, catalog: str) -> None:
    begin(engine, catalog, 3)
    assert engine.open(catalog) is None
    assert engine.current(catalog) is None


def test_a_switch_changes_what_serves_and_back(engine: SearchEngine, catalog: str) -> None:
    first, second = begin(engine, catalog, 3), begin(engine, catalog, 5)
    engine.switch(catalog, second)
    assert total(engine, catalog) == 5
    engine.switch(catalog, first)
    assert total(engine, catalog) == 3
    assert list(engine.versions(catalog)) == [first, second]
    with pytest.raises(ValueError, match="serves"):
        engine.drop(catalog, first)
    engine.drop(catalog, second)
    assert list(engine.versions(catalog)) == [first]
    with pytest.raises(FileNotFoundError):
        engine.switch(catalog, second)


def test_a_snapshot_stays_as_it_was_taken(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 3)
    engine.switch(catalog, version)
    before = engine.open(catalog)
    assert before is not None
    builder = engine.builder(catalog, version)
    builder.delete(["0"])
    builder.write([document("new", "laptop", brand="Acme")])
    builder.commit(2)
    builder.close()
    engine.refresh()
    assert {hit.product.id for hit in before.search(search_plan("laptop")).hits} == {"0", "1", "2"}
    after = engine.open(catalog)
    assert after is not None
    assert {hit.product.id for hit in after.search(search_plan("laptop")).hits} == {"1", "2", "new"}
    assert after.stats().applied == 2


def test_an_update_replaces_every_trace_of_the_old_product(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 3)
    engine.switch(catalog, version)
    builder = engine.builder(catalog, version)
    builder.write([document("1", "green tractor", brand="Deere", net="9.00")])
    builder.write([document("1", "red tractor", brand="Case", net="8.00")])
    builder.commit(2)
    builder.close()
    engine.refresh()
    index = engine.open(catalog)
    assert index is not None
    assert index.search(search_plan("laptop")).total == 2
    assert index.search(search_plan("green")).total == 0
    assert index.search(search_plan("tractor")).total == 1
    assert str(index.get(["1"], ANONYMOUS)["1"].net) == "8.00"
    facet = index.search(SearchPlan(facets=(FacetRequest("brand"),))).facets[0]
    assert {value.value: value.count for value in facet.values} == {"HP": 2, "Case": 1}
    assert index.search(SearchPlan(filter=Compare("brand", "=", "Deere"))).total == 0


def test_many_small_commits_keep_every_product(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 10)
    engine.switch(catalog, version)
    builder = engine.builder(catalog, version)
    for at in range(40):
        builder.write([document(f"{at}", f"laptop renewed{at}", brand="HP", weight=float(at))])
        builder.commit(at + 2)
    builder.close()
    engine.refresh()
    index = engine.open(catalog)
    assert index is not None
    assert index.search(search_plan("laptop", limit=100)).total == 40
    assert index.search(SearchPlan(filter=Compare("attributes.weight", ">=", 0.0))).total == 40
    assert [hit.product.id for hit in index.search(search_plan("renewed17")).hits] == ["17"]
    facet = index.search(search_plan("laptop", facets=(FacetRequest("brand"),))).facets[0]
    assert [(value.value, value.count) for value in facet.values] == [("HP", 40)]


def test_a_reader_sees_the_same_before_and_after_small_commits_are_merged(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 10)
    engine.switch(catalog, version)
    builder = engine.builder(catalog, version)
    plan = SearchPlan(facets=(FacetRequest("attributes.colour"), FacetRequest("attributes.wireless")), limit=100)
    for at in range(40):
        values = {"colour": ("Black", f"c{at % 3}"), "wireless": at % 2 == 0, "weight": (1.0, float(at))}
        builder.write([document(f"n{at}", "lamp", brand="HP", net=f"{at}.50", stock=at, popularity=at, **values)])
        builder.commit(at + 2)
        engine.refresh()
        index = engine.open(catalog)
        assert index is not None
        result = index.search(plan)
        assert result.total == at + 11
        assert result.hits[0].product.id == f"n{at}" or at == 0
        assert result.facets[0].values[0].count == at + 1
        assert str(index.get([f"n{at // 2}"], ANONYMOUS)[f"n{at // 2}"].net) == f"{at // 2}.50"
    builder.close()


def test_what_was_not_committed_is_not_there_after_reopening(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 3)
    engine.switch(catalog, version)
    builder = engine.builder(catalog, version)
    builder.write([document("lost", "laptop")])
    builder.close()
    engine.refresh()
    assert total(engine, catalog) == 3
    assert begin_again(engine, catalog, version) == 4


def begin_again(engine: SearchEngine, catalog: str, version: int) -> int:
    builder = engine.builder(catalog, version)
    builder.write([document("kept", "laptop")])
    builder.commit(2)
    builder.close()
    engine.refresh()
    return total(engine, catalog)


def test_readers_see_whole_commits_only_while_a_writer_works(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 20)
    engine.switch(catalog, version)
    done = Event()
    seen: set[int] = set()

    def read() -> None:
        while not done.is_set():
            index = engine.open(catalog)
            assert index is not None
            result = index.search(search_plan("laptop", limit=100, facets=(FacetRequest("brand"),), auto_facets=3))
            seen.add(result.total)
            assert len(result.hits) == result.total
            assert sum(value.count for value in result.facets[0].values) == result.total

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            builder = engine.builder(catalog, version)
            for step in range(1, 9):
                builder.write(document(f"s{step}-{at}", "laptop", brand="HP") for at in range(10))
                builder.commit(step + 1)
                engine.refresh()
            builder.close()
        finally:
            done.set()
        for reader in readers:
            reader.result()
    assert seen <= set(range(20, 101, 10))
    assert total(engine, catalog) == 100


def _write_until_killed(reopen: Reopen, catalog: str, version: int, ready: EventType) -> None:
    builder = reopen().builder(catalog, version)
    builder.write([document("committed", "laptop")])
    builder.commit(2)
    number = 0
    while True:
        builder.write(document(f"x{number}-{at}", "laptop", brand="HP") for at in range(500))
        number += 1
        if number == 3:
            ready.set()


def test_a_writer_killed_in_mid_write_leaves_the_last_commit(
    engine: SearchEngine, reopen: Reopen, catalog: str
) -> None:
    version = begin(engine, catalog, 3)
    engine.switch(catalog, version)
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    writer = context.Process(target=_write_until_killed, args=(reopen, catalog, version, ready), daemon=True)
    writer.start()
    began = ready.wait(60)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    assert began
    engine.refresh()
    assert total(engine, catalog) == 4
    assert begin_again(engine, catalog, version) == 5


def test_a_product_that_was_removed_long_ago_comes_back(engine: SearchEngine, catalog: str) -> None:
    version = begin(engine, catalog, 10)
    engine.switch(catalog, version)
    builder = engine.builder(catalog, version)
    builder.delete(["3"])
    # Enough small commits that what the product left behind is tidied away.
    for at in range(40):
        builder.write([document("busy", f"laptop renewed{at}")])
        builder.commit(at + 2)
    builder.delete(["3"])
    builder.write([document("3", "laptop again", brand="HP")])
    builder.commit(50)
    builder.close()
    engine.refresh()
    assert total(engine, catalog) == 11
    assert total(engine, catalog, "again") == 1


def test_a_version_that_was_begun_and_left_is_none(engine: SearchEngine, catalog: str) -> None:
    serving = begin(engine, catalog, 3)
    engine.switch(catalog, serving)
    left = engine.create(catalog, SCHEMA)
    assert list(engine.versions(catalog)) == [serving]
    with pytest.raises(FileNotFoundError):
        engine.switch(catalog, left)
    newer = begin(engine, catalog, 5)
    engine.switch(catalog, newer)
    assert list(engine.versions(catalog)) == [serving, newer]
    assert total(engine, catalog) == 5
