"""Profiles over HTTP: what a buyer did shapes their next answers, and can be looked at and erased."""

from datetime import UTC, datetime
from decimal import Decimal
from threading import Event as Signal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.shop import Shop
from commerce.event import Event
from commerce.order import Order, OrderLine
from tests.api.conftest import Token

SEARCH, EVENTS, ME = "/v1/icecat/search", "/v1/icecat/events", "/v1/icecat/profiles/me"
AGREED = {"analytics": True, "personalization": True}
NOTEBOOKS = {"query": "notebook", "page_size": 50, "mode": "lexical", "fields": ["brand"]}
Json = dict[str, Any]


def shop_of(client: TestClient) -> Shop:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    return shop


def did(client: TestClient, headers: dict[str, str], *products: str, action: str = "view", **more: object) -> None:
    """Send events and let the profiles hear of them, as their thread does four times a second."""
    events = [{"action_name": action, "event_attributes": {"object": {"object_id": each}}, **more} for each in products]
    answer = client.post(EVENTS, json=events, headers=headers)
    assert answer.json()["accepted"] == len(products), answer.text
    shop_of(client).profiles.follow()


def asked(client: TestClient, headers: dict[str, str], **more: object) -> Json:
    found: Json = client.post(SEARCH, json={**NOTEBOOKS, **more}, headers=headers).json()
    return found


def last_brand(client: TestClient) -> tuple[str, list[str]]:
    """Return the brand whose first hit comes last among those with three hits, and its products."""
    hits = asked(client, {})["hits"]
    brands = [hit["product"]["brand"] for hit in hits]
    brand = max((each for each in set(brands) if brands.count(each) >= 3), key=brands.index)
    return brand, [hit["id"] for hit in hits if hit["product"]["brand"] == brand]


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
def test_what_a_buyer_looks_at_comes_first_and_says_so(client: TestClient, token: Token, mode: str) -> None:
    ann = token(sub="ann", consent=AGREED)
    brand, products = last_brand(client)
    before = asked(client, ann, mode=mode)
    assert not before["personalized"]
    did(client, ann, *products * 3)
    after = asked(client, ann, mode=mode, explain=True)
    assert after["personalized"]
    assert after["total"] == before["total"]

    def places(answer: Json) -> list[int]:
        return [hit["position"] for hit in answer["hits"] if hit["product"]["brand"] == brand]

    assert sum(places(after)) < sum(places(before))
    stages = {stage["name"]: stage for hit in after["hits"] if hit["product"]["brand"] == brand
              for stage in hit["explanation"]["stages"]}  # fmt: skip
    assert stages["personal"]["contribution"] > 0
    assert brand in " ".join(stage["detail"] for stage in stages.values())
    plain = asked(client, ann, mode=mode, personalize=False)
    assert not plain["personalized"]
    assert [hit["id"] for hit in plain["hits"]] == [hit["id"] for hit in before["hits"]]
    by_price = asked(client, ann, mode=mode, sort="price:asc")
    assert not by_price["personalized"]


