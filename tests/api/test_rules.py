"""Merchandising rules in the back office, and what searches make of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.rule_answers import EXAMPLE_RULE
from tests.api.conftest import Token, Wait

RULES = "/v1/icecat/rules"
SEARCH = "/v1/icecat/search"


@pytest.fixture
def keeper(token: Token) -> dict[str, str]:
    return token(sub="keeper", scope="search merchandise")


def put(client: TestClient, keeper: dict[str, str], rule: dict[str, Any], identity: str = "r1", **params: Any) -> Any:
    answer = client.put(f"{RULES}/{identity}", json=rule, headers=keeper, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(client: TestClient, query: str = "", headers: dict[str, str] | None = None, **body: Any) -> Any:
    params = body.pop("params", None)
    answer = client.post(SEARCH, json={"query": query, **body}, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: Any) -> list[str]:
    return [hit["id"] for hit in answer["hits"]]


def other(client: TestClient, query: str) -> str:
    """Return a product that a query does not find."""
    found = {hit["id"] for hit in ask(client, query, page_size=100)["hits"]}
    return next(hit["id"] for hit in ask(client, "", page_size=100)["hits"] if hit["id"] not in found)


def test_a_rule_is_kept_as_it_was_put_and_removed(client: TestClient, keeper: dict[str, str]) -> None:
    written = put(client, keeper, EXAMPLE_RULE)
    assert (written["id"], written["version"], written["changed"], written["draft"]) == ("r1", 1, True, False)
    again = put(client, keeper, EXAMPLE_RULE)
    assert (again["version"], again["changed"]) == (1, False)
    kept = client.get(f"{RULES}/r1", headers=keeper).json()
    assert kept == {"id": "r1", "version": 1, **EXAMPLE_RULE}
    assert client.get(RULES, headers=keeper).json() == {"rules": [kept], "next": None}
    assert put(client, keeper, {k: v for k, v in kept.items() if k not in {"id", "version"}})["changed"] is False
    assert client.delete(f"{RULES}/r1", headers=keeper).json() == {"deleted": 1}
    for method in ("GET", "DELETE"):
        gone = client.request(method, f"{RULES}/r1", headers=keeper)
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown_rule")


def test_only_merchandisers_may(client: TestClient, token: Token) -> None:
    for path in (RULES, f"{RULES}/r1", f"{RULES}/conflicts", f"{RULES}/versions/r1"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=token(scope="search events")).status_code == 403
    assert client.put(f"{RULES}/r1", json=EXAMPLE_RULE).status_code == 401
    assert client.post(f"{RULES}/publish", json={"ids": ["r1"]}, headers=token(scope="search")).status_code == 403
    for params in ({"drafts": "true"}, {"as_group": "trade"}):
        assert client.post(SEARCH, json={}, params=params, headers=token(scope="search")).status_code == 403


@pytest.mark.parametrize(
    ("rule", "pointer", "code"),
    [
        ({"when": {"query": {"pattern": "(?=a)b"}}}, "/when/query/pattern", "invalid_request"),
        ({"when": {"query": {"pattern": "((a{900}){900}"}}}, "/when/query/pattern", "invalid_request"),
        ({"when": {"query": {"pattern": r"(a)\1"}}}, "/when/query/pattern", "invalid_request"),
        ({"when": {"query": {"contains": " "}}}, "/when/query/contains", "invalid_request"),
        ({"when": {"query": {"like": "x"}}}, "/when/query/like", "invalid_request"),
        ({"when": {"from": "2026-01-01T00:00:00"}}, "/when/from", "invalid_request"),
        ({"when": {"time_zone": "Mars/Olympus"}}, "/when/time_zone", "invalid_request"),
        ({"when": {"from": "2027-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}}, "/when/until", "invalid_request"),
        ({"when": {"locale": "?"}}, "/when/locale", "invalid_request"),
        ({"when": {"devices": ["toaster"]}}, "/when/devices/0", "invalid_request"),
        ({"when": {"experiment": {"id": "x"}}}, "/when/experiment", "invalid_request"),
        ({"then": {"pin": [{"id": "a", "position": 0}]}}, "/then/pin/0/position", "invalid_request"),
        ({"then": {"pin": [{"id": "a", "position": 1}] * 2}}, "/then/pin/1/id", "invalid_request"),
        ({"then": {"boost": [{"filter": "brand EXISTS", "factor": 0.5}]}}, "/then/boost/0/factor", "invalid_request"),
        ({"then": {"bury": [{"filter": "brand EXISTS", "factor": 2}]}}, "/then/bury/0/factor", "invalid_request"),
        ({"then": {"hide": [""]}}, "/then/hide/0", "invalid_request"),
        ({"then": {"hide": ["brand ="]}}, "/then/hide/0", "invalid_filter"),
        ({"then": {"filter": 'attributes.nothing = "x"'}}, "/then/filter", "unknown_field"),
        ({"then": {"redirect": "javascript:alert(1)"}}, "/then/redirect", "invalid_request"),
        ({"then": {"redirect": "//evil.example"}}, "/then/redirect", "invalid_request"),
        ({"then": {"banner": "x" * 30_000}}, "/then/banner", "invalid_request"),
        ({"priority": "high"}, "/priority", "invalid_request"),
        ({"sometimes": True}, "/sometimes", "invalid_request"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    client: TestClient, keeper: dict[str, str], rule: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.put(f"{RULES}/r1", json=rule, headers=keeper)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == code
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_names_of_paths_are_no_ids(client: TestClient, keeper: dict[str, str]) -> None:
    for identity in ("conflicts", "publish", "versions/x", " x"):
        assert client.put(f"{RULES}/{identity}", json={}, headers=keeper).status_code == 422


def test_a_pin_shows_once_at_its_position_even_if_the_query_does_not_find_it(
    client: TestClient, keeper: dict[str, str]
) -> None:
    before = ask(client, "laptop")
    found, unfound = ids(before)[5], other(client, "laptop")
    pins = [{"id": unfound, "position": 2}, {"id": found, "position": 1}]
    put(client, keeper, {"when": {"query": {"equals": "  LapTop "}}, "then": {"pin": pins}})
    after = ask(client, "Laptop ")
    rest = [each for each in ids(before) if each != found]
    assert ids(after)[:2] == [found, unfound]
    assert ids(after)[2:10] == rest[:8]
    assert after["total"] == before["total"] + 1
    assert after["rules_applied"] == [{"id": "r1", "effects": ["pin"], "because": ["query equals LapTop"]}]
    assert [hit["position"] for hit in after["hits"]] == list(range(1, len(after["hits"]) + 1))
    assert after["hits"][1]["matched_by"] == []
    explained = ask(client, "laptop", explain=True)["hits"][1]["explanation"]["stages"][0]
    assert explained["name"] == "pin"
    assert "rule r1" in explained["detail"]
    assert ask(client, "laptops")["rules_applied"] == []


def test_pages_of_a_pinned_search_hold_everything_once(client: TestClient, keeper: dict[str, str]) -> None:
    before = ask(client, "laptop", page_size=7)
    everything = [ids(ask(client, "laptop", page_size=7, page=page)) for page in range(1, before["total"] // 7 + 2)]
    plain = [each for page in everything for each in page]
    pins = [(plain[-1], 3), (plain[0], 8), (other(client, "laptop"), 900)]
    put(client, keeper, {"then": {"pin": [{"id": each, "position": at} for each, at in pins]}})
    shown: list[str] = []
    cursor = None
    while True:
        page = ask(client, "laptop", page_size=7, **({"cursor": cursor} if cursor else {}))
        shown += ids(page)
        cursor = page["cursor"]
        if cursor is None:
            break
    total = before["total"] + 1
    assert (len(shown), len(set(shown)), page["total"]) == (total, total, total)
    assert [shown.index(each) + 1 for each, _ in pins] == [3, 8, total]
    rest = [each for each in plain if each not in dict(pins)]
    assert [each for each in shown if each not in dict(pins)] == rest
    numbered = [each for at in range(1, total // 7 + 2) for each in ids(ask(client, "laptop", page_size=7, page=at))]
    assert numbered == shown


def test_a_pin_shows_only_where_filters_and_assortments_allow_it(
    client: TestClient, keeper: dict[str, str], token: Token, applied: Wait
) -> None:
    before = ask(client, "laptop")
    pinned, hidden = ids(before)[3], other(client, "laptop")
    client.put("/v1/icecat/assortments/few", json={"exclude": {"ids": [hidden]}}, headers=keeper)
    applied()
    rule = {"then": {"pin": [{"id": hidden, "position": 1}, {"id": pinned, "position": 2}]}}
    buyer = token(sub="b", assortments=["few"])
    plain = ask(client, "laptop", headers=buyer)
    put(client, keeper, rule)
    seen = ask(client, "laptop", headers=buyer)
    assert hidden not in ids(seen)
    assert seen["total"] == plain["total"]
    assert hidden in ids(ask(client, "laptop"))
    assert hidden not in str(seen)
    brand = before["hits"][0]["product"]["brand"]
    elsewhere = ask(client, "laptop", filter=f'brand != "{brand}" AND id != "{pinned}" AND id != "{hidden}"')
    assert {pinned, hidden}.isdisjoint(ids(elsewhere))
    assert elsewhere["rules_applied"] == []
    ticked = ask(client, "laptop", facet_filters={"brand": ["no such brand"]})
    assert (ticked["hits"], ticked["total"]) == ([], 0)
    put(client, keeper, {"then": {"pin": [{"id": hidden, "position": 1}]}})
    assert ask(client, "laptop", headers=buyer)["rules_applied"] == []


def test_what_is_hidden_leaves_hits_totals_facets_and_suggestions(client: TestClient, keeper: dict[str, str]) -> None:
    before = ask(client, "laptop", facets=["brand"])
    brand = before["facets"][0]["values"][0]
    put(client, keeper, {"then": {"hide": [f'brand = "{brand["value"]}"']}})
    after = ask(client, "laptop", facets=["brand"], page_size=100)
    assert after["total"] == before["total"] - brand["count"]
    assert brand["value"] not in {value["value"] for value in after["facets"][0]["values"]}
    assert brand["value"] not in {hit["product"]["brand"] for hit in after["hits"]}
    assert after["rules_applied"][0]["effects"] == ["hide"]
    suggested = client.get("/v1/icecat/suggest", params={"q": "lap"}).json()["products"]
    assert brand["value"] not in {hit["product"]["brand"] for hit in suggested}
    put(client, keeper, {"then": {"pin": [{"id": before["hits"][0]["id"], "position": 1}]}}, "r2")
    hidden = next(hit["id"] for hit in before["hits"] if hit["product"]["brand"] == brand["value"])
    put(client, keeper, {"then": {"pin": [{"id": hidden, "position": 1}]}}, "r2")
    assert hidden not in ids(ask(client, "laptop"))


def test_boosts_and_burials_move_products_and_are_explained(client: TestClient, keeper: dict[str, str]) -> None:
    before = ask(client, "laptop", page_size=100)
    brands = [hit["product"]["brand"] for hit in before["hits"]]
    last = brands[-1]
    assert last != brands[0]
    put(client, keeper, {"then": {"boost": [{"filter": f'brand = "{last}"', "factor": 50.0}]}})
    after = ask(client, "laptop", page_size=100, explain=True)
    assert after["hits"][0]["product"]["brand"] == last
    assert "rules" in [stage["name"] for stage in after["hits"][0]["explanation"]["stages"]]
    assert after["total"] == before["total"]
    put(client, keeper, {"then": {"bury": [{"filter": f'brand = "{brands[0]}"', "factor": 0.01}]}})
    assert ask(client, "laptop")["hits"][0]["product"]["brand"] != brands[0]


def test_a_rule_filters_replaces_redirects_and_shows_banners(client: TestClient, keeper: dict[str, str]) -> None:
    plain = ask(client, "headset")
    then = {"replace_query": "headset", "redirect": "/sale", "banner": {"title": "Sale"}}
    put(client, keeper, {"priority": 1, "when": {"query": {"starts_with": "zzz"}}, "then": then}, "low")
    put(client, keeper, {"priority": 2, "when": {"query": {"contains": "zy"}}, "then": {"redirect": "/other"}}, "high")
    found = ask(client, "zzzy")
    assert (found["total"], found["redirect"]) == (plain["total"], "/other")
    assert found["banners"] == [{"rule_id": "low", "data": {"title": "Sale"}}]
    assert [(each["id"], each["effects"]) for each in found["rules_applied"]] == [
        ("high", ["redirect"]), ("low", ["banner", "replace_query"]),
    ]  # fmt: skip
    brand = plain["hits"][0]["product"]["brand"]
    put(client, keeper, {"when": {"query": {"pattern": "^HEADS.t$"}}, "then": {"filter": f'brand = "{brand}"'}}, "low")
    assert {hit["product"]["brand"] for hit in ask(client, "headset")["hits"]} == {brand}


def test_facets_stand_in_the_order_of_a_rule(client: TestClient, keeper: dict[str, str]) -> None:
    automatic = [facet["field"] for facet in ask(client, "laptop")["facets"]]
    then = {"facets": {"first": ["released", automatic[2]], "hidden": [automatic[0]]}}
    put(client, keeper, {"then": then})
    shown = [facet["field"] for facet in ask(client, "laptop")["facets"]]
    assert shown[:2] == ["released", automatic[2]]
    assert automatic[0] not in shown
    assert [f["field"] for f in ask(client, "laptop", facets=[automatic[0], automatic[2]])["facets"]] == [
        automatic[2], automatic[0],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "request_", "holds"),
    [
        ({"category": "Notebook"}, {"facet_filters": {"category": ["Notebook"]}}, True),
        ({"category": "Notebook"}, {"filter": 'category = "Notebook"'}, True),
        ({"category": "Notebook"}, {"facet_filters": {"category": ["Notebook", "Keyboard"]}}, False),
        ({"category": "Notebook"}, {}, False),
        ({"filter": 'brand = "HP"'}, {"facet_filters": {"brand": ["HP"]}}, True),
        ({"filter": 'brand IN ("HP", "Acer")'}, {"filter": 'price < 500 AND brand = "HP"'}, True),
        ({"filter": "price < 800"}, {"filter": "price <= 500"}, True),
        ({"filter": "price < 800"}, {"filter": "price < 900"}, False),
        ({"filter": 'brand = "HP"'}, {"filter": 'NOT brand = "HP"'}, False),
        ({"locale": "en"}, {"locale": "en-GB"}, True),
        ({"locale": "de"}, {"locale": "en"}, False),
        ({"devices": ["mobile", "app"]}, {"device": "mobile"}, True),
        ({"devices": ["mobile"]}, {}, False),
        ({"query": {"equals": ""}}, {}, True),
        ({"query": {"equals": ""}}, {"query": "hp"}, False),
        ({"query": {"contains": "p 1", "starts_with": "hp"}}, {"query": "HP  1234"}, True),
        ({"query": {"contains": "p 1", "starts_with": "1"}}, {"query": "hp 1234"}, False),
        ({"experiment": {"id": "x", "arm": "b"}}, {}, False),
    ],
)
def test_a_rule_holds_where_all_that_it_asks_for_is_so(
    client: TestClient, keeper: dict[str, str], when: dict[str, Any], request_: dict[str, Any], holds: bool
) -> None:
    put(client, keeper, {"when": when, "then": {"banner": 1}})
    assert bool(ask(client, **request_)["banners"]) is holds


def test_a_rule_is_for_some_buyers(client: TestClient, keeper: dict[str, str], token: Token) -> None:
    buyer = {"accounts": ["4711"], "groups": ["trade"]}
    put(client, keeper, {"when": {"buyer": buyer}, "then": {"banner": 1}})

    def sees(**claims: Any) -> bool:
        return bool(ask(client, headers=token(sub="b", **claims))["banners"])

    assert sees(account="4711")
    assert sees(groups=["x", "trade"])
    assert sees(price_lists=["trade"])
    assert not sees(account="trade")
    assert not sees()
    client.put("/v1/icecat/accounts/9", json={"groups": ["trade"]}, headers=keeper)
    for params in ({"as_account": "4711"}, {"as_account": "9"}, {"as_group": "trade"}):
        if "4711" in params.values():
            client.put("/v1/icecat/accounts/4711", json={}, headers=keeper)
        assert ask(client, headers=keeper, params=params)["banners"]
    assert not ask(client, headers=keeper, params={"as_group": "other"})["banners"]


def test_a_rule_holds_for_its_time_in_its_zone(client: TestClient, keeper: dict[str, str]) -> None:
    when = {"from": "2027-03-28T02:30:00", "until": "2027-03-29T00:00:00", "time_zone": "Europe/Berlin"}
    put(client, keeper, {"when": when, "then": {"banner": 1}})
    assert not ask(client)["banners"]

    def at(text: str) -> bool:
        return bool(ask(client, headers=keeper, params={"at": text})["banners"])

    # The clocks of Berlin go forward in that night: the day ends at 22:00 of UTC.
    assert [at(f"2027-03-28T{hour}:59:00Z") for hour in ("00", "01", "21", "22")] == [False, True, True, False]
    put(client, keeper, {"when": {"until": "2027-01-01T00:00:00+01:00"}, "then": {"banner": 1}})
    assert (at("2026-12-31T22:59:59Z"), at("2026-12-31T23:00:00Z")) == (True, False)


def test_a_draft_is_seen_in_previews_alone_until_it_is_published(client: TestClient, keeper: dict[str, str]) -> None:
    put(client, keeper, {"then": {"banner": "old"}})
    written = put(client, keeper, {"then": {"banner": "new"}}, draft=True)
    assert (written["version"], written["draft"]) == (1, True)

    def banner(**params: str) -> list[Any]:
        return [each["data"] for each in ask(client, headers=keeper, params=params)["banners"]]

    assert (banner(), banner(drafts="true")) == (["old"], ["new"])
    assert client.get(f"{RULES}/r1", headers=keeper).json()["then"]["banner"] == "old"
    assert client.get(f"{RULES}/r1?draft=true", headers=keeper).json()["then"]["banner"] == "new"
    assert len(client.get(f"{RULES}?draft=true", headers=keeper).json()["rules"]) == 1
    refused = client.post(f"{RULES}/publish", json={"ids": ["r1", "r2"]}, headers=keeper)
    assert (refused.status_code, banner()) == (404, ["old"])
    published = client.post(f"{RULES}/publish", json={"ids": ["r1"]}, headers=keeper).json()
    assert published == {"rules": [{"id": "r1", "version": 2, "changed": True}]}
    assert (banner(), client.get(f"{RULES}?draft=true", headers=keeper).json()["rules"]) == (["new"], [])
    put(client, keeper, {"then": {"banner": "third"}}, draft=True)
    assert client.delete(f"{RULES}/r1?draft=true", headers=keeper).json() == {"deleted": 1}
    assert banner(drafts="true") == ["new"]


def test_earlier_versions_can_be_put_in_force_again(client: TestClient, keeper: dict[str, str]) -> None:
    for text in ("one", "two"):
        put(client, keeper, {"then": {"banner": text}})
    client.delete(f"{RULES}/r1", headers=keeper)
    assert not ask(client)["banners"]
    found = client.get(f"{RULES}/versions/r1", headers=keeper).json()["versions"]
    assert [(each["version"], each["rule"] and each["rule"]["then"]["banner"]) for each in found] == [
        (3, None), (2, "two"), (1, "one"),
    ]  # fmt: skip
    assert client.get(f"{RULES}/r1?version=1", headers=keeper).json()["then"]["banner"] == "one"
    back = client.post(f"{RULES}/rollback", json={"id": "r1", "version": 1}, headers=keeper).json()
    assert back == {"rules": [{"id": "r1", "version": 4, "changed": True}]}
    assert [each["data"] for each in ask(client)["banners"]] == ["one"]
    missing = client.post(f"{RULES}/rollback", json={"id": "r1", "version": 9}, headers=keeper)
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_rule")


def test_conflicts_are_told_when_a_rule_is_put_and_of_all_together(client: TestClient, keeper: dict[str, str]) -> None:
    a, b = ids(ask(client, "laptop"))[:2]
    laptop = {"query": {"equals": "laptop"}}
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    put(client, keeper, {"when": laptop, "then": {"pin": [{"id": a, "position": 1}]}}, "pins")
    told = put(
        client, keeper, {"when": {"query": {"contains": "lap"}}, "then": {"pin": [{"id": b, "position": 1}]}}, "also"
    )
    assert [(each["kind"], sorted(each["rules"])) for each in told["conflicts"]] == [
        ("same_position", ["also", "pins"])
    ]
    put(client, keeper, {"then": {"hide": [f'id = "{a}"']}}, "hides")
    put(client, keeper, {"when": {"until": yesterday}, "then": {"redirect": "/x"}}, "past")
    put(client, keeper, {"when": laptop, "then": {"redirect": "/a"}}, "goes")
    put(client, keeper, {"when": {"query": {"equals": "desk"}}, "then": {"redirect": "/b"}}, "elsewhere")
    put(client, keeper, {"then": {"pin": [{"id": "nothing", "position": 9}]}}, "unknown")
    put(client, keeper, {}, "empty")
    put(client, keeper, {"enabled": False, "then": {"pin": [{"id": b, "position": 1}]}}, "off")
    answer = client.get(f"{RULES}/conflicts", headers=keeper).json()
    assert answer["complete"] is True
    assert sorted((each["kind"], *sorted(each["rules"])) for each in answer["conflicts"]) == [
        ("does_nothing", "empty"),
        ("ended", "past"),
        ("pin_hidden", "hides", "pins"),
        ("same_position", "also", "pins"),
        ("unknown_product", "unknown"),
    ]
