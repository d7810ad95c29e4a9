"""What only a real node shows: loads that stream, points in time that are lost, versions of another make."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commerce.buyer import ANONYMOUS, Buyer
from commerce.documents import catalog_item_from_json
from commerce.pricing import Assortment, Selected
from commerce.product import Catalog
from commerce.records import Records
from engines.opensearch import OpenSearchEngine, OpenSearchSettings
from engines.opensearch.connection import NoDisk
from engines.opensearch.control import WrittenElsewhere, read_commit, write_commit
from engines.opensearch.loading import DocumentsRefused
from engines.plan import FacetRequest, SearchPlan, Sort
from engines.port import Document, EngineUnavailable, Schema, SearchIndex
from indexer import Follower, rebuild
from language.filters.tree import Compare
from tests.conformance.catalogue import SCHEMA, document, search_plan


@pytest.fixture(scope="module")
def engine(opensearch: OpenSearchSettings) -> Iterator[OpenSearchEngine]:
    found = OpenSearchEngine(opensearch)
    yield found
    found.close()


def serve(engine: OpenSearchEngine, catalog: str, documents: list[Document]) -> SearchIndex:
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(documents)
    builder.commit(1)
    builder.close()
    engine.switch(catalog, version)
    return opened(engine, catalog)


def opened(engine: OpenSearchEngine, catalog: str) -> SearchIndex:
    engine.refresh()
    index = engine.open(catalog)
    assert index is not None
    return index


def test_a_load_that_streams_keeps_the_last_of_each_id(engine: OpenSearchEngine) -> None:
    shelf = [document(f"{at}", "old lamp") for at in range(4_500)] + [document("7", "new lamp")]
    index = serve(engine, "stream", shelf)
    assert index.stats().products == 4_500
    assert [hit.product.id for hit in index.search(search_plan("new")).hits] == ["7"]
    builder = engine.builder("stream", index.stats().version)
    builder.write(document(f"{at}", "later lamp") for at in range(3_000, 6_000))
    builder.delete(["0", "5999"])
    builder.commit(2)
    builder.close()
    index = opened(engine, "stream")
    assert index.stats().products == 5_998
    assert index.search(search_plan("later")).total == 2_999
    assert index.search(search_plan("old")).total == 2_998


def test_what_was_streamed_and_not_committed_is_taken_away(engine: OpenSearchEngine) -> None:
    index = serve(engine, "abandoned", [document("kept", "lamp")])
    builder = engine.builder("abandoned", index.stats().version)
    builder.write(document(f"lost{at}", "lamp") for at in range(2_500))
    builder.close()
    builder = engine.builder("abandoned", index.stats().version)
    builder.write([document("next", "lamp")])
    builder.commit(2)
    builder.close()
    assert opened(engine, "abandoned").search(search_plan("lamp")).total == 2


def test_a_search_goes_on_where_its_point_in_time_is_lost(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other processes' points on the node stay: their tests read what was, not what is.
    points: list[str] = []
    call = engine.connection.call

    def noted(method: str, path: str, *given: Any, **options: Any) -> Any:
        answer = call(method, path, *given, **options)
        if path.endswith("/_search/point_in_time"):
            points.append(answer["pit_id"])
        return answer

    def lose_points() -> None:
        gone = call("DELETE", "/_search/point_in_time", {"pit_id": points})
        assert any(each["successful"] for each in gone["pits"])
        points.clear()

    monkeypatch.setattr(engine.connection, "call", noted)
    index = serve(engine, "lost", [document("1", "lamp", suggestions=("lamp",))])
    lose_points()
    assert index.search(search_plan("lamp")).total == 1
    assert len(points) == 1
    lose_points()
    assert [each.text for each in index.suggest("la", 3, ANONYMOUS)] == ["lamp"]
    assert len(points) == 1


def test_only_one_of_two_writers_commits(engine: OpenSearchEngine) -> None:
    version = serve(engine, "twice", [document("1", "lamp")]).stats().version
    first, second = engine.builder("twice", version), engine.builder("twice", version)
    first.write([document("2", "lamp")])
    first.commit(2)
    second.write([document("3", "lamp")])
    with pytest.raises(WrittenElsewhere, match="another process"):
        second.commit(3)
    first.close()
    assert opened(engine, "twice").stats().applied == 2
    # Who came too late goes on from there.
    second.write([document("4", "lamp")])
    second.commit(4)
    second.close()
    assert opened(engine, "twice").stats().applied == 4


def test_a_refused_document_is_named_and_nothing_is_committed(engine: OpenSearchEngine) -> None:
    index = serve(engine, "refused", [document("1", "lamp", vector=(1.0, 0.0))])
    builder = engine.builder("refused", index.stats().version)
    builder.write([document("2", "lamp"), document("long", "lamp", vector=(1.0, 0.0, 0.0))])
    with pytest.raises(DocumentsRefused, match="long"):
        builder.commit(2)
    builder.close()
    assert opened(engine, "refused").stats().applied == 1


def test_a_full_disk_refuses_writes_and_says_so_and_reading_goes_on(engine: OpenSearchEngine) -> None:
    index = serve(engine, "full", [document("1", "lamp")])
    path = f"/{engine.connection.settings.prefix}.full/_settings"
    engine.connection.call("PUT", path, {"index.blocks.read_only_allow_delete": True})
    with pytest.raises((NoDisk, EngineUnavailable, DocumentsRefused), match="block"):
        engine.connection.call("PUT", f"/{engine.connection.settings.prefix}.full/_doc/x", {})
    assert index.search(search_plan("lamp")).total == 1
    engine.connection.call("PUT", path, {"index.blocks.read_only_allow_delete": None})


def test_an_index_of_another_make_is_not_read(engine: OpenSearchEngine) -> None:
    serve(engine, "foreign", [document("1", "lamp")])
    path = f"/{engine.connection.settings.prefix}.foreign/_mapping"
    engine.connection.call("PUT", path, {"_meta": {"vitrine": 999}})
    with pytest.raises(EngineUnavailable, match="vitrine index"):
        engine.open_version("foreign", 1)


def test_the_mapping_does_not_grow_with_the_catalogue(engine: OpenSearchEngine) -> None:
    def size(catalog: str) -> int:
        answer = engine.connection.call("GET", f"/{engine.connection.settings.prefix}.{catalog}/_field_caps?fields=*")
        return len(answer["fields"])

    serve(engine, "small", [document("1", "lamp", colour="Black")])
    kinds = {**SCHEMA.kinds, **{f"attributes.x{at}": "number" for at in range(5_000)}}
    version = engine.create("wide", Schema(("en",), kinds=kinds))
    builder = engine.builder("wide", version)
    builder.write(document(f"{at}", "lamp", **{f"x{at}": float(at)}) for at in range(5_000))
    builder.commit(1)
    builder.close()
    engine.switch("wide", version)
    assert size("wide") == size("small")
    index = opened(engine, "wide")
    assert len(index.fields()) > 5_000
    found = index.search(SearchPlan(filter=None, auto_facets=5))
    assert found.total == 5_000


def test_queries_cannot_reach_a_script(engine: OpenSearchEngine) -> None:
    hostile = "'); return 1; //"
    index = serve(engine, "hostile", [document("1", f"lamp {hostile}", colour=hostile)])
    assert index.search(search_plan(f"lamp {hostile}")).total == 1
    assert list(index.suggest(hostile, 3, ANONYMOUS)) == []


def test_a_commit_whose_answer_was_lost_is_not_taken_for_another_writer(engine: OpenSearchEngine) -> None:
    version = serve(engine, "repeated", [document("1", "lamp")]).stats().version
    index = f"{engine.connection.settings.prefix}.repeated.v{version:06d}"
    before, stamp = read_commit(engine.connection, index)
    commit = replace(before, batch=before.batch + 1, writer="me")
    written = write_commit(engine.connection, index, commit, stamp)
    assert write_commit(engine.connection, index, commit, stamp) == written
    with pytest.raises(WrittenElsewhere):
        write_commit(engine.connection, index, replace(commit, writer="you"), stamp)


def test_who_sees_no_assortment_sees_nothing(engine: OpenSearchEngine) -> None:
    index = serve(engine, "strangers", [document("1", "lamp", net="9.00", suggestions=("lamp",))])
    stranger = Buyer(assortments=("all",))
    assert index.search(replace(search_plan("lamp"), buyer=stranger)).total == 0
    assert index.search(SearchPlan(buyer=stranger, facets=(FacetRequest("price"),))).facets[0].values == ()
    assert index.get(["1"], stranger) == {}
    assert list(index.suggest("la", 3, stranger)) == []
    assert index.vocabulary("en", stranger).count("lamp") == 0
    assert not index.vocabulary("en", stranger).knows("lamps", "lamp")


def test_assortments_are_replaced_and_removed_with_a_commit(engine: OpenSearchEngine) -> None:
    def sees(index: SearchIndex) -> set[str]:
        plan = SearchPlan(buyer=Buyer(assortments=("some",)), limit=100)
        return {hit.product.id for hit in index.search(plan).hits}

    before = serve(engine, "assorted", [document(f"{at}", "lamp", brand="HP" if at else "Acme") for at in range(5)])
    builder = engine.builder("assorted", before.stats().version)
    builder.put_assortment(Assortment("some", Selected(frozenset({"0", "1", "9"})), Selected(frozenset({"1"}))))
    builder.commit(2)
    first = opened(engine, "assorted")
    builder.put_assortment(Assortment("some", Selected(filter=Compare("brand", "=", "HP"))))
    builder.commit(3)
    second = opened(engine, "assorted")
    assert (sees(before), sees(first), sees(second)) == (set(), {"0"}, {"1", "2", "3", "4"})
    # A product that comes later is in it already.
    builder.put_assortment(Assortment("some", Selected(frozenset({"0", "9"}))))
    builder.write([document("9", "lamp")])
    builder.commit(4)
    third = opened(engine, "assorted")
    builder.delete_assortment("some")
    builder.close()
    assert sees(opened(engine, "assorted")) == {"0", "9"} == sees(third)
    builder = engine.builder("assorted", before.stats().version)
    builder.delete_assortment("some")
    builder.commit(5)
    builder.close()
    assert sees(opened(engine, "assorted")) == set()


def test_an_assortment_of_many_ids_is_looked_up_by_the_cluster(engine: OpenSearchEngine) -> None:
    index = serve(engine, "many", [document(f"{at}", "lamp") for at in range(10)])
    builder = engine.builder("many", index.stats().version)
    builder.put_assortment(Assortment("most", Selected(frozenset(f"{at}" for at in range(3, 120_000)))))
    builder.put_assortment(Assortment("few", None, Selected(frozenset(f"{at}" for at in range(3, 120_000)))))
    builder.commit(2)
    builder.close()
    index = opened(engine, "many")
    assert index.search(SearchPlan(buyer=Buyer(assortments=("most",)))).total == 7
    assert index.search(SearchPlan(buyer=Buyer(assortments=("few",)))).total == 3


def test_a_buyer_without_the_catalogue_s_own_prices_is_told_none(engine: OpenSearchEngine) -> None:
    index = serve(engine, "unpriced", [document("1", "lamp", net="9.00"), document("2", "lamp", net="5.00")])
    strict = Buyer(price_lists=("gold",), fallback=False)
    plan = SearchPlan(buyer=strict, facets=(FacetRequest("price"), FacetRequest("list_price")), auto_facets=3)
    result = index.search(plan)
    assert [(hit.product.net, str(hit.product.own)) for hit in result.hits] == [(None, "9.00"), (None, "5.00")]
    assert [facet.stats for facet in result.facets] == [None, (5.0, 9.0, 7.0)]
    assert index.search(replace(plan, filter=Compare("price", "<", 100.0))).total == 0
    assert index.search(replace(plan, filter=Compare("list_price", "<", 6.0))).total == 1
    assert [hit.product.id for hit in index.search(replace(plan, sort=Sort("price"))).hits] == ["1", "2"]
    assert index.get(["1"], strict)["1"].net is None


def test_following_asks_once_for_all_catalogues_while_nothing_changes(
    opensearch: OpenSearchSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OpenSearchEngine(opensearch)
    records = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    records.upgrade()
    for catalog in ("followed", "followed-too", "followed-as-well"):
        records.put_catalog(Catalog(catalog, "EUR"))
        records.replace(catalog, [catalog_item_from_json({"id": "1", "title": "Lamp"})])
        rebuild(records, engine, catalog)
    follower = Follower(records, engine, tmp_path)
    assert (follower.step(), follower.step()) == (0, 0)
    asked: list[str] = []
    call = engine.connection.call

    def noted(method: str, path: str, *given: Any, **options: Any) -> Any:
        asked.append(path)
        return call(method, path, *given, **options)

    monkeypatch.setattr(engine.connection, "call", noted)
    assert follower.step() == 0
    assert asked == ["/_mget"]
    follower.stop()
    records.close()
    engine.close()


def test_what_words_a_buyer_sees_is_asked_once_for_a_whole_query(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = serve(
        engine, "worded", [document("1", "steel lamp lamps"), document("2", "oak desk"), document("3", "pine")]
    )
    builder = engine.builder("worded", index.stats().version)
    builder.put_assortment(Assortment("few", Selected(frozenset({"1", "3"}))))
    builder.commit(2)
    builder.close()
    words = opened(engine, "worded").vocabulary("en", Buyer(assortments=("few",)))
    asked: list[str] = []
    call = engine.connection.call

    def noted(method: str, path: str, *given: Any, **options: Any) -> Any:
        asked.append(path)
        return call(method, path, *given, **options)

    monkeypatch.setattr(engine.connection, "call", noted)
    words.prepare(["steel", "oak", "unheard"], "lam")
    assert words.counts(["steel", "oak", "unheard"]) == [1, 0, 0]
    assert (words.count("steel"), words.prefix_count("lam"), words.prefix_count("unh")) == (1, 1, 0)
    assert (words.knows("steel", "steel"), words.knows("unheard", "unheard")) == (True, False)
    assert asked == ["/_search"]
