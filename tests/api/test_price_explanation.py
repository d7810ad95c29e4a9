"""Why a buyer sees a price: every list with its verdict, the arithmetic, and the engine's own answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from api.app import create_app
from commerce.buyer import Buyer
from commerce.price_resolution import Article, PriceResolver
from commerce.pricing import Assortment, PriceList, PriceRow, PriceRule, Selected
from commerce.product import Catalog, CatalogItem, Offer, Product, Tier, Variant
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from engines.port import SearchIndex
from indexer import rebuild
from language.filters.tree import Compare, Filter
from tests.api.conftest import Token, make_settings

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
LAMP = CatalogItem(
    Product("lamp", "steel lamp", brand="HP"), Offer(Decimal("100.00"), 3, (Tier(10, Decimal("95.00")),))
)
BOX = CatalogItem(
    Product(
        "box",
        "steel box",
        brand="Acme",
        variants=(
            Variant("box-s", offer=Offer(Decimal("20.00"))),
            Variant("box-l", offer=Offer(Decimal("30.00"))),
        ),
    )
)
LISTS = [
    PriceList("gold", "EUR", (PriceRow("lamp", Decimal("80.00")), PriceRow("lamp", Decimal("70.00"), 10))),
    PriceList("deal", "EUR", (), (PriceRule(filter=Compare("brand", "=", "HP"), percent=Decimal("-12.5")),)),
    PriceList("past", "EUR", (PriceRow("lamp", Decimal(1)),), valid_until=NOW - DAY),
    PriceList("soon", "EUR", (PriceRow("lamp", Decimal(2)),), valid_from=NOW + DAY),
    PriceList("dollars", "USD", (PriceRow("lamp", Decimal(3)),)),
    PriceList("secret", "EUR", (PriceRow("lamp", None),)),
    PriceList("boxes", "EUR", (PriceRow("box", Decimal("25.00")), PriceRow("box-l", Decimal("19.00")))),
]
PATH = "/v1/shop/products/{}/price-explanation"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    records = Records(f"sqlite:///{folder / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    records.replace("shop", [LAMP, BOX])
    for prices in LISTS:
        records.put_price_list("shop", prices)
    records.put_assortment("shop", Assortment("no-lamps", None, Selected(frozenset({"lamp"}))))
    rebuild(records, EmbeddedEngine(folder), "shop")
    records.close()
    return folder


@pytest.fixture(scope="module")
def shop(home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(make_settings(home)), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def index(home: Path) -> SearchIndex:
    found = EmbeddedEngine(home).open("shop")
    assert found is not None
    return found


def explain(shop: TestClient, token: Token, product: str, **query: str) -> dict[str, Any]:
    answer = shop.get(PATH.format(product), params=query, headers=token(sub="office", scope="search merchandise"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["verdict"] for each in found["lists"]}


def test_every_list_is_told_with_what_became_of_it(shop: TestClient, token: Token) -> None:
    found = explain(shop, token, "lamp", price_lists="past,soon,dollars,nobody,boxes,gold,deal")
    assert verdicts(found) == {
        "past": "no_longer_in_force",
        "soon": "not_yet_in_force",
        "dollars": "other_currency",
        "nobody": "unknown",
        "boxes": "silent",
        "gold": "priced",
        "deal": "outranked",
    }
    assert found["price"] == {"net": "80.00", "list": "100.00", "currency": "EUR", "price_list": "gold"}
    assert found["sentence"]["en"] == "80.00 EUR by list gold, the price."
    assert "gold" in found["sentence"]["de"]


def test_rules_and_tiers_show_their_arithmetic(shop: TestClient, token: Token) -> None:
    found = explain(shop, token, "lamp", price_lists="deal")
    rule = found["lists"][0]["rule"]
    assert (rule["base"], rule["base_net"], rule["filter"]) == ("LIST", "100.00", 'brand = "HP"')
    assert rule["arithmetic"] == "100.00 - 100.00 x 12.5 / 100 = 87.50 EUR"
    assert explain(shop, token, "lamp", price_lists="gold", quantity="25")["price"]["net"] == "70.00"
    own = explain(shop, token, "lamp", quantity="10")
    assert (own["price"]["net"], own["own"]) == ("95.00", {"net": "95.00", "min_quantity": 10, "applies": True})


def test_a_price_on_request_or_without_fallback_is_none(shop: TestClient, token: Token) -> None:
    secret = explain(shop, token, "lamp", price_lists="secret,gold")
    assert (secret["price"], verdicts(secret)) == (None, {"secret": "on_request", "gold": "outranked"})
    assert explain(shop, token, "lamp", fallback="false")["price"] is None


def test_variants_are_explained_by_the_cheapest_or_by_name(shop: TestClient, token: Token) -> None:
    assert explain(shop, token, "box", price_lists="boxes")["article_id"] == "box-l"
    small = explain(shop, token, "box", price_lists="boxes", variant="box-s")
    assert (small["price"]["net"], small["lists"][0]["row"]["product_id"]) == ("25.00", "box")
    unknown = shop.get(PATH.format("box"), params={"variant": "x"}, headers=token(sub="a", scope="merchandise"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_product")


def test_the_moment_and_the_assortments_can_be_others(shop: TestClient, token: Token) -> None:
    later = (NOW + 2 * DAY).isoformat()
    assert explain(shop, token, "lamp", price_lists="soon", at=later)["price"]["net"] == "2.00"
    hidden = explain(shop, token, "lamp", assortments="no-lamps,nobody")
    assert hidden["visible"] is False
    assert hidden["assortments"] == [{"id": "no-lamps", "verdict": "hides"}, {"id": "nobody", "verdict": "unknown"}]


def test_looking_at_another_moment_is_for_the_back_office(shop: TestClient, token: Token) -> None:
    later = {"at": (NOW + 2 * DAY).isoformat()}
    office = token(sub="office", scope="search merchandise", price_lists=["soon"])
    buyer = token(sub="eva", price_lists=["soon"])
    assert shop.get("/v1/shop/products/lamp", headers=buyer).json()["price"]["net"] == "100.00"
    assert shop.get("/v1/shop/products/lamp", params=later, headers=buyer).status_code == 403
    assert shop.get("/v1/shop/products/lamp", params=later, headers=office).json()["price"]["net"] == "2.00"
    answer = shop.post("/v1/shop/search", params=later, json={"filter": "price = 2"}, headers=office).json()
    assert [hit["id"] for hit in answer["hits"]] == ["lamp"]
    batch = shop.post("/v1/shop/search:batch", params=later, json={"requests": [{}, {"sort": "?"}]}, headers=office)
    assert batch.json()["errors"][0]["pointer"] == "/requests/1/sort"
    assert shop.get(PATH.format("lamp"), headers=buyer).status_code == 403
    assert shop.get(PATH.format("lamp")).status_code == 401


def of_brand(article: Article, node: Filter) -> bool:
    assert isinstance(node, Compare)
    return {"lamp": "HP", "box": "Acme"}[article.product_id] == node.value


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([each.id for each in LISTS] + ["nobody"]), max_size=5, unique=True),
    st.booleans(),
    st.sampled_from([timedelta(0), 2 * DAY, -2 * DAY]),
)
def test_the_explanation_agrees_with_the_engine(
    index: SearchIndex, named: list[str], fallback: bool, shift: timedelta
) -> None:
    resolver = PriceResolver({each.id: each for each in LISTS}, "EUR", of_brand)
    moment = NOW + shift
    seen = index.get(["lamp", "box"], Buyer(price_lists=tuple(named), fallback=fallback), moment)
    for item in (LAMP, BOX):
        answered = seen[item.product.id]
        units = {each.id: (each.net, each.price_list) for each in answered.units}
        for identity, offer in item.offers():
            found = resolver.resolve(Article(identity, item.product.id, offer), named, moment, fallback=fallback)
            net, listed = units.get(identity, (answered.net, answered.price_list))
            assert (net, listed) == (found.net, found.price_list)
