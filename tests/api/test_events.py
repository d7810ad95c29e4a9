"""Events over HTTP."""

import pytest
from fastapi.testclient import TestClient

from api.shop import Shop
from commerce.event import Event, SearchRecord
from tests.api.conftest import Token, make_settings

EVENTS = "/v1/icecat/events"
CLICK = {"action_name": "click", "event_id": "1", "client_id": "c", "user_id": "mallory"}
AGREED = {"analytics": True, "personalization": True}


def kept(client: TestClient) -> list[Event]:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    return list(shop.records.events("icecat"))


def searched(client: TestClient) -> list[SearchRecord]:
    """Return the searches on record once the journal has been ended, which writes what waits."""
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]
    shop.journal.stop()
    return list(shop.records.searches("icecat"))


def test_events_are_accepted_one_or_many_and_are_the_tokens(client: TestClient, token: Token) -> None:
    ann = token(sub="ann", account="acme", consent=AGREED)
    answer = client.post(EVENTS, json=CLICK, headers=ann)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": []})
    answer = client.post(EVENTS, json=[{}, CLICK, {**CLICK, "event_id": "2"}], headers=ann)
    assert answer.json()["accepted"] == 2
    assert [(each["index"], each["code"]) for each in answer.json()["rejected"]] == [(0, "invalid_event")]
    assert [(each.id, each.user, each.account, each.personal) for each in kept(client)] == [
        ("1", "ann", "acme", True), ("2", "ann", "acme", True),
    ]  # fmt: skip


def test_without_consent_to_analytics_nothing_is_stored(client: TestClient, token: Token) -> None:
    for headers in ({}, token(sub="ann"), token(sub="ann", consent={"personalization": True})):
        answer = client.post(EVENTS, json=[CLICK, {**CLICK, "event_id": "2"}], headers=headers)
        assert answer.status_code == 202
        assert answer.json()["accepted"] == 0
        assert [each["code"] for each in answer.json()["rejected"]] == ["no_consent", "no_consent"]
    assert kept(client) == []
    client.post(EVENTS, json=CLICK, headers=token(sub="ann", consent={"analytics": True}))
    assert [each.personal for each in kept(client)] == [False]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (EVENTS, b"[", 400, "malformed"),
        (EVENTS, b"7", 422, "invalid_request"),
        (EVENTS, b"[" + b"1," * 1_000 + b"1]", 413, "too_large"),
        ("/v1/nowhere/events", b"[]", 404, "unknown_catalog"),
    ],
)
def test_what_is_no_list_of_events_is_refused(
    client: TestClient, path: str, body: bytes, status: int, code: str
) -> None:
    answer = client.post(path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_token_needs_the_scope(client: TestClient, token: Token) -> None:
    assert client.post(EVENTS, json=CLICK, headers=token(sub="a", scope="search")).status_code == 403


def test_searches_are_recorded_with_who_asked_only_if_they_agreed(client: TestClient, token: Token) -> None:
    body = {"query": "notebook", "client_id": "c", "session_id": "s", "filter": "price > 1",
            "facet_filters": {"brand": ["HP"]}, "page_size": 3}  # fmt: skip
    first = client.post("/v1/icecat/search", json=body).json()
    ann = token(sub="ann", account="acme", consent={"analytics": True})
    second = client.post("/v1/icecat/search:batch", json={"requests": [body]}, headers=ann).json()["responses"][0]
    preview = token(sub="m", scope="search merchandise")
    client.post("/v1/icecat/search?at=2027-01-01T00:00:00Z", json=body, headers=preview)
    unknown, known = searched(client)
    assert (unknown.query_id, known.query_id) == (first["query_id"], second["query_id"])
    assert unknown.hits == tuple(hit["id"] for hit in first["hits"]) != ()
    assert (unknown.text, unknown.total, unknown.filters) == ("notebook", first["total"], ("price",))
    assert unknown.facets == ("brand",)
    assert (unknown.client, unknown.session, unknown.user, unknown.account) == (None, None, None, None)
    assert (known.client, known.session, known.user, known.account) == ("c", "s", "ann", "acme")


def test_settings_say_how_long_events_are_kept(home: object) -> None:
    assert make_settings(home).keep_behaviour() is not None  # type: ignore[arg-type]
    assert make_settings(home, event_retention_days=0).keep_behaviour() is None  # type: ignore[arg-type]
