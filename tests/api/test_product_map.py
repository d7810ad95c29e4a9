"""The map over HTTP: the buyer's own products, and for merchandisers what is missing on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.shop import Shop
from commerce.pricing import Assortment, Selected
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from ranking.product_map.artefact import KIND, ProductMap, numbered, save
from registry import Registry, Training
from tests.api.conftest import Token, make_settings

Json = dict[str, Any]
LAMPS, CHAIRS = ("lamp-1", "lamp-2"), ("chair-1", "chair-2", "chair-3")


def products() -> list[CatalogItem]:
    lamps = [Product(each, f"Desk lamp {each}", brand="Lux", category=("Lamps",)) for each in LAMPS]
    chairs = [Product(each, f"Office chair {each}", brand="Sit", category=("Chairs",)) for each in CHAIRS]
    late = [Product("late", "Lamp that came late", brand="Lux", category=("Lamps",))]
    return [CatalogItem(each) for each in (*lamps, *chairs, *late)]


def a_map() -> ProductMap:
    category, categories = numbered(["Lamps"] * 2 + ["Chairs"] * 3)
    brand, brands = numbered(["Lux"] * 2 + ["Sit"] * 3)
    word, words = numbered(["lamp"] * 2 + ["chair"] * 3)
    places = np.array([[0, 0], [100, 0], [9000, 9000], [9100, 9000], [9000, 9100]], np.uint16)
    region = np.array([0, 0, 1, 1, 1], np.int32)
    return ProductMap((*LAMPS, *CHAIRS), places, region, category, brand, word, categories, brands, words)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home: Path = tmp_path_factory.mktemp("map")
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    records.upgrade()
    for name in ("shop", "undrawn"):
        records.put_catalog(Catalog(name, "EUR"))
        records.replace(name, products())
        records.put_assortment(name, Assortment("lit", Selected(frozenset(LAMPS))))
        rebuild(records, EmbeddedEngine(home), name)
    records.close()
    Registry(home / "models").publish("shop", KIND, Training("1"), lambda folder: save(a_map(), folder))
    with TestClient(create_app(make_settings(home)), raise_server_exceptions=False) as client:
        yield client


def test_the_map_has_a_place_for_every_product_that_it_knows(shop: TestClient) -> None:
    answer: Json = shop.post("/v1/shop/map", json={}).json()
    assert (answer["total"], answer["unplaced"], answer["model_version"]) == (6, 1, 1)
    points = answer["points"]
    assert points["ids"] == [*LAMPS, *CHAIRS]
    assert (points["x"][1], points["y"][4]) == (100, 9100)
    assert [answer["categories"][at] for at in points["category"]] == ["Lamps"] * 2 + ["Chairs"] * 3
    assert [answer["brands"][at] for at in points["brand"]] == ["Lux"] * 2 + ["Sit"] * 3
    assert [(each["name"], each["products"]) for each in answer["regions"]] == [("Lamps", 2), ("Chairs", 3)]


def test_filters_and_ticked_values_narrow_the_map(shop: TestClient) -> None:
    by_filter = shop.post("/v1/shop/map", json={"filter": 'brand = "Sit"'}).json()
    ticked = shop.post("/v1/shop/map", json={"facet_filters": {"category": ["Chairs"]}}).json()
    assert by_filter["points"] == ticked["points"]
    assert (by_filter["total"], by_filter["brands"]) == (3, ["Sit"])


def test_a_buyer_sees_the_map_of_their_own_assortment(shop: TestClient, token: Token) -> None:
    mine = shop.post("/v1/shop/map", json={}, headers=token(sub="u", scope="search", assortments=["lit"])).json()
    assert mine["points"]["ids"] == list(LAMPS)
    assert "Sit" not in str(mine)
    assert "Chairs" not in str(mine)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/undrawn/map", {}, 503, "model_unavailable"),
        ("/v1/nowhere/map", {}, 404, "unknown_catalog"),
        ("/v1/shop/map", {"filter": "nothing = 1"}, 422, "unknown_field"),
        ("/v1/shop/map", {"filter": "brand ="}, 422, "invalid_filter"),
        ("/v1/shop/map", {"query": "lamp"}, 422, "invalid_request"),
    ],
)
def test_a_map_that_cannot_be_shown_says_why(shop: TestClient, path: str, body: Json, status: int, code: str) -> None:
    answer = shop.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_gaps_are_for_merchandisers_alone(shop: TestClient, token: Token) -> None:
    assert shop.get("/v1/shop/map/gaps").status_code == 401
    assert shop.get("/v1/shop/map/gaps", headers=token(sub="u", scope="search")).status_code == 403


def test_what_is_searched_for_and_not_in_the_assortment_is_a_gap(shop: TestClient, token: Token) -> None:
    merchandiser = token(sub="m", scope="search merchandise")
    assert shop.put("/v1/shop/accounts/lit", json={"assortments": ["lit"]}, headers=merchandiser).is_success
    for query in ("office chair", "Office  Chair", "xyzzyqwrt"):
        shop.post("/v1/shop/search", json={"query": query})
    running: Shop = shop.app.state.shop  # type: ignore[attr-defined]
    running.journal.stop()  # writes what waits
    answer = shop.get("/v1/shop/map/gaps?as_account=lit", headers=merchandiser).json()
    assert answer["searches"] == 3
    first, second = answer["regions"]
    assert (first["name"], first["products"], first["seen"]) == ("Chairs", 3, 0)
    assert (first["searches"], first["queries"], first["reasons"]) == (2.0, ["office chair"], ["few_in_assortment"])
    assert (second["name"], second["seen"], second["reasons"]) == ("Lamps", 2, [])
    assert answer["nowhere"] == [{"query": "xyzzyqwrt", "searches": 1, "without_result": 1}]
    nobody_yet = shop.get("/v1/shop/map/gaps?since=2999-01-01T00:00:00Z", headers=merchandiser).json()
    assert nobody_yet["searches"] == 0
    assert all(not each["reasons"] for each in nobody_yet["regions"])
