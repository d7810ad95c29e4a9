"""Settings of relevance in the back office and what searches make of them."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token

PATH = "/v1/icecat/settings/relevance"
USUAL_FIELDS = {"title": 2.0, "type": 1.0, "brand": 1.0, "attributes": 0.7, "description": 1.0, "measures": 1.0}


@pytest.fixture
def scope(client: TestClient, token: Token) -> Iterator[dict[str, str]]:
    headers = token(scope="merchandise")
    yield headers
    client.put(PATH, json={}, headers=headers)


def total(client: TestClient, query: str) -> int:
    answer = client.post("/v1/icecat/search", json={"query": query, "facets": [], "mode": "lexical"})
    assert answer.status_code == 200
    return int(answer.json()["total"])


def test_every_change_is_a_version_and_equal_settings_change_nothing(client: TestClient, scope: dict[str, str]) -> None:
    first = client.put(PATH, json={"weights": {"kind": 2.0}}, headers=scope).json()
    assert first["weights"] == {"words": 1.0, "meaning": 1.0, "kind": 2.0, "learned": 0.5}
    assert first["fields"] == USUAL_FIELDS
    assert client.put(PATH, json={"weights": {"kind": 2.0}}, headers=scope).json() == first
    second = client.put(PATH, json={"fields": {"description": 0.0}}, headers=scope).json()
    assert second["version"] == first["version"] + 1
    assert client.get(PATH, headers=scope).json() == second
    assert client.get(PATH, params={"version": first["version"]}, headers=scope).json() == first
    missing = client.get(PATH, params={"version": 10_000}, headers=scope)
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_version")


def test_a_change_from_a_version_that_is_no_longer_in_force_is_refused(
    client: TestClient, scope: dict[str, str]
) -> None:
    read = client.get(PATH, headers=scope).headers["etag"]
    first = client.put(PATH, json={"weights": {"kind": 3.0}}, headers={**scope, "if-match": read})
    assert first.status_code == 200
    late = client.put(PATH, json={"weights": {"kind": 4.0}}, headers={**scope, "if-match": read})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert client.get(PATH, headers=scope).json()["weights"]["kind"] == 3.0
    for condition in (first.headers["etag"], "*"):
        again = {**scope, "if-match": condition}
        assert client.put(PATH, json={"weights": {"kind": 5.0}}, headers=again).is_success


def test_searches_leave_out_a_field_without_weight(client: TestClient, scope: dict[str, str]) -> None:
    before = total(client, "comfortable ")
    assert before > 0
    client.put(PATH, json={"fields": {"description": 0.0, "attributes": 0.0}}, headers=scope)
    assert total(client, "comfortable ") < before
    client.put(PATH, json={}, headers=scope)
    assert total(client, "comfortable ") == before


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {"colour": 1.0}},
        {"fields": {"title": -1.0}},
        {"fields": {"title": 11.0}},
        {"weights": {"words": "much"}},
        {"weights": {"luck": 1.0}},
        {"fields": dict.fromkeys(USUAL_FIELDS, 0.0)},
        {"more": 1},
        [],
    ],
)
def test_settings_that_mean_nothing_are_refused(client: TestClient, scope: dict[str, str], body: object) -> None:
    answer = client.put(PATH, json=body, headers=scope)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_only_merchandisers_see_and_change_them(client: TestClient, token: Token) -> None:
    for method in ("GET", "PUT"):
        assert client.request(method, PATH, json={}).status_code == 401
        assert client.request(method, PATH, json={}, headers=token(scope="search")).status_code == 403
