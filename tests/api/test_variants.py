"""Products with variants, tiers, relations and texts in two languages, from the records to the answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from commerce.documents import catalog_item_from_json
from commerce.product import Catalog
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from tests.api.conftest import make_settings

LOCKER = {
    "id": "S-100",
    "title": "Stahlspind mit Türen",
    "description": "Abschließbar",
    "brand": "Acme",
    "category": ["Betrieb > Spinde"],
    "attributes": {"material": "Stahl", "breite": 300},
    "relations": [{"type": "accessory", "id": "Z-1"}],
    "texts": {"en": {"title": "Steel locker with doors", "category": ["Plant > Lockers"]}},
    "variants": [
        {"id": "S-100-R", "title": "rot", "mpn": "SP/R-77", "attributes": {"farbe": "rot", "breite": 300},
         "price": {"net": "120.00", "tiers": [{"min_quantity": 10, "net": "99.90"}]}, "stock": 0},
        {"id": "S-100-B", "title": "blau", "attributes": {"farbe": "blau", "breite": 400},
         "price": {"net": "130.00"}, "stock": 5},
    ],
}  # fmt: skip
PADLOCK = {
    "id": "Z-1",
    "title": "Vorhängeschloss",
    "category": ["Betrieb > Zubehör"],
    "price": {"net": "9.90", "tiers": [{"min_quantity": 5, "net": "8.90"}]},
    "stock": 3,
    "attributes": {"farbe": "rot"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home: Path = tmp_path_factory.mktemp("shop")
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("betrieb", "EUR", "de"))
    records.replace("betrieb", [catalog_item_from_json(each) for each in (LOCKER, PADLOCK)])
    rebuild(records, EmbeddedEngine(home), "betrieb")
    records.close()
    with TestClient(create_app(make_settings(home)), raise_server_exceptions=False) as client:
        yield client


def find(shop: TestClient, **body: object) -> list[dict[str, object]]:
    response = shop.post("/v1/betrieb/search", json=body)
    assert response.status_code == 200, response.text
    hits: list[dict[str, object]] = response.json()["hits"]
    return hits


def test_a_product_page_shows_variants_with_their_offers_and_relations(shop: TestClient) -> None:
    page = shop.get("/v1/betrieb/products/S-100").json()
    assert [each["id"] for each in page["variants"]] == ["S-100-R", "S-100-B"]
    red, blue = page["variants"]
    assert red["attributes"] == {"farbe": "rot", "breite": 300.0}
    assert red["price"]["net"] == "120.00"
    assert red["price"]["tiers"] == [{"min_quantity": 10, "net": "99.90"}]
    assert red["availability"]["in_stock"] is False
    assert blue["availability"]["in_stock"] is True
    assert blue["availability"]["quantity"] == 5
    assert page["price"]["net"] == "120.00"
    assert page["price"]["tiers"] == red["price"]["tiers"]
    assert page["relations"] == [{"type": "accessory", "id": "Z-1"}]
    alone = shop.get("/v1/betrieb/products/Z-1").json()
    assert alone["variants"] == alone["relations"] == []
    assert alone["price"]["tiers"] == [{"min_quantity": 5, "net": "8.90"}]


def test_a_hit_tells_the_variants_that_meet_the_filter_and_their_lowest_price(shop: TestClient) -> None:
    [hit] = find(shop, filter="attributes.breite > 350")
    assert hit["matched_variants"] == ["S-100-B"]
    assert hit["price"]["net"] == "130.00"  # type: ignore[index]
    assert find(shop, filter='attributes.farbe = "rot" AND attributes.breite > 350') == []


def test_a_query_s_words_and_part_numbers_tell_one_variant_from_another(shop: TestClient) -> None:
    assert [hit["matched_variants"] for hit in find(shop, query="spind blau")][0] == ["S-100-B"]
    assert [hit["matched_variants"] for hit in find(shop, query="spind")] == [[]]
    [hit] = find(shop, query="SP-R77")
    assert (hit["id"], hit["matched_by"], hit["matched_variants"]) == ("S-100", ["identifier"], ["S-100-R"])
    [hit] = find(shop, query="s100b")
    assert hit["matched_variants"] == ["S-100-B"]


def test_texts_come_in_the_locale_asked_for_and_else_in_the_catalogue_s(shop: TestClient) -> None:
    [hit] = find(shop, query="lockers", locale="en")
    product = hit["product"]
    assert isinstance(product, dict)
    assert (product["title"], product["category"]) == ("Steel locker with doors", ["Plant > Lockers"])
    assert product["description"] == "Abschließbar"
    assert hit["highlight"] == {"title": "Steel <mark>locker</mark> with doors"}
    answer = shop.post("/v1/betrieb/search", json={"query": "schloss", "locale": "fr"}).json()
    assert answer["locale"] == "de"
    page = shop.get("/v1/betrieb/products/Z-1?locale=en-GB").json()
    assert (page["product"]["title"], page["product"]["locale"]) == ("Vorhängeschloss", "de")
    both = shop.get("/v1/betrieb/products?ids=S-100,Z-1&locale=en").json()["products"]
    assert [each["product"]["title"] for each in both] == ["Steel locker with doors", "Vorhängeschloss"]


def test_facets_count_products_and_not_variants(shop: TestClient) -> None:
    answer = shop.post("/v1/betrieb/search", json={"facets": ["attributes.farbe", "in_stock"]}).json()
    counts = [{value["value"]: value["count"] for value in facet["values"]} for facet in answer["facets"]]
    assert counts == [{"rot": 2, "blau": 1}, {True: 2, False: 1}]
