"""Promotions over HTTP: written, checked, listed, and seen in prices, badges, facets and filters without indexing."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from commerce.pricing import PriceList, PriceRow
from commerce.product import Catalog, CatalogItem, Offer, Product, Variant
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from tests.api.conftest import Token, make_settings

PATH = "/v1/shop/promotions"
ITEMS = [
    CatalogItem(Product("lamp", "steel lamp", brand="HP"), Offer(Decimal("100.00"), cost=Decimal("61.50"))),
    CatalogItem(Product("desk", "steel desk", brand="Acme"), Offer(Decimal("50.00"))),
    CatalogItem(
        Product("box", "steel box", variants=(Variant("box-s", offer=Offer(Decimal("20.00"))), Variant("box-l"))),
    ),
]
SALE: dict[str, Any] = {
    "text": {"en": "Spring sale", "de": "Frühlingsangebot"},
    "filter": 'brand = "HP"',
    "percent": "-10.0",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TestClient]:
    records = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    records.replace("shop", ITEMS)
    records.put_price_list("shop", PriceList("gold", "EUR", (PriceRow("lamp", Decimal("80.00")),)))
    rebuild(records, EmbeddedEngine(tmp_path), "shop")
    records.close()
    with TestClient(create_app(make_settings(tmp_path)), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def office(token: Token) -> dict[str, str]:
    return token(sub="office", scope="search merchandise")


def put(shop: TestClient, office: dict[str, str], identity: str, body: object, **query: str) -> Any:
    answer = shop.put(f"{PATH}/{identity}", json=body, headers=office, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wait_for(shop: TestClient, product: str, net: str, **headers: Any) -> dict[str, Any]:
    """Return the product's price as soon as it is ``net``; the index follows the records within two seconds."""
    pause, end = Event(), time.monotonic() + 20
    while (found := shop.get(f"/v1/shop/products/{product}", **headers).json())["price"]["net"] != net:
        assert time.monotonic() < end, found["price"]
        pause.wait(0.02)
    price: dict[str, Any] = found["price"]
    return price


def test_a_promotion_shows_everywhere_without_indexing_anew(shop: TestClient, office: dict[str, str]) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    written = put(shop, office, "spring", {**SALE, "valid_until": until, "code": "sale"})
    assert written == {"id": "spring", "version": 1, "changed": True, "unknown": 0, "dry_run": False}
    price = wait_for(shop, "lamp", "90.00")
    promotion = {"id": "spring", "text": "Spring sale", "was": "100.00", "valid_until": until, "ids": ["spring"]}
    assert (price["list"], price["promotion"]) == ("100.00", promotion)
    body = {"filter": "on_offer = true AND price < 95", "facets": ["on_offer"], "locale": "de"}
    answer = shop.post("/v1/shop/search", json=body).json()
    [hit] = answer["hits"]
    assert (hit["id"], hit["badges"]) == ("lamp", [{"code": "sale", "text": "Frühlingsangebot"}])
    assert hit["price"]["promotion"]["text"] == "Frühlingsangebot"
    [facet] = answer["facets"]
    assert (facet["label"], facet["type"], facet["values"]) == (
        "Im Angebot", "boolean", [{"value": True, "label": "Ja", "count": 1, "selected": False}])  # fmt: skip
    later = {"at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}
    after = shop.get("/v1/shop/products/lamp", params=later, headers=office).json()["price"]
    assert (after["net"], after["promotion"]) == ("100.00", None)
    assert shop.delete(f"{PATH}/spring", headers=office).json() == {"deleted": 1}
    assert wait_for(shop, "lamp", "100.00")["promotion"] is None


def test_contract_prices_and_variants_have_their_own(shop: TestClient, office: dict[str, str], token: Token) -> None:
    put(shop, office, "all", {"filter": "id EXISTS", "net": "15.00", "text": {"en": "All 15"}})
    assert wait_for(shop, "box", "15.00")["promotion"]["was"] == "20.00"
    dealer = token(sub="eva", price_lists=["gold"])
    gold = shop.get("/v1/shop/products/lamp", headers=dealer).json()["price"]
    assert (gold["net"], gold["price_list"], gold["promotion"]) == ("80.00", "gold", None)
    page = shop.get("/v1/shop/products/box").json()
    assert [each["price"] and each["price"]["promotion"]["id"] for each in page["variants"]] == ["all", None]


def test_promotions_are_put_read_listed_and_removed(shop: TestClient, office: dict[str, str]) -> None:
    put(shop, office, "a/b", {"ids": ["lamp", "nobody"], "amount": "-5", "limits": {"min_quantity": 10}})
    again = shop.get(f"{PATH}/a/b", headers=office).json()
    assert put(shop, office, "a/b", {k: v for k, v in again.items() if k not in {"id", "version"}}) == {
        "id": "a/b", "version": 1, "changed": False, "unknown": 1, "dry_run": False}  # fmt: skip
    assert (again["ids"], again["amount"], again["percent"]) == (["lamp", "nobody"], "-5", None)
    assert put(shop, office, "dry", SALE, dry_run="true")["changed"] is True
    put(shop, office, "second", SALE)
    first = shop.get(PATH, params={"limit": 1}, headers=office).json()
    assert ([each["id"] for each in first["promotions"]], first["next"]) == (["a/b"], "a/b")
    rest = shop.get(PATH, params={"after": "a/b"}, headers=office).json()
    assert [(each["id"], each["ids"]) for each in rest["promotions"]] == [("second", 0)]
    for method in (shop.get, shop.delete):
        unknown = method(f"{PATH}/dry", headers=office)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_promotion")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"percent": "-1"}, "/filter"),
        ({"filter": " ", "percent": "-1"}, "/filter"),
        ({**SALE, "percent": "10"}, "/percent"),
        ({**SALE, "percent": "0"}, "/percent"),
        ({**SALE, "percent": None}, "/percent"),
        ({**SALE, "net": "5"}, "/net"),
        ({"ids": ["a"], "net": "-5"}, "/net"),
        ({"ids": ["a"], "amount": "1e9"}, "/amount"),
        ({"ids": [""], "amount": "-1"}, "/ids/0"),
        ({**SALE, "enabled": "yes"}, "/enabled"),
        ({**SALE, "priority": 1.5}, "/priority"),
        ({**SALE, "priority": True}, "/priority"),
        ({**SALE, "text": "Sale"}, "/text"),
        ({**SALE, "text": {"en": 5}}, "/text"),
        ({**SALE, "code": ""}, "/code"),
        ({**SALE, "valid_from": "2027-01-01"}, "/valid_from"),
        ({**SALE, "valid_from": "2027-01-02T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"}, "/valid_until"),
        ({**SALE, "limits": {"min_quantity": 0}}, "/limits/min_quantity"),
        ({**SALE, "limits": {"minimum_net": "much"}}, "/limits/minimum_net"),
        ({**SALE, "limits": [1]}, "/limits"),
        ({**SALE, "price": 1}, "/price"),
        ([], ""),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: TestClient, office: dict[str, str], body: object, pointer: str) -> None:
    answer = shop.put(f"{PATH}/sale", json=body, headers=office)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("price < 5", "invalid_filter"),
        ("on_offer = true", "invalid_filter"),
        ("in_stock = true", "invalid_filter"),
        ("nothing = 1", "unknown_field"),
    ],
)
def test_a_filter_names_nothing_that_differs_from_buyer_to_buyer(
    shop: TestClient, office: dict[str, str], condition: str, code: str
) -> None:
    answer = shop.put(f"{PATH}/sale", json={**SALE, "filter": condition}, headers=office)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == "/filter"


