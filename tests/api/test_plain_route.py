"""The short way of plain requests answers what the usual way answers."""

from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from api.plain_route import PlainRoute
from tests.api.conftest import Token

PATH = "/v1/icecat/recommendations"
SEARCH = "/v1/icecat/search"
USUAL = "?unknown=1"
BODIES: list[Any] = [
    {"strategy": "most_popular", "count": 3},
    {"strategy": "new_arrivals", "count": 3, "filter": 'brand = "HP"', "weights": {"novelty": 0.5}},
    {"strategy": "bought_together", "context": {"product_ids": ["nothing"], "cart": []}, "locale": "de"},
    {"strategy": "guess"},
    {"strategy": "most_popular", "count": 0},
    {"strategy": "most_popular", "filter": "colour = 1"},
    {"strategy": "most_popular", "exclude": ["x"] * 2_001},
    [],
    None,
]
SEARCHES: list[Any] = [
    {"query": "hp laptop", "facet_filters": {"brand": ["HP"]}, "page_size": 3},
    {"filter": "price < 100", "facets": ["brand"], "sort": "price:asc", "locale": "de"},
    {"query": "x" * 1_001},
    {"page": 0},
    {"filter": "colour = 1"},
    [],
]


def answered(client: TestClient, path: str, **request: Any) -> tuple[int, Any]:
    answer = client.post(path, **request)
    found = answer.json()
    for unit in [found, *found.get("responses", [])]:
        for own in ("recommendation_id", "query_id", "took_ms"):
            unit.pop(own, None)
    return answer.status_code, found


@pytest.mark.parametrize("body", BODIES)
def test_a_plain_request_is_answered_as_the_usual_way_does(reader: TestClient, body: Any) -> None:
    assert answered(reader, PATH, json=body) == answered(reader, PATH + USUAL, json=body)
    batch = {"requests": [body, body]}
    assert answered(reader, f"{PATH}:batch", json=batch) == answered(reader, f"{PATH}:batch{USUAL}", json=batch)


@pytest.mark.parametrize("body", SEARCHES)
def test_a_plain_search_is_answered_as_the_usual_way_does(reader: TestClient, body: Any) -> None:
    assert answered(reader, SEARCH, json=body) == answered(reader, SEARCH + USUAL, json=body)
    batch = {"requests": [body, body]}
    assert answered(reader, f"{SEARCH}:batch", json=batch) == answered(reader, f"{SEARCH}:batch{USUAL}", json=batch)


@pytest.mark.parametrize(
    "request_",
    [
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"content": b'{"strategy": NaN}', "headers": {"content-type": "application/json"}},
        {"content": b'{"strategy": "trending"}', "headers": {"content-type": "text/plain"}},
        {"content": b'\xef\xbb\xbf{"strategy": "trending"}', "headers": {"content-type": "application/json"}},
        {"json": {"strategy": "trending"}, "headers": {"authorization": "Bearer nonsense"}},
    ],
)
def test_a_request_that_is_not_good_is_told_the_same(reader: TestClient, request_: dict[str, Any]) -> None:
    assert answered(reader, PATH, **request_) == answered(reader, PATH + USUAL, **request_)


def test_a_buyer_without_the_scope_or_the_catalogue_gets_no_unit(reader: TestClient, token: Token) -> None:
    body = {"strategy": "trending"}
    for claims, status in (({"scope": "events"}, 403), ({"catalogs": ["other"]}, 404)):
        headers = token(sub="u", **claims)
        assert answered(reader, PATH, json=body, headers=headers)[0] == status
        assert answered(reader, PATH + USUAL, json=body, headers=headers)[0] == status


def test_an_endpoint_with_other_parameters_is_no_plain_one() -> None:
    async def endpoint(catalog: str, body: str) -> None: ...

    with pytest.raises(TypeError, match="takes"):
        APIRouter(route_class=PlainRoute).post("/x/{catalog}")(endpoint)
