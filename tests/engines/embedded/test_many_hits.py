"""Results of very many hits: facets are chosen from a sample, and counted over all."""

from collections import Counter
from pathlib import Path

import pytest

from engines.embedded import EmbeddedEngine, counting
from engines.plan import FacetRequest, SearchPlan
from tests.conformance.catalogue import SCHEMA, document


@pytest.mark.parametrize("sample", [1, 60, 100_000])
def test_facets_chosen_from_a_sample_count_every_hit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: int
) -> None:
    monkeypatch.setattr(counting, "_SAMPLE", sample)
    shelf = [
        document(
            str(at),
            "steel shelf",
            net=f"{at % 37}.50",
            brand=("HP", "Acme", "Ötztal")[at % 3],
            colour=("Black", "White")[at // 3 % 2],
            weight=float(at % 11),
        )
        for at in range(400)
    ]
    engine = EmbeddedEngine(tmp_path)
    version = engine.create("shop", SCHEMA)
    builder = engine.builder("shop", version)
    for start in range(0, 400, 150):
        builder.write(shelf[start : start + 150])
        builder.commit(start + 1)
    builder.close()
    engine.switch("shop", version)
    index = engine.open("shop")
    assert index is not None
    result = index.search(SearchPlan(auto_facets=10))
    found = {facet.field: facet for facet in result.facets}
    assert "price" in found
    if sample > 1:
        assert {"brand", "attributes.colour", "attributes.weight"} <= found.keys()
        brands = Counter(str(each.values["brand"][0]) for each in shelf)
        assert {value.value: value.count for value in found["brand"].values} == brands
    named = index.search(SearchPlan(facets=tuple(FacetRequest(field) for field in found)))
    assert {facet.field: facet for facet in named.facets} == found
