"""Writes over HTTP, seen by searches."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Event

import orjson
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from tests.api.conftest import Token, Wait
from tests.databases import PASSWORD, Cluster
from tests.sample import icecat_items

PRODUCTS = "/v1/icecat/products"
LAMP = {"id": "lamp-1", "title": "Zirkonium desk lamp", "brand": "Acme", "price": {"net": "12.50"}, "stock": 3,
        "attributes": {"cable_length": 1.5, "brand_new_attribute": "yes"}}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(postgres: Cluster) -> str:
    """The name of a PostgreSQL database with the same records, and the same log, as the home's SQLite file."""
    url = postgres.prepared()
    records = Records(url)
    records.put_catalog(Catalog("icecat", "EUR"))
    records.replace("icecat", icecat_items())
    records.close()
    return str(sa.make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def records_url(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{home / 'vitrine.db'}"
        return
    template = request.getfixturevalue("loaded")
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.database(template)
    yield url
    cluster.drop(url)


@pytest.fixture
def admin(token: Token) -> dict[str, str]:
    return token(sub="admin", scope="admin")


def found(client: TestClient, **body: object) -> list[str]:
    response = client.post("/v1/icecat/search", json={"page_size": 100, **body})
    assert response.status_code == 200, response.text
    return [hit["id"] for hit in response.json()["hits"]]


def test_a_product_put_is_found_changed_and_deleted(client: TestClient, applied: Wait, admin: dict[str, str]) -> None:
    assert client.put(PRODUCTS, json=[LAMP], headers=admin).json() == {"accepted": 1, "changed": 1, "unchanged": 0}
    applied()
    assert found(client, query="zirkonium") == ["lamp-1"]
    assert found(client, filter='attributes.brand_new_attribute = "yes"') == ["lamp-1"]
    assert client.put(PRODUCTS, json=[LAMP], headers=admin).json()["unchanged"] == 1
    offers = [{"product_id": "lamp-1", "net": "9.99", "stock": 0}]
    assert client.patch("/v1/icecat/offers", json=offers, headers=admin).json()["changed"] == 1
    applied()
    hit = client.post("/v1/icecat/search", json={"query": "zirkonium"}).json()["hits"][0]
    assert (hit["price"]["net"], hit["availability"]["in_stock"]) == ("9.99", False)
    assert found(client, query="zirkonium", filter="in_stock = true") == []
    assert client.delete(f"{PRODUCTS}/lamp-1", headers=admin).json() == {"deleted": 1}
    applied()
    assert found(client, query="zirkonium") == []
    assert client.delete(f"{PRODUCTS}/lamp-1", headers=admin).status_code == 404


def test_an_updated_product_keeps_its_derived_type(client: TestClient, applied: Wait, admin: dict[str, str]) -> None:
    before = client.get(f"{PRODUCTS}/3920564").json()["product"]["category"]
    client.patch("/v1/icecat/offers", json=[{"product_id": "3920564", "net": "1"}], headers=admin)
    applied()
    page = client.get(f"{PRODUCTS}/3920564").json()
    assert (page["product"]["category"], page["price"]["net"]) == (before, "1.00")


def test_json_lines_are_taken_too(client: TestClient, applied: Wait, admin: dict[str, str]) -> None:
    lines = b"\n".join(orjson.dumps({**LAMP, "id": f"lamp-{at}"}) for at in range(3))
    headers = admin | {"content-type": "application/x-ndjson"}
    assert client.put(PRODUCTS, content=lines, headers=headers).json()["accepted"] == 3
    applied()
    assert len(found(client, query="zirkonium")) == 3


def test_one_bad_product_refuses_all_and_is_named(client: TestClient, admin: dict[str, str]) -> None:
    response = client.put(PRODUCTS, json=[LAMP, {"id": "x", "title": "", "price": "-1"}], headers=admin)
    assert response.status_code == 422
    assert [each["pointer"] for each in response.json()["errors"]] == ["/1/title", "/1/price"]
    assert client.get("/v1/icecat/status", headers=admin).json()["records"] == 1941
    broken = client.put(PRODUCTS, content=b"[{", headers=admin)
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")


def test_an_unknown_product_refuses_the_offers(client: TestClient, admin: dict[str, str]) -> None:
    offers = [{"product_id": "3920564", "net": "1"}, {"product_id": "nope", "stock": 1}]
    response = client.patch("/v1/icecat/offers", json=offers, headers=admin)
    assert (response.status_code, response.json()["code"]) == (422, "unknown_product")
    assert response.json()["errors"][0]["pointer"] == "/1/product_id"
    for bad in (
        {"net": "-1"},
        {"net": "x"},
        {"stock": -1},
        {"stock": 1.5},
        {"stock": 1, "location": ""},
        {"location": "Ulm", "lead_time_days": 1.5},
        {"location": "Ulm", "next_delivery": {"date": 20_000}},
        {"location": "Ulm", "next_delivery": {"date": "9999-12-31"}},
        {"net": 1e9},
    ):
        body = [{"product_id": "3920564", **bad}]
        assert client.patch("/v1/icecat/offers", json=body, headers=admin).status_code == 422, bad


def test_status_says_how_far_the_index_is(client: TestClient, applied: Wait, admin: dict[str, str]) -> None:
    client.put(PRODUCTS, json=[LAMP], headers=admin)
    applied()
    status = client.get("/v1/icecat/status", headers=admin).json()
    assert (status["pending"], status["products"], status["records"]) == (0, 1942, 1942)


def test_a_first_load_beside_a_service_is_loading_while_the_others_stay_ready(
    client: TestClient, records_url: str, admin: dict[str, str]
) -> None:
    records = Records(records_url)
    records.put_catalog(Catalog("fresh", "EUR"))
    records.replace("fresh", [CatalogItem(Product(f"p{at}", "lamp"), Offer(Decimal(1))) for at in range(3)])
    records.close()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["catalogs"], ready.json()["loading"]) == (200, ["icecat"], ["fresh"])
    answer = client.post("/v1/fresh/search", json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")
    # Changes of another catalogue, which share the numbers of the log, are nothing that this one waits for.
    assert client.get("/v1/icecat/status", headers=admin).json()["pending"] == 0


def test_no_query_fails_while_the_catalogue_is_rebuilt(client: TestClient, home: Path, records_url: str) -> None:
    done = Event()
    counts: list[int] = []

    def ask() -> None:
        while not done.is_set():
            answer = client.post("/v1/icecat/search", json={"query": "cable"})
            assert answer.status_code == 200
            counts.append(answer.json()["total"])

    records = Records(records_url)
    with ThreadPoolExecutor(2) as pool:
        askers = [pool.submit(ask) for _ in range(2)]
        try:
            versions = [rebuild(records, EmbeddedEngine(home), "icecat").version for _ in range(2)]
        finally:
            done.set()
        for asker in askers:
            asker.result()
    records.close()
    assert versions == [2, 3]
    assert len(counts) > 2
    assert len(set(counts)) == 1


@pytest.mark.parametrize("records_url", ["postgresql"], indirect=True)
def test_searches_go_on_while_the_database_is_away_and_writes_once_it_is_back(
    client: TestClient, postgres: Cluster, applied: Wait, admin: dict[str, str]
) -> None:
    before = found(client, query="cable")
    postgres.stop()
    try:
        refused = client.put(PRODUCTS, json=[LAMP], headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (503, "records_unavailable")
        assert PASSWORD not in refused.text
        assert str(postgres.folder) not in refused.text
        assert found(client, query="cable") == before
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "records_unavailable")
    finally:
        postgres.start()
    assert client.put(PRODUCTS, json=[LAMP], headers=admin).status_code == 200
    applied()
    assert found(client, query="zirkonium") == ["lamp-1"]


def test_a_price_in_another_currency_is_refused(client: TestClient, admin: dict[str, str]) -> None:
    lamp = {**LAMP, "price": {"net": "12.50", "currency": "USD"}}
    answer = client.put(PRODUCTS, json=[lamp], headers=admin)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/0/price/currency"
    assert client.put(PRODUCTS, json=[{**lamp, "price": {"net": "1", "currency": "EUR"}}], headers=admin).is_success


def test_variants_have_their_product_s_price_unless_they_say_their_own(
    client: TestClient, applied: Wait, admin: dict[str, str]
) -> None:
    gloves = {"id": "glove", "title": "Zirkonium gloves", "price": "50.00", "stock": 7,
              "variants": [{"id": "glove-s"}, {"id": "glove-l", "price": "60.00", "stock": 1}]}  # fmt: skip
    assert client.put(PRODUCTS, json=[gloves], headers=admin).is_success
    applied()
    page = client.get("/v1/icecat/products/glove").json()
    assert [variant["price"]["net"] for variant in page["variants"]] == ["50.00", "60.00"]
    refused = client.patch("/v1/icecat/offers", json=[{"product_id": "glove", "net": "3"}], headers=admin)
    assert refused.status_code == 422
    assert client.patch("/v1/icecat/offers", json=[{"product_id": "glove-s", "net": "3"}], headers=admin).is_success
    applied()
    assert client.get("/v1/icecat/products/glove").json()["price"]["net"] == "3.00"
