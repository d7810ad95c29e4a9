"""A merchandiser looks through the eyes of an account, at any moment; nobody else can."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from commerce.pricing import Assortment, PriceList, PriceRow, Selected
from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from ranking.product_map.artefact import KIND, Codes, ProductMap, numbered, save
from registry import Registry, Training
from tests.api.conftest import Token, make_settings

Json = dict[str, Any]
NOW = datetime.now(UTC)
NEXT_YEAR = NOW + timedelta(days=365)
CONTRACT = {
    "price_lists": ["contract"],
    "assortments": ["lamps"],
    "location": None,
    "fallback": True,
    "groups": ["trade"],
}
BODIES: dict[str, Json] = {
    "/v1/{catalog}/search": {"facets": ["brand", "price"], "sort": "price:asc"},
    "/v1/{catalog}/search:batch": {"requests": [{"query": "lamp"}, {"query": "box"}]},
    "/v1/{catalog}/guide": {"locale": "en"},
    "/v1/{catalog}/map": {},
}
QUERIES = {"/v1/{catalog}/suggest": {"q": "la"}, "/v1/{catalog}/products": {"ids": "lamp-1,box-1"}}
DIFFERS = {"query_id", "took_ms", "conversation_id"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, token: Token) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("previews")
    records = Records(f"sqlite:///{folder / 'vitrine.db'}")
    records.upgrade()
    for name in ("shop", "other"):
        records.put_catalog(Catalog(name, "EUR"))
        records.replace(
            name,
            [
                CatalogItem(
                    Product(f"{kind}-{at}", f"{kind} {at}", brand=brand, category=(f"{kind}s",)),
                    Offer(Decimal(10 * at), 3),
                )
                for kind, brand in (("lamp", "Acme"), ("box", "Bolt"))
                for at in (1, 2, 3)
            ],
        )
    own = PriceList("contract", "EUR", (PriceRow("lamp-1", Decimal("7.77")),), valid_until=NEXT_YEAR)
    records.put_price_list("shop", own)
    records.put_assortment("shop", Assortment("lamps", Selected(frozenset({"lamp-1", "lamp-2"}))))
    for name in ("shop", "other"):
        rebuild(records, EmbeddedEngine(folder), name)
    records.close()
    Registry(folder / "models").publish("shop", KIND, Training("1"), lambda folder: save(drawn_map(), folder))
    with TestClient(create_app(make_settings(folder)), raise_server_exceptions=False) as client:
        answer = client.put("/v1/shop/accounts/4711", json=CONTRACT, headers=merchandiser(token))
        assert answer.json() == {"id": "4711", **CONTRACT}
        yield client


def drawn_map() -> ProductMap:
    """Return a map of the shop's products: the lamps beside each other, and the boxes."""
    nothing: Codes = np.full(6, -1, np.int32)
    places = np.array([[9_000 * (at // 3), 700 * (at % 3)] for at in range(6)], np.uint16)
    kinds, names = numbered([f"{kind}s" for kind in ("lamp", "box") for _ in range(3)])
    ids = tuple(f"{kind}-{at}" for kind in ("lamp", "box") for at in (1, 2, 3))
    return ProductMap(ids, places, kinds, kinds, nothing, nothing, names, (), ())


def merchandiser(token: Token, **claims: object) -> dict[str, str]:
    return token(sub="office", scope="search merchandise", **claims)


def shopping_paths(shop: TestClient) -> dict[str, str]:
    """Return what a storefront asks of one catalogue: paths and their methods, from the service's own document."""
    found = {}
    for path, methods in shop.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            if {"search", "catalogue"} & set(operation["tags"]) and "{catalog}" in path:
                found[path] = method
    return found


def ask(shop: TestClient, path: str, method: str, headers: dict[str, str], **query: str) -> Any:
    url = path.replace("{catalog}", "shop").replace("{product_id}", "lamp-1")
    params = {**QUERIES.get(path, {}), **query}
    return shop.request(method, url, params=params, json=BODIES.get(path), headers=headers)


def steady(value: Any) -> Any:
    """Return an answer without what differs from one request to the next."""
    if isinstance(value, dict):
        return {name: steady(each) for name, each in value.items() if name not in DIFFERS}
    return [steady(each) for each in value] if isinstance(value, list) else value


def test_every_answer_of_a_storefront_can_be_previewed_as_the_account_gets_it(shop: TestClient, token: Token) -> None:
    paths = shopping_paths(shop)
    assert set(BODIES) | set(QUERIES) < set(paths)
    their_own = token(sub="eva", account="4711", **{k: v for k, v in CONTRACT.items() if v is not None})
    for path, method in paths.items():
        previewed = ask(shop, path, method, merchandiser(token), as_account="4711")
        assert previewed.status_code == 200, (path, previewed.text)
        assert steady(previewed.json()) == steady(ask(shop, path, method, their_own).json()), path
        assert "Bolt" not in previewed.text
        assert steady(previewed.json()) != steady(ask(shop, path, method, merchandiser(token)).json()), path


def test_a_preview_shows_the_account_at_another_moment(shop: TestClient, token: Token) -> None:
    def price(at: datetime) -> Any:
        query = {"as_account": "4711", "at": at.isoformat()}
        answer = shop.get("/v1/shop/products/lamp-1", params=query, headers=merchandiser(token))
        return answer.json()["price"]["net"]

    assert price(NOW) == "7.77"
    assert price(NEXT_YEAR + timedelta(days=1)) == "10.00"


@pytest.mark.parametrize("query", [{"as_account": "4711"}, {"as_account": "nobody"}, {"at": NOW.isoformat()}])
def test_a_buyer_cannot_look_as_another_and_does_not_learn_whether_there_is_one(
    shop: TestClient, token: Token, query: dict[str, str]
) -> None:
    for headers in ({}, token(sub="eva", account="4711"), token(sub="eva", scope="search events")):
        for path, method in shopping_paths(shop).items():
            answer = ask(shop, path, method, headers, **query)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
            assert "7.77" not in answer.text


def test_an_account_in_a_body_or_a_header_is_nobody(shop: TestClient, token: Token) -> None:
    answer = shop.post("/v1/shop/search", json={"as_account": "4711"}, headers=merchandiser(token))
    assert answer.status_code == 422
    headers = {**merchandiser(token), "as_account": "4711", "x-as-account": "4711"}
    assert shop.post("/v1/shop/search", json={}, headers=headers).json()["total"] == 6


def test_an_unknown_account_is_a_bad_query_that_says_how_to_tell_it(shop: TestClient, token: Token) -> None:
    answer = shop.get("/v1/shop/suggest", params={"q": "la", "as_account": "4712"}, headers=merchandiser(token))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_account")
    assert answer.json()["errors"][0]["pointer"] == "/as_account"
    assert "PUT /v1/shop/accounts/ID" in answer.json()["detail"]


def test_accounts_are_of_one_catalogue_and_a_token_of_another_cannot_look_at_them(
    shop: TestClient, token: Token
) -> None:
    query = {"as_account": "4711"}
    answer = shop.post("/v1/other/search", params=query, json={}, headers=merchandiser(token))
    assert answer.json()["code"] == "unknown_account"
    elsewhere = merchandiser(token, catalogs=["other"])
    assert shop.post("/v1/shop/search", params=query, json={}, headers=elsewhere).json()["code"] == "unknown_catalog"
    assert shop.get("/v1/shop/accounts/4711", headers=elsewhere).json()["code"] == "unknown_catalog"


def test_prices_are_explained_as_an_account(shop: TestClient, token: Token) -> None:
    path = "/v1/shop/products/{}/price-explanation"
    found = shop.get(path.format("lamp-1"), params={"as_account": "4711"}, headers=merchandiser(token)).json()
    assert (found["price"]["net"], found["price"]["price_list"], found["visible"]) == ("7.77", "contract", True)
    hidden = shop.get(path.format("box-1"), params={"as_account": "4711"}, headers=merchandiser(token)).json()
    assert (hidden["visible"], hidden["assortments"]) == (False, [{"id": "lamps", "verdict": "hides"}])


def test_accounts_are_put_listed_and_forgotten(shop: TestClient, token: Token) -> None:
    headers = merchandiser(token)
    for name in ("b 1", "a/2"):
        assert shop.put(f"/v1/other/accounts/{name}", json={}, headers=headers).status_code == 200
    everyone = {"price_lists": [], "assortments": None, "location": None, "fallback": True, "groups": []}
    assert shop.get("/v1/other/accounts/a/2", headers=headers).json() == {"id": "a/2", **everyone}
    first = shop.get("/v1/other/accounts", params={"limit": 1}, headers=headers).json()
    assert ([each["id"] for each in first["accounts"]], first["next"]) == (["a/2"], "a/2")
    rest = shop.get("/v1/other/accounts", params={"after": first["next"]}, headers=headers).json()
    assert ([each["id"] for each in rest["accounts"]], rest["next"]) == (["b 1"], None)
    assert shop.delete("/v1/other/accounts/a/2", headers=headers).json() == {"deleted": 1}
    for method in ("get", "delete"):
        answer = shop.request(method, "/v1/other/accounts/a/2", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_account")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"price_lists": "contract"}, "/price_lists"),
        ({"price_lists": [""]}, "/price_lists/0"),
        ({"price_lists": [" padded"]}, "/price_lists/0"),
        ({"assortments": [1]}, "/assortments/0"),
        ({"fallback": "yes"}, "/fallback"),
        ({"scope": "admin"}, "/scope"),
    ],
)
def test_accounts_that_cannot_be_read_are_refused_at_the_field(
    shop: TestClient, token: Token, body: Json, pointer: str
) -> None:
    answer = shop.put("/v1/shop/accounts/bad", json=body, headers=merchandiser(token))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert shop.get("/v1/shop/accounts/bad", headers=merchandiser(token)).status_code == 404


def test_accounts_are_the_back_offices_alone(shop: TestClient, token: Token) -> None:
    for method, path in (("put", "/4711"), ("get", "/4711"), ("get", ""), ("delete", "/4711")):
        url = f"/v1/shop/accounts{path}"
        body = {"json": {}} if method == "put" else {}
        assert shop.request(method, url, **body).status_code == 401
        assert shop.request(method, url, headers=token(sub="eva", account="4711"), **body).status_code == 403