def test_promotions_are_for_the_back_office(shop: TestClient, token: Token) -> None:
    for headers, status in ((token(sub="eva"), 403), ({}, 401)):
        assert shop.put(f"{PATH}/sale", json=SALE, headers=headers).status_code == status
        assert shop.get(PATH, headers=headers).status_code == status
        assert shop.get(f"{PATH}/sale", headers=headers).status_code == status
        assert shop.delete(f"{PATH}/sale", headers=headers).status_code == status


def test_the_explanation_names_every_promotion_on_the_article(shop: TestClient, office: dict[str, str]) -> None:
    put(shop, office, "best", {**SALE, "percent": "-20"})
    put(shop, office, "less", SALE)
    put(shop, office, "many", {**SALE, "limits": {"min_quantity": 10}})
    put(shop, office, "over", {**SALE, "valid_until": "2020-01-01T00:00:00Z"})
    put(shop, office, "else", {"ids": ["desk"], "net": "1"})
    path = "/v1/shop/products/lamp/price-explanation"
    told = shop.get(path, headers=office).json()
    assert (told["price"]["net"], told["before_promotions"]) == ("80.00", "100.00")
    assert {each["id"]: each["verdict"] for each in told["promotions"]} == {
        "best": "applied", "less": "outdone", "many": "greater_quantity", "over": "no_longer_in_force"}  # fmt: skip
    assert told["sentence"]["en"].endswith(" With promotion best: 80.00 EUR.")
    assert told["sentence"]["de"].endswith(" Mit dem Angebot best: 80,00 EUR.")
    gold = shop.get(path, params={"price_lists": "gold"}, headers=office).json()
    assert gold["price"]["net"] == gold["before_promotions"] == "80.00"
    assert gold["promotions"][0]["verdict"] == "price_list"


def test_more_than_can_be_asked_for_at_once_is_refused_when_it_is_put(shop: TestClient, office: dict[str, str]) -> None:
    many = " OR ".join(f'brand = "B{at}"' for at in range(300))
    answer = shop.put(f"{PATH}/many", json={**SALE, "filter": many}, headers=office)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "301 conditions of at most 240" in answer.json()["detail"]
    assert "name ids instead of long filters" in answer.json()["detail"]
    assert shop.get(f"{PATH}/many", headers=office).status_code == 404
    listed = " IN (" + ", ".join(f'"B{at}"' for at in range(300)) + ")"
    put(shop, office, "many", {**SALE, "filter": f"brand{listed}"})


def test_what_an_article_costs_is_for_the_back_office_alone(shop: TestClient, office: dict[str, str]) -> None:
    assert shop.get("/v1/shop/products/lamp/price-explanation", headers=office).json()["cost"] == "61.50"
    for answer in (
        shop.get("/v1/shop/products/lamp"),
        shop.get("/v1/shop/products", params={"ids": "lamp"}),
        shop.post("/v1/shop/search", json={"query": "lamp", "explain": True}),
        shop.get("/v1/shop/suggest", params={"q": "lamp"}),
    ):
        assert answer.status_code == 200
        assert "lamp" in answer.text
        assert "61.5" not in answer.text
        assert "cost" not in answer.text
    body = [{"id": "chair", "title": "chair", "price": {"net": "9.00", "cost": "-1"}}]
    refused = shop.put("/v1/shop/products", json=body, headers=office)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/0/price/cost")
