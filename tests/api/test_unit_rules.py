"""Merchandising rules for units of recommendations, and what is hidden whatever is asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token

RULES = "/v1/icecat/rules"
PATH = "/v1/icecat/recommendations"
LATER = (datetime.now(UTC) + timedelta(days=30)).isoformat()


@pytest.fixture
def keeper(token: Token) -> dict[str, str]:
    return token(sub="keeper", scope="search merchandise")


def put(client: TestClient, keeper: dict[str, str], rule: dict[str, Any], identity: str = "r1", **params: Any) -> Any:
    answer = client.put(f"{RULES}/{identity}", json=rule, headers=keeper, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def unit(client: TestClient, headers: dict[str, str] | None = None, params: Any = None, **body: Any) -> Any:
    asked = {"strategy": "most_popular", "count": 6, **body}
    answer = client.post(PATH, json=asked, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer["items"]]


def test_a_pin_stands_in_the_units_that_are_meant_and_in_no_search(client: TestClient, keeper: dict[str, str]) -> None:
    usual = ids(unit(client, count=12))
    pinned = usual[9]
    when = {"units": {"placements": ["home"], "strategies": ["most_popular", "trending"]}}
    put(client, keeper, {"when": when, "then": {"pin": [{"id": pinned, "position": 2}], "banner": {"title": "Ours"}}})
    shown = unit(client, placement="home")
    assert ids(shown) == [usual[0], pinned, *usual[1:5]]
    assert [each["position"] for each in shown["items"]] == [1, 2, 3, 4, 5, 6]
    assert shown["items"][1]["reason"] == {"code": "pinned", "text": "Chosen by the shop", "evidence": {"rule": "r1"}}
    assert shown["rules_applied"] == [
        {"id": "r1", "effects": ["pin", "banner"],
         "because": ["placement home", "strategy most_popular", "strategy trending"]}
    ]  # fmt: skip
    assert shown["banners"] == [{"rule_id": "r1", "data": {"title": "Ours"}}]
    for other in ({"placement": "cart"}, {}, {"placement": "home", "strategy": "new_arrivals"}):
        assert unit(client, **other)["rules_applied"] == []
    found = client.post("/v1/icecat/search", json={"query": ""}).json()
    assert (found["rules_applied"], found["banners"]) == ([], [])


def test_a_pin_respects_filter_cart_and_the_other_units_of_the_page(client: TestClient, keeper: dict[str, str]) -> None:
    usual = ids(unit(client, count=12))
    put(client, keeper, {"when": {"units": {}}, "then": {"pin": [{"id": usual[9], "position": 1}]}})
    assert ids(unit(client))[0] == usual[9]
    assert usual[9] not in ids(unit(client, filter={"not": {"field": "id", "op": "=", "value": usual[9]}}))
    assert usual[9] not in ids(unit(client, context={"cart": [usual[9]]}))
    assert usual[9] not in ids(unit(client, exclude=[usual[9]]))
    page = {"requests": [{"strategy": "most_popular", "count": 3}, {"strategy": "trending", "count": 3}]}
    first, second = client.post(f"{PATH}:batch", json=page).json()["responses"]
    assert usual[9] in ids(first)
    assert usual[9] not in ids(second)


def test_boost_bury_hide_and_filter_say_what_a_unit_shows(client: TestClient, keeper: dict[str, str]) -> None:
    usual = unit(client, count=12)
    brands = [each["product"]["brand"] for each in usual["items"]]
    rare = next(brand for brand in reversed(brands) if brand != brands[0])
    first = brands.index(rare)
    one = f'brand = "{rare}"'
    put(client, keeper, {"when": {"units": {}}, "then": {"boost": [{"filter": one, "factor": 50}]}})
    boosted = unit(client, count=12)
    assert boosted["items"][0]["product"]["brand"] == rare
    assert boosted["rules_applied"][0]["effects"] == ["boost"]
    put(
        client,
        keeper,
        {"when": {"units": {}}, "then": {"bury": [{"filter": f'brand = "{brands[0]}"', "factor": 0.01}]}},
    )
    assert unit(client)["items"][0]["product"]["brand"] != brands[0]
    put(client, keeper, {"when": {"units": {}}, "then": {"hide": [one]}})
    assert rare not in [each["product"]["brand"] for each in unit(client, count=12)["items"]]
    put(client, keeper, {"when": {"units": {}}, "then": {"filter": one}})
    narrowed = unit(client, count=3)
    assert {each["product"]["brand"] for each in narrowed["items"]} == {rare}
    assert first < 12


@pytest.mark.parametrize(
    ("when", "meant", "others"),
    [
        ({"buyer": {"groups": ["trade"]}}, {"groups": ["trade"]}, {"groups": ["other"]}),
        ({"buyer": {"accounts": ["4711"]}}, {"account": "4711"}, {"account": "1"}),
    ],
)
def test_units_are_told_apart_by_who_asks(
    client: TestClient, keeper: dict[str, str], token: Token, when: Any, meant: Any, others: Any
) -> None:
    put(client, keeper, {"when": {"units": {}, **when}, "then": {"banner": 1}})
    assert [bool(unit(client, token(**claims))["banners"]) for claims in (meant, others)] == [True, False]
    put(client, keeper, {"when": {"units": {}, "locale": "fr"}, "then": {"banner": 1}})
    assert unit(client, locale="en")["banners"] == []


def test_units_are_told_apart_by_device_time_arm_and_query(client: TestClient, keeper: dict[str, str]) -> None:
    arms = {"arms": [{"id": "a"}, {"id": "b"}], "kind": "split"}
    assert client.put("/v1/icecat/experiments/x", json=arms, headers=keeper).status_code == 200
    put(client, keeper, {"when": {"units": {}, "devices": ["mobile"]}, "then": {"banner": 1}}, "device")
    put(client, keeper, {"when": {"units": {}, "from": LATER}, "then": {"banner": 1}}, "time")
    put(client, keeper, {"when": {"units": {}, "experiment": {"id": "x", "arm": "b"}}, "then": {"banner": 1}}, "arm")
    put(client, keeper, {"when": {"units": {}, "query": {"contains": "lap"}}, "then": {"banner": 1}}, "query")

    def acting(headers: dict[str, str] | None = None, params: Any = None, **body: Any) -> set[str]:
        return {each["rule_id"] for each in unit(client, headers, params, **body)["banners"]}

    assert acting() == set()
    assert acting(device="mobile") == {"device"}
    assert acting(context={"query": "Laptop"}) == {"query"}
    assert acting(keeper, {"at": "2099-01-01T00:00:00Z"}) == {"time"}
    arms_seen = {
        (found["experiment"]["arm"], bool(found["banners"]))
        for found in (unit(client, client_id=f"c{at}") for at in range(20))
    }
    assert arms_seen == {("a", False), ("b", True)}


def test_a_draft_shows_in_previews_alone(client: TestClient, keeper: dict[str, str]) -> None:
    put(client, keeper, {"when": {"units": {}}, "then": {"banner": 1}}, draft=True)
    assert unit(client)["banners"] == []
    assert unit(client, keeper, {"drafts": "true"})["banners"] == [{"rule_id": "r1", "data": 1}]
    assert client.post(PATH, json={"strategy": "trending"}, params={"drafts": "true"}).status_code == 403


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"when": {"units": {"strategies": ["magic"]}}}, "/when/units/strategies"),
        ({"when": {"units": {"pages": []}}}, "/when/units/pages"),
        ({"when": {"units": {}}, "then": {"redirect": "/sale"}}, "/then/redirect"),
        ({"when": {"units": {}}, "then": {"replace_query": "x"}}, "/then/replace_query"),
        ({"when": {"units": {}}, "then": {"facets": {"first": ["brand"]}}}, "/then/facets"),
    ],
)
def test_what_no_unit_can_do_is_refused(client: TestClient, keeper: dict[str, str], rule: Any, pointer: str) -> None:
    answer = client.put(f"{RULES}/r1", json=rule, headers=keeper)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, [pointer])


def test_rules_for_units_contradict_rules_for_the_same_units(client: TestClient, keeper: dict[str, str]) -> None:
    one, two = ids(unit(client))[:2]
    pin = {"then": {"pin": [{"id": one, "position": 1}]}}
    put(client, keeper, {"when": {"units": {"placements": ["home"]}}, **pin})
    other = {"then": {"pin": [{"id": two, "position": 1}]}}

    def kinds(when: Any, then: Any = other) -> list[str]:
        return [each["kind"] for each in put(client, keeper, {"when": when, **then}, "r2")["conflicts"]]

    assert kinds({"units": {}}) == ["same_position"]
    assert kinds({"units": {"placements": ["cart"]}}) == []
    assert kinds({}) == []
    hide = {"then": {"hide": [f'id = "{one}"']}}
    assert kinds({}, hide) == ["pin_hidden"]
    assert kinds({"query": {"equals": "x"}}, hide) == []


def test_what_is_hidden_whatever_is_asked_for_is_shown_and_counted_nowhere(
    client: TestClient, keeper: dict[str, str], token: Token
) -> None:
    typed_first = {"filter": 'category = "Networking cable"', "page_size": 1}
    brand = client.post("/v1/icecat/search", json=typed_first).json()["hits"][0]["product"]["brand"]

    def counts(headers: dict[str, str] | None = None) -> dict[str, int]:
        tree = client.get("/v1/icecat/categories", headers=headers).json()["categories"]
        return {each["path"]: each["count"] for each in tree}

    def total(headers: dict[str, str] | None = None, **body: Any) -> int:
        return int(client.post("/v1/icecat/search", json={"page_size": 1, **body}, headers=headers).json()["total"])

    before, of_brand = counts(), total(filter=f'brand = "{brand}"')
    put(client, keeper, {"when": {"buyer": {"groups": ["trade"]}}, "then": {"hide": [f'brand = "{brand}"']}})
    trade = token(groups=["trade"])
    assert counts() == before
    assert total(trade, filter=f'brand = "{brand}"') == 0
    assert sum(counts(trade).values()) < sum(before.values())
    for path, count in counts(trade).items():
        assert count == total(trade, filter={"field": "category", "op": "=", "value": path})
    shown = unit(client, trade, count=12)
    assert brand not in [each["product"]["brand"] for each in shown["items"]]
    assert shown["rules_applied"] == [{"id": "r1", "effects": ["hide"], "because": ["buyer"]}]
    assert unit(client, count=12)["rules_applied"] == []
    [catalog] = client.get("/v1/catalogs", headers=trade).json()["catalogs"]
    assert catalog["products"] == total() - of_brand
    typed = client.get("/v1/icecat/suggest", params={"q": brand[:4]}, headers=trade).json()
    assert brand not in [each["value"] for each in typed["brands"]]
    assert brand in [
        each["value"] for each in client.get("/v1/icecat/suggest", params={"q": brand[:4]}).json()["brands"]
    ]
    guided = client.post("/v1/icecat/guide", json={}, headers=trade).json()
    assert guided["remaining"] == total(trade)
