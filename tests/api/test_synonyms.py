"""Synonyms in the back office and what searches make of them."""

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token

PATH = "/v1/icecat/synonyms/s1"
BODY = {"kind": "one_way", "from": ["zzwidget"], "to": ["headset"], "locale": "en"}


def total(client: TestClient, query: str) -> int:
    answer = client.post("/v1/icecat/search", json={"query": query, "facets": []})
    assert answer.status_code == 200
    return int(answer.json()["total"])


def test_a_synonym_is_kept_changed_and_removed(client: TestClient, token: Token) -> None:
    scope = token(scope="merchandise")
    assert client.put(PATH, json=BODY, headers=scope).json() == {"id": "s1", "changed": True}
    assert client.put(PATH, json=BODY, headers=scope).json() == {"id": "s1", "changed": False}
    assert client.get(PATH, headers=scope).json() == {"id": "s1", **BODY}
    assert client.get("/v1/icecat/synonyms", headers=scope).json() == {"synonyms": [{"id": "s1", **BODY}], "next": None}
    assert client.delete(PATH, headers=scope).json() == {"deleted": 1}
    for method in ("GET", "DELETE"):
        answer = client.request(method, PATH, headers=scope)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_synonym")


def test_searches_find_what_a_word_also_means(client: TestClient, token: Token) -> None:
    scope = token(scope="merchandise")
    assert total(client, "zzwidget ") == 0
    client.put(PATH, json=BODY, headers=scope)
    assert total(client, "zzwidget ") == total(client, "headset ") > 0
    client.delete(PATH, headers=scope)
    assert total(client, "zzwidget ") == 0


def test_what_has_the_word_itself_stands_before_what_a_synonym_finds(client: TestClient, token: Token) -> None:
    def ids(query: str) -> list[str]:
        body = {"query": query, "page_size": 100, "facets": []}
        return [hit["id"] for hit in client.post("/v1/icecat/search", json=body).json()["hits"]]

    exact = ids("projector ")
    client.put(PATH, json={**BODY, "from": ["projector"], "to": ["laptop"]}, headers=token(scope="merchandise"))
    both = ids("projector ")
    assert set(both[: len(exact)]) == set(exact)
    assert len(both) > len(exact)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**BODY, "kind": "sideways"},
        {**BODY, "from": []},
        {**BODY, "to": [""]},
        {**BODY, "more": 1},
        {**BODY, "locale": "?"},
        {**BODY, "kind": "stop"},
        {**BODY, "kind": "compound", "to": ["one"]},
        {**BODY, "kind": "compound", "to": ["one two", "three"]},
    ],
)
def test_a_body_that_says_something_else_is_refused(client: TestClient, token: Token, body: dict[str, object]) -> None:
    assert client.put(PATH, json=body, headers=token(scope="merchandise")).status_code == 422


def test_merchandisers_alone_may_touch_them(reader: TestClient, token: Token) -> None:
    assert reader.put(PATH, json=BODY).status_code == 401
    assert reader.put(PATH, json=BODY, headers=token(scope="search")).status_code == 403


def test_stop_words_are_left_out_of_searches_and_the_answer_says_so(client: TestClient, token: Token) -> None:
    scope = token(scope="merchandise")
    stop = {"kind": "stop", "from": ["zzplease"], "to": [], "locale": None}
    asked = {"query": "zzplease headset", "facets": []}
    before = client.post("/v1/icecat/search", json=asked).json()
    assert before["interpretation"]["ignored"] == []
    assert client.put(PATH, json={"kind": "stop", "from": ["zzplease"]}, headers=scope).json()["changed"]
    assert client.get(PATH, headers=scope).json() == {"id": "s1", **stop}
    after = client.post("/v1/icecat/search", json=asked).json()
    assert after["interpretation"]["ignored"] == ["zzplease"]
    assert after["interpretation"]["relaxed"] == []
    plain = client.post("/v1/icecat/search", json={**asked, "query": "headset"}).json()
    assert [hit["id"] for hit in after["hits"]] == [hit["id"] for hit in plain["hits"]]
    rule = {"when": {"query": {"contains": "zzplease"}}, "then": {"banner": 1}}
    assert client.put("/v1/icecat/rules/r", json=rule, headers=scope).status_code == 200
    assert client.post("/v1/icecat/search", json=asked).json()["banners"]
