"""Orders over HTTP."""

import pytest
from fastapi.testclient import TestClient

from api.shop import Shop
from tests.api.conftest import Token

ORDERS = "/v1/icecat/orders"
ORDER = {"order_id": "1", "account": "acme", "user": "u", "placed_at": "2026-05-04T08:30:00+02:00",
         "lines": [{"product_id": "a", "quantity": 2, "net": "1.50", "currency": "EUR"}]}  # fmt: skip


def test_orders_are_kept_and_the_same_ones_change_nothing(client: TestClient, token: Token) -> None:
    merchant = token(scope="merchandise")
    answer = client.post(ORDERS, json=[ORDER, {**ORDER, "order_id": "2"}], headers=merchant)
    assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "changed": 2, "unchanged": 0})
    assert client.post(ORDERS, json=[ORDER], headers=merchant).json()["unchanged"] == 1
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    assert [order.id for order in shop.records.orders("icecat")] == ["1", "2"]


def test_one_bad_order_refuses_all(client: TestClient, token: Token) -> None:
    answer = client.post(ORDERS, json=[ORDER, {**ORDER, "lines": [{}]}], headers=token(scope="admin"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/1/lines/0/product_id"
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    assert not list(shop.records.orders("icecat"))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"[", 400, "malformed"), (b"{}", 422, "invalid_request"), (b"[" + b"1," * 10_000 + b"1]", 413, "too_large")],
)
def test_what_is_no_list_of_orders_is_refused(
    client: TestClient, token: Token, body: bytes, status: int, code: str
) -> None:
    answer = client.post(ORDERS, content=body, headers=token(scope="merchandise"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_the_back_office_may_write_orders(client: TestClient, token: Token) -> None:
    assert client.post(ORDERS, json=[ORDER]).status_code == 401
    assert client.post(ORDERS, json=[ORDER], headers=token(scope="search")).status_code == 403
