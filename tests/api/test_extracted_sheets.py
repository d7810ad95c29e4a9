"""What texts state stands in sheets and comparisons, told from what the shop gives."""

from collections.abc import Iterator
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from commerce.documents import catalog_item_from_json
from commerce.product import Catalog
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from indexer.extraction.artefact import KIND, load_extractor, save
from indexer.extraction.learning import ExtractionLearner
from indexer.learning import learn_catalog
from registry import Registry, Training
from tests.api.conftest import make_settings

Json = dict[str, Any]
COLOURS = ["Black", "White", "Red", "Blue"]


def lamps() -> Iterator[Json]:
    for number, colour in enumerate(islice(cycle(COLOURS), 120)):
        yield {
            "id": f"lamp-{number}",
            "title": f"Desk lamp L{number} {colour}",
            "category": ["Lamps"],
            "attributes": {"colour": colour},
            "price": {"net": f"{number + 10}.00"},
        }
    yield {"id": "silent", "title": "Desk lamp LX Red", "category": ["Lamps"], "price": {"net": "5.00"}}
    yield {"id": "mute", "title": "Desk lamp LY", "category": ["Lamps"], "price": {"net": "6.00"}}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A shop whose extraction is trained."""
    home: Path = tmp_path_factory.mktemp("extracted")
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    records.upgrade()
    catalog = Catalog("shop", "EUR")
    records.put_catalog(catalog)
    records.replace("shop", [catalog_item_from_json(each) for each in lamps()])
    knowledge = learn_catalog(records, catalog)
    learner = ExtractionLearner(knowledge.dictionary, knowledge.values, catalog.locale)
    for item in records.items("shop"):
        learner.add(item.product, item.product.category[0])
    model = learner.build()
    Registry(home / "models").publish("shop", KIND, Training(version("vitrine")), lambda folder: save(model, folder))
    rebuild(records, EmbeddedEngine(home), "shop", extractor=load_extractor(Registry(home / "models"), "shop"))
    records.close()
    with TestClient(create_app(make_settings(home)), raise_server_exceptions=False) as client:
        yield client


def test_a_sheet_names_what_the_title_states_with_confidence_evidence_and_place(shop: TestClient) -> None:
    rows = shop.get("/v1/shop/products/silent").json()["sheet"]
    assert [(row["name"], row["value"], row["source"]) for row in rows] == [("colour", "Red", "extracted")]
    assert 0.9 < rows[0]["confidence"] < 1
    assert rows[0]["evidence"] == "“Red” in the title"
    assert rows[0]["span"] == {"field": "title", "start": 13, "end": 16}


def test_what_is_given_stays_given_and_what_nobody_says_stays_missing(shop: TestClient) -> None:
    given = shop.get("/v1/shop/products/lamp-0").json()["sheet"]
    assert [(row["source"], row["confidence"], row["span"]) for row in given] == [("given", 1.0, None)]
    assert shop.get("/v1/shop/products/mute").json()["sheet"] == []


def test_extracted_values_fill_cells_of_comparisons_with_their_source(shop: TestClient) -> None:
    answer = shop.post("/v1/shop/compare", json={"ids": ["lamp-0", "silent", "mute"]}).json()
    row = next(each for each in answer["rows"] if each["field"] == "attributes.colour")
    assert row["values"] == ["Black", "Red", None]
    assert [cell and cell["source"] for cell in row["cells"]] == ["given", "extracted", None]
    assert row["cells"][1]["evidence"] == "“Red” in the title"


def test_filters_and_facets_know_what_is_sure_and_every_hit_says_that_its_text_states_it(shop: TestClient) -> None:
    body = {"filter": 'attributes.colour = "Red"', "facets": ["attributes.colour"], "page_size": 100}
    found = shop.post("/v1/shop/search", json=body).json()
    by_id = {hit["id"]: hit["product"] for hit in found["hits"]}
    assert found["total"] == 31
    assert by_id["silent"]["attributes"] == {}
    assert by_id["silent"]["extracted"]["colour"]["value"] == "Red"
    assert "extracted" not in by_id["lamp-2"]
    [facet] = found["facets"]
    assert [(each["value"], each["count"]) for each in facet["values"]] == [("Red", 31)]
    assert facet["from_texts"] == round(1 / 121, 3)


def test_a_filter_can_insist_on_what_the_shop_gives(shop: TestClient) -> None:
    given = 'attributes.colour = "Red" AND NOT extracted = "attributes.colour"'
    found = shop.post("/v1/shop/search", json={"filter": given, "page_size": 100}).json()
    assert found["total"] == 30
    counted = shop.post("/v1/shop/search", json={"facets": ["extracted"]}).json()["facets"][0]
    assert [(each["value"], each["count"]) for each in counted["values"]] == [("attributes.colour", 1)]


def test_a_picked_attribute_that_only_the_text_states_comes_as_such(shop: TestClient) -> None:
    body = {"filter": 'id IN ("silent", "lamp-0")', "fields": ["attributes.colour"]}
    products = {hit["id"]: hit["product"] for hit in shop.post("/v1/shop/search", json=body).json()["hits"]}
    assert products["lamp-0"]["attributes"] == {"colour": "Black"}
    assert products["silent"].keys() == {"id", "extracted"}