def test_browsing_is_personal_and_pages_hold_every_product_once(client: TestClient, token: Token) -> None:
    ann = token(sub="ann", consent=AGREED)
    _, products = last_brand(client)
    did(client, ann, *products * 3)
    plain = asked(client, ann, query="", page_size=100, personalize=False)
    mine = asked(client, ann, query="", page_size=100)
    assert [hit["id"] for hit in mine["hits"]] != [hit["id"] for hit in plain["hits"]]
    seen: list[str] = []
    cursor = None
    for _ in range(100):
        page = asked(client, ann, query="", page_size=60, cursor=cursor)
        seen += [hit["id"] for hit in page["hits"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == mine["total"]
    pages = [asked(client, ann, query="", page_size=60, page=at)["hits"] for at in (1, 2, 3)]
    assert [hit["id"] for page in pages for hit in page] == seen[:180]


def test_without_consent_nothing_is_read_and_everything_else_works(client: TestClient, token: Token) -> None:
    _, products = last_brand(client)
    did(client, token(sub="ann", consent=AGREED), *products * 3)
    withdrawn = token(sub="ann", consent={"analytics": True})
    assert not asked(client, withdrawn)["personalized"]
    assert client.get(ME, headers=withdrawn).json()["interactions"] == 0
    # Nor does what was done without it shape anything when it is given later.
    did(client, token(sub="bob", consent={"analytics": True}), *products)
    assert client.get(ME, headers=token(sub="bob", consent=AGREED)).json()["interactions"] == 0


def test_a_visitors_interest_joins_who_signs_on_and_nobody_else(client: TestClient, token: Token) -> None:
    _, products = last_brand(client)
    visitor = token(consent=AGREED)
    ann, bob = token(sub="ann", consent=AGREED), token(sub="bob", consent=AGREED)
    device = {"client_id": "c", "session_id": "s"}
    did(client, visitor, *products, **device)
    assert asked(client, visitor, client_id="c")["personalized"]
    assert not asked(client, visitor, client_id="other")["personalized"]
    did(client, ann, products[0], action="login", **device)
    # Signed off: the device knows nothing of Ann, and Bob gets nothing of hers.
    assert client.get(ME, headers=ann).json()["interactions"] == len(products)
    assert not asked(client, visitor, client_id="c")["personalized"]
    did(client, bob, products[0], **device)
    assert client.get(ME, headers=bob).json()["interactions"] == 1
    assert client.get(ME, headers=ann).json()["interactions"] == len(products)


def test_an_account_shares_its_taste(client: TestClient, token: Token) -> None:
    _, products = last_brand(client)
    did(client, token(sub="ann", account="acme", consent=AGREED), *products)
    eve = client.get(ME, headers=token(sub="eve", account="acme", consent=AGREED)).json()
    ann = client.get(ME, headers=token(sub="ann", account="acme", consent=AGREED)).json()
    assert 0 < eve["affinities"][0]["affinity"] < ann["affinities"][0]["affinity"]
    assert (eve["recent"], ann["recent"]) == ([], list(dict.fromkeys(ann["recent"])))
    assert set(ann["recent"]) == set(products)


def test_orders_shape_a_profile(client: TestClient, token: Token) -> None:
    brand, products = last_brand(client)
    lines = tuple(OrderLine(each, Decimal(2), Decimal(10), "EUR") for each in products)
    shop_of(client).records.put_orders("icecat", [Order("1", datetime.now(UTC), lines, "acme", "ann")])
    mine = client.get(ME, headers=token(sub="ann", account="acme", consent=AGREED)).json()
    tastes = {(each["field"], each["value"]): each["affinity"] for each in mine["affinities"]}
    assert tastes["brand", brand] > 0.5
    assert mine["price_levels"]


def test_suggestions_and_facets_put_first_what_is_liked(client: TestClient, token: Token) -> None:
    brand, products = last_brand(client)
    ann = token(sub="ann", consent=AGREED)
    did(client, ann, *products * 3)
    plain, mine = asked(client, ann, personalize=False)["facets"], asked(client, ann)["facets"]
    assert sorted(facet["field"] for facet in plain) == sorted(facet["field"] for facet in mine)
    assert mine[0]["field"] in {"brand", "category"} or mine[0]["field"].startswith("attributes.")
    letter = brand[0].lower()
    brands = client.get(f"/v1/icecat/suggest?q={letter}&limit=20", headers=ann).json()["brands"]
    assert brands[0]["value"] == brand


def test_a_profile_is_erased_with_proof(client: TestClient, token: Token) -> None:
    _, products = last_brand(client)
    ann = token(sub="ann", consent=AGREED)
    did(client, ann, *products * 3, client_id="c")
    shop_of(client).records.put_orders(
        "icecat", [Order("1", datetime.now(UTC), (OrderLine(products[0], Decimal(1)),), None, "ann")]
    )
    assert asked(client, ann)["personalized"]
    answer = client.delete(ME, headers=token(sub="ann"))
    assert answer.status_code == 200
    proof = answer.json()
    assert proof["complete"]
    assert proof["removed"]["events"] == 3 * len(products)
    assert proof["removed"]["orders_unnamed"] == 1
    assert not asked(client, ann)["personalized"]
    assert client.get(ME, headers=ann).json()["interactions"] == 0
    assert [order.user for order in shop_of(client).records.orders("icecat")] == [None]


def test_a_profile_is_of_somebody_signed_on(client: TestClient, token: Token) -> None:
    for ask in (client.get, client.delete):
        assert ask(ME).status_code == 401
        assert ask(ME, headers=token(scope="search")).status_code == 403
    assert client.get("/v1/nowhere/profiles/me", headers=token(sub="a")).status_code == 404


def test_another_process_hears_of_events_by_itself(client: TestClient, token: Token) -> None:
    # What the records hold is what every process follows: here an event that this one did not take.
    _, products = last_brand(client)
    ann = token(sub="ann", consent=AGREED)
    assert not asked(client, ann)["personalized"]
    happened = Event("x", "view", datetime.now(UTC), user="ann", object_id=products[0], personal=True)
    shop_of(client).records.append_events("icecat", [happened])
    pause = Signal()
    for _ in range(400):
        if asked(client, ann)["personalized"]:
            return
        pause.wait(0.02)
    raise AssertionError("the profile was not made anew")


def test_an_order_shapes_the_profile_of_its_buyer_and_of_nobody_else_within_a_round(
    client: TestClient, token: Token
) -> None:
    _, products = last_brand(client)
    ann, bob = (token(sub=name, account=f"{name}s", consent=AGREED) for name in ("ann", "bob"))
    assert not any(asked(client, each)["personalized"] for each in (ann, bob))
    lines = tuple(OrderLine(each, Decimal(1), Decimal(5), "EUR") for each in products)
    shop_of(client).records.put_orders("icecat", [Order("o1", datetime.now(UTC), lines, account="anns", user="x")])
    shop_of(client).profiles.follow()
    assert [asked(client, each)["personalized"] for each in (ann, bob)] == [True, False]
