"""What every engine finds by meaning."""

from collections.abc import Iterator

import numpy as np
import pytest

from engines.plan import FacetRequest, SearchPlan, VectorMatch
from engines.port import SearchEngine
from language.filters.tree import Compare
from tests.conformance.catalogue import SCHEMA, document, search_plan
from tests.conformance.conftest import Fill

SHELF = [
    document("north", "compass", brand="HP", vector=(0.0, 1.0)),
    document("north-east", "compass", brand="Acme", vector=(0.6, 0.8)),
    document("east", "compass", brand="HP", vector=(1.0, 0.0)),
    document("nowhere", "compass", brand="HP"),
]


def near(floor: float = 0.0, limit: int = 10, **options: object) -> SearchPlan:
    return SearchPlan(vector=VectorMatch((0.0, 1.0), floor, limit), **options)  # type: ignore[arg-type]


def found(fill: Fill, plan: SearchPlan) -> list[str]:
    return [hit.product.id for hit in fill(SHELF).search(plan).hits]


def test_the_nearest_stand_first_with_their_inner_product_as_score(fill: Fill) -> None:
    hits = fill(SHELF).search(near(floor=0.5)).hits
    assert [(hit.product.id, round(hit.score, 6)) for hit in hits] == [("north", 1.0), ("north-east", 0.8)]


def test_floor_and_limit_bound_what_is_found(fill: Fill) -> None:
    assert found(fill, near(floor=0.9)) == ["north"]
    assert found(fill, near(floor=0.1, limit=1)) == ["north"]
    assert found(fill, near(floor=1.1)) == []


def test_filters_come_before_the_limit_and_facets_count_what_was_found(fill: Fill) -> None:
    assert found(fill, near(floor=0.1, limit=1, filter=Compare("brand", "=", "Acme"))) == ["north-east"]
    result = fill(SHELF).search(near(floor=0.5, facets=(FacetRequest("brand"),)))
    assert {value.value: value.count for value in result.facets[0].values} == {"HP": 1, "Acme": 1}


def test_vectors_follow_updates_and_survive_merging(engine: SearchEngine, catalog_names: Iterator[str]) -> None:
    catalog = next(catalog_names)
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(SHELF)
    builder.commit(1)
    for at in range(20):
        builder.write([document(f"x{at}", "compass", vector=(-1.0, 0.0))])
        builder.commit(at + 2)
    builder.write([document("north", "compass", vector=(1.0, 0.0)), document("south", "compass")])
    builder.delete(["east"])
    builder.commit(99)
    builder.close()
    engine.switch(catalog, version)
    index = engine.open(catalog)
    assert index is not None
    assert [hit.product.id for hit in index.search(near(floor=0.5)).hits] == ["north-east"]
    assert index.search(SearchPlan(vector=VectorMatch((-1.0, 0.0), 0.9, 100))).total == 20


def test_hits_bring_their_vectors_where_the_plan_asks_for_them(fill: Fill) -> None:
    index = fill(SHELF)
    by_word = index.search(search_plan("compass", with_vectors=True)).hits
    found = {hit.product.id: None if hit.vector is None else np.round(hit.vector, 6).tolist() for hit in by_word}
    assert found["north"] == [0.0, 1.0]
    assert found["north-east"] == pytest.approx([0.6, 0.8], abs=1e-6)
    assert not any(found["nowhere"] or ())
    assert index.search(near(floor=0.9, with_vectors=True)).hits[0].vector is not None
    assert index.search(search_plan("compass")).hits[0].vector is None
