"""Recommendations over HTTP, through the buyer's view."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from api.shop import Shop
from commerce.event import Event
from commerce.order import Order, OrderLine
from commerce.pricing import Assortment, Selected
from recommender.serving import Strategy
from recommender.training import train_recommender
from registry import Registry
from tests.api.conftest import Token

PATH = "/v1/icecat/recommendations"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shop(client: TestClient) -> Shop:
    found: Shop = client.app.state.shop  # type: ignore[attr-defined]
    return found


@pytest.fixture
def ids(shop: Shop) -> list[str]:
    return [item.product.id for item in shop.records.items("icecat") if item.offer.stock != 0][:12]


def order(identity: str, account: str, *products: str, day: int = 0) -> Order:
    lines = tuple(OrderLine(each, Decimal(1), Decimal(5), "EUR") for each in products)
    return Order(identity, BEGIN + timedelta(days=day), lines, account, account)


@pytest.fixture
def trained(shop: Shop, ids: list[str], home: Path) -> None:
    """A model of thirty orders that hold the first two products together, and one of the others."""
    orders = [order(str(at), f"a{at}", ids[0], ids[1], ids[2 + at % 5], day=at) for at in range(30)]
    shop.records.put_orders("icecat", orders)
    train_recommender(shop.records, Registry(home / "models"), "icecat", code_version="test")


def test_a_product_page_gets_what_is_bought_with_it_and_why(client: TestClient, trained: None, ids: list[str]) -> None:
    body = {"strategy": "bought_together", "context": {"product_ids": [ids[0], "nothing"]}, "count": 3, "locale": "de"}
    answer = client.post(PATH, json=body)
    assert answer.status_code == 200
    unit = answer.json()
    first = unit["items"][0]
    assert (first["id"], first["position"], first["source"]) == (ids[1], 1, "primary")
    assert first["reason"]["evidence"] == {"orders_with_both": 30, "orders": 30, "share": 1.0, "product_id": ids[0]}
    assert first["reason"]["text"].startswith("In 100 % von 30 Bestellungen")
    assert first["price"]["currency"] == "EUR"
    assert (unit["unknown"], unit["model_version"], len(unit["items"])) == (["nothing"], "1", 3)


@pytest.mark.parametrize("strategy", [each for each in get_args(Strategy) if each != "new_arrivals"])
def test_no_unit_is_empty_without_a_model_and_all_of_it_is_a_fallback(client: TestClient, strategy: str) -> None:
    unit = client.post(PATH, json={"strategy": strategy, "count": 5}).json()
    assert len(unit["items"]) == 5
    assert {each["source"] for each in unit["items"]} == {"fallback"}
    assert unit["model_version"] is None


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("condition", [None, 'brand = "HP"'])
def test_new_arrivals_are_what_was_released_last(client: TestClient, condition: str | None) -> None:
    found = client.post(PATH, json={"strategy": "new_arrivals", "count": 8, "filter": condition}).json()["items"]
    newest = {"sort": "newest", "page_size": 100, "filter": condition}
    hits = client.post("/v1/icecat/search", json=newest).json()["hits"]
    in_stock = [each["id"] for each in hits if each["availability"]["in_stock"]]
    assert [each["id"] for each in found] == in_stock[:8]
    assert {(each["source"], each["reason"]["code"]) for each in found} == {("primary", "new")}


def test_new_arrivals_need_no_model(client: TestClient) -> None:
    found = client.post(PATH, json={"strategy": "new_arrivals", "count": 8}).json()["items"]
    assert {each["source"] for each in found} == {"primary"}


def test_no_product_stands_in_two_units_of_a_page(client: TestClient, trained: None, ids: list[str]) -> None:
    context = {"product_ids": [ids[0]], "cart": [ids[1]], "viewed": [ids[3]]}
    requests = [{"strategy": strategy, "context": context, "count": 8} for strategy in get_args(Strategy)]
    answer = client.post(f"{PATH}:batch", json={"requests": requests})
    shown = [each["id"] for unit in answer.json()["responses"] for each in unit["items"]]
    assert len(shown) == len(set(shown)) > 50
    assert not {ids[0], ids[1]} & set(shown)


def test_filter_exclusions_and_assortment_hold_in_every_unit(
    client: TestClient, trained: None, ids: list[str], shop: Shop, token: Token
) -> None:
    brand = next(item.product.brand for item in shop.records.items("icecat", ids=[ids[1]]))
    body = {"strategy": "most_popular", "filter": f'brand = "{brand}"', "exclude": [ids[0]], "count": 100}
    found = client.post(PATH, json=body).json()["items"]
    assert found
    assert all(each["product"]["brand"] == brand and each["id"] != ids[0] for each in found)
    shop.records.put_assortment("icecat", Assortment("few", Selected(frozenset(ids[2:4]))))
    nobody = token(assortments=["none"])
    assert client.post(PATH, json={"strategy": "most_popular"}, headers=nobody).json()["items"] == []


def test_an_order_changes_the_buyers_recommendations_without_training(
    client: TestClient, trained: None, ids: list[str], shop: Shop, token: Token
) -> None:
    buyer = token(sub="u", account="fresh")
    body = {"strategy": "buy_again", "count": 3}
    assert {each["source"] for each in client.post(PATH, json=body, headers=buyer).json()["items"]} == {"fallback"}
    shop.records.put_orders("icecat", [order("new", "fresh", ids[4], day=40)])
    first = client.post(PATH, json=body, headers=buyer).json()["items"][0]
    assert (first["id"], first["source"], first["reason"]["code"]) == (ids[4], "primary", "bought_before")


def test_what_a_user_without_account_bought_is_read_only_with_consent(
    client: TestClient, trained: None, ids: list[str], shop: Shop, token: Token
) -> None:
    shop.records.put_orders("icecat", [replace(order("own", "eva", ids[4], day=40), account=None)])
    body = {"strategy": "buy_again", "count": 3}
    silent = client.post(PATH, json=body, headers=token(sub="eva")).json()["items"]
    assert {each["source"] for each in silent} == {"fallback"}
    agreed = client.post(PATH, json=body, headers=token(sub="eva", consent={"personalization": True})).json()["items"]
    assert (agreed[0]["id"], agreed[0]["reason"]["code"]) == (ids[4], "bought_before")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"strategy": "guess"}, 422, "invalid_request"),
        ({"strategy": "for_you", "count": 0}, 422, "invalid_request"),
        ({"strategy": "for_you", "filter": "brand ="}, 422, "invalid_filter"),
        ({"strategy": "for_you", "filter": "colour = 1"}, 422, "unknown_field"),
        ({"strategy": "for_you", "exclude": ["x"] * 2_001}, 413, "too_large"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    reader: TestClient, body: dict[str, object], status: int, code: str
) -> None:
    answer = reader.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_caps_hold_over_what_fills_up_too_and_weights_change_the_order(client: TestClient, trained: None) -> None:
    plain = client.post(PATH, json={"strategy": "most_popular", "count": 12}).json()["items"]
    capped = client.post(PATH, json={"strategy": "most_popular", "count": 12, "caps": {"brand": 1}}).json()["items"]
    brands = [each["product"]["brand"] for each in capped if each["product"]["brand"]]
    assert len(brands) == len(set(brands)) > 1
    assert [each["position"] for each in capped] == list(range(1, len(capped) + 1))
    weights = {"relevance": 0, "revenue": 1}
    dear = client.post(PATH, json={"strategy": "most_popular", "count": 3, "weights": weights}).json()["items"]
    primary = [float(each["price"]["net"]) for each in plain if each["source"] == "primary" and each["price"]]
    assert float(dear[0]["price"]["net"]) == max(primary)


def test_what_was_just_bought_is_left_out(
    client: TestClient, trained: None, ids: list[str], shop: Shop, token: Token
) -> None:
    lines = order("now", "buyer", ids[4], ids[5]).lines
    shop.records.put_orders("icecat", [Order("old", BEGIN, lines[:1], "buyer", "buyer")])
    shop.records.put_orders(
        "icecat", [Order("new", datetime.now(UTC) - timedelta(hours=1), lines[1:], "buyer", "buyer")]
    )
    found = client.post(PATH, json={"strategy": "buy_again", "count": 5}, headers=token(account="buyer")).json()[
        "items"
    ]
    assert found[0]["id"] == ids[4]
    assert ids[5] not in {each["id"] for each in found}


def test_a_back_office_sees_an_accounts_units_as_they_were(
    client: TestClient, trained: None, ids: list[str], shop: Shop, token: Token
) -> None:
    office = token(scope="merchandise search")
    assert client.put("/v1/icecat/accounts/buyer", json={}, headers=office).status_code < 300
    shop.records.put_orders("icecat", [order("b", "buyer", ids[4], day=40)])
    body = {"strategy": "buy_again", "count": 1}
    seen = client.post(f"{PATH}?as_account=buyer", json=body, headers=office).json()["items"][0]
    assert (seen["id"], seen["source"]) == (ids[4], "primary")
    moment = (BEGIN + timedelta(days=39)).isoformat().replace("+", "%2B")
    before = client.post(f"{PATH}?as_account=buyer&at={moment}", json=body, headers=office).json()["items"][0]
    assert before["source"] == "fallback"
    assert client.post(f"{PATH}?as_account=buyer", json=body, headers=token()).status_code == 403


def test_views_teach_what_is_viewed_together_and_what_comes_next(
    client: TestClient, ids: list[str], shop: Shop, home: Path, token: Token
) -> None:
    visits = [
        Event(
            f"{visit} {step}", "view", BEGIN + timedelta(days=visit, minutes=step), session=f"s{visit}", object_id=each
        )
        for visit in range(25)
        for step, each in enumerate((ids[0], ids[1 + visit % 2]))
    ]
    shop.records.append_events("icecat", visits)
    train_recommender(shop.records, Registry(home / "models"), "icecat", code_version="test")
    body = {"context": {"product_ids": [ids[0]]}, "count": 2}
    for strategy, code in (("viewed_together", "viewed_together"), ("session_next", "session")):
        items = client.post(PATH, json={"strategy": strategy, **body}).json()["items"]
        assert {each["id"] for each in items} == {ids[1], ids[2]}
        assert {(each["source"], each["reason"]["code"]) for each in items} == {("primary", code)}
    assert client.get(f"{PATH}/strategies", headers=token(sub="eva")).status_code == 403
    told = client.get(f"{PATH}/strategies", headers=token(sub="office", scope="merchandise")).json()
    ready = {each["strategy"]: each for each in told["strategies"]}
    assert ready["viewed_together"]["needs"] == [{"what": "visits", "least": 20, "enough": 5_000, "had": 25}]
    assert (ready["viewed_together"]["fallback"], ready["for_you"]["fallback"]) == (False, True)


def test_a_view_is_in_the_next_answer_without_training(
    client: TestClient, trained: None, ids: list[str], shop: Shop, token: Token
) -> None:
    buyer = token(sub="eva", consent={"analytics": True, "personalization": True})
    view = {
        "action_name": "view",
        "timestamp": datetime.now(UTC).isoformat(),
        "event_attributes": {"object": {"object_id": ids[3]}},
    }
    assert client.post("/v1/icecat/events", json=view, headers=buyer).json()["accepted"] == 1
    shop.profiles.follow()
    seen = client.post(PATH, json={"strategy": "recently_viewed", "count": 1}, headers=buyer).json()["items"][0]
    assert (seen["id"], seen["source"]) == (ids[3], "primary")


def test_margin_orders_a_unit_by_what_is_left_of_the_price(
    client: TestClient, shop: Shop, ids: list[str], home: Path
) -> None:
    items = list(shop.records.items("icecat", ids=ids[:7]))
    left = {item.product.id: Decimal(at) for at, item in enumerate(items, start=1)}
    costly = [replace(item, offer=replace(item.offer, cost=item.offer.net - left[item.product.id])) for item in items
              if item.offer.net is not None and not item.product.variants]  # fmt: skip
    shop.records.upsert("icecat", costly)
    shop.records.put_orders("icecat", [order(str(at), f"a{at}", *ids[:7], day=at) for at in range(30)])
    train_recommender(shop.records, Registry(home / "models"), "icecat", code_version="test")
    body = {"strategy": "most_popular", "count": 5, "weights": {"relevance": 0, "margin": 1}}
    found = [each["id"] for each in client.post(PATH, json=body).json()["items"]]
    assert found == sorted((each.product.id for each in costly), key=lambda each: -left[each])[:5]


def test_the_service_tells_which_models_are_loaded_and_which_cannot_be(
    client: TestClient, trained: None, home: Path
) -> None:
    models = home / "models" / "icecat" / "recommender"
    assert client.get("/health/ready").json()["models"] == {"icecat": {"recommender": 1}}
    [arrays] = models.glob("*/knowledge.safetensors")
    arrays.write_bytes(b"nothing")
    shutil.copytree(models, models.parent / "comparison")
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["models"] == {"icecat": {"recommender": 1, "comparison": None}}


@pytest.mark.parametrize("strategy", ["most_popular", "new_arrivals", "for_you"])
def test_what_a_buyer_likes_comes_first_and_the_reason_says_so(
    client: TestClient, shop: Shop, token: Token, strategy: str
) -> None:
    body = {"strategy": strategy, "count": 8, "client_id": None}
    usual = client.post(PATH, json={**body, "count": 20}).json()["items"]
    first_brands = {each["product"]["brand"] for each in usual[:3]}
    liked = next(each["product"]["brand"] for each in usual if each["product"]["brand"] not in first_brands)
    now = datetime.now(UTC)
    ids = [item.product.id for item in shop.records.items("icecat") if item.product.brand == liked][:20]
    deeds = [Event(f"e{at}", "purchase", now, user="ann", object_id=each, personal=True) for at, each in enumerate(ids)]
    shop.records.append_events("icecat", deeds)
    ann = token(sub="ann", consent={"personalization": True})
    found = client.post(PATH, json=body, headers=ann).json()
    assert found["personalized"] is True
    first = found["items"][0]
    assert first["product"]["brand"] == liked
    assert f"brand {liked}" in first["reason"]["evidence"]["personal"]
    for headers, more in ((token(sub="ann"), {}), (ann, {"personalize": False}), (token(sub="bob"), {})):
        plain = client.post(PATH, json={**body, **more}, headers=headers).json()
        assert plain["personalized"] is False
        assert [each["id"] for each in plain["items"]] == [each["id"] for each in usual[:8]]
    about = {"strategy": "similar", "count": 3, "context": {"product_ids": [usual[0]["id"]]}}
    assert client.post(PATH, json=about, headers=ann).json()["personalized"] is False
