"""Every error is a problem document with a stable code."""

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Token

SEARCH = "/v1/icecat/search"
BODIES: list[tuple[dict[str, object], int, str, str]] = [
    ({"page": 0}, 422, "invalid_page", "/page"),
    ({"page_size": 101}, 422, "invalid_page", "/page_size"),
    ({"page": 101, "page_size": 100}, 422, "invalid_page", "/page"),
    ({"page": "1"}, 422, "invalid_page", "/page"),
    ({"cursor": "nonsense"}, 422, "invalid_page", "/cursor"),
    ({"filter": "price <"}, 422, "invalid_filter", "/filter"),
    ({"filter": {"and": []}}, 422, "invalid_filter", "/filter/and"),
    ({"filter": 'price < "cheap"'}, 422, "invalid_filter", "/filter"),
    ({"filter": 'released > "soon"'}, 422, "invalid_filter", "/filter"),
    ({"filter": "nowhere = 1"}, 422, "unknown_field", "/filter"),
    ({"facets": ["brand", "nowhere"]}, 422, "unknown_field", "/facets/1"),
    ({"facet_filters": {"nowhere": ["x"]}}, 422, "unknown_field", "/facet_filters/nowhere"),
    ({"facet_filters": {"brand": [{"gte": 1}]}}, 422, "invalid_filter", "/facet_filters/brand"),
    ({"sort": "nowhere"}, 422, "unknown_field", "/sort"),
    ({"sort": "attributes.nowhere:asc"}, 422, "unknown_field", "/sort"),
    ({"mode": "magic"}, 422, "invalid_request", "/mode"),
    ({"mode": "semantic", "query": "laptop"}, 503, "model_unavailable", "/mode"),
    ({"nobody": "knows"}, 422, "invalid_request", "/nobody"),
    ({"query": 1}, 422, "invalid_request", "/query"),
    ({"query": "x" * 1_001}, 413, "too_large", "/query"),
    ({"filter": "x" * 10_001}, 413, "too_large", "/filter/constrained-str"),
    ({"facets": ["brand"] * 51}, 413, "too_large", "/facets"),
    ({"facet_limit": 1_001}, 422, "invalid_request", "/facet_limit"),
]


def check(response: object, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status, response.text  # type: ignore[attr-defined]
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    problem: dict[str, object] = response.json()  # type: ignore[attr-defined]
    assert {"type", "title", "status", "detail", "instance", "code", "errors"} == set(problem)
    assert (problem["status"], problem["code"]) == (status, code)
    return problem


@pytest.mark.parametrize(("body", "status", "code", "pointer"), BODIES)
def test_an_invalid_search_says_what_and_where(
    reader: TestClient, body: dict[str, object], status: int, code: str, pointer: str
) -> None:
    problem = check(reader.post(SEARCH, json=body), status, code)
    errors: list[dict[str, str]] = problem["errors"]  # type: ignore[assignment]
    assert errors[0]["pointer"].split("/")[1] == pointer.split("/")[1]


@pytest.mark.parametrize(
    "body", [b"{", b"", b'{"query": "\xff"}', b'{"query": "\\ud800"}', b'{"query": "x",}', b"\x00", b"NaN"]
)
def test_a_body_that_is_not_json_is_400_or_422(reader: TestClient, body: bytes) -> None:
    response = reader.post(SEARCH, content=body, headers={"content-type": "application/json"})
    assert response.status_code in ({422} if body == b"" else {400})
    assert response.json()["code"] in {"malformed", "invalid_request"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/icecat/nowhere", 404, "not_found"),
        ("DELETE", SEARCH, 405, "method_not_allowed"),
        ("POST", "/v1/nowhere/search", 404, "unknown_catalog"),
        ("POST", "/v1/..%2f..%2fetc/search", 404, "not_found"),
        ("POST", "/v1/NoWhere%00/search", 404, "unknown_catalog"),
        ("GET", "/v1/icecat/products/nope", 404, "unknown_product"),
        ("GET", "/v1/icecat/suggest?limit=99", 422, "invalid_request"),
        ("GET", "/scripts/../../settings.py", 404, "not_found"),
        ("GET", "/scripts/%2e%2e/%2e%2e/settings.py", 404, "not_found"),
        ("GET", "/v1/icecat/products?ids=" + ",".join(str(at) for at in range(101)), 413, "too_large"),
    ],
)
def test_wrong_paths_are_problems_too(reader: TestClient, method: str, path: str, status: int, code: str) -> None:
    check(reader.request(method, path, json={} if method == "POST" else None), status, code)


def test_a_body_over_the_limit_is_refused_announced_or_not(client: TestClient, token: Token) -> None:
    headers = token(sub="a", scope="admin") | {"content-type": "application/json"}
    huge = b"[" + b" " * (10 * 1024 * 1024) + b"]"
    check(client.put("/v1/icecat/products", content=huge, headers=headers), 413, "too_large")
    chunks = (huge[at : at + 1_000_000] for at in range(0, len(huge), 1_000_000))
    check(client.put("/v1/icecat/products", content=chunks, headers=headers), 413, "too_large")


def test_a_request_id_is_echoed_if_it_is_harmless(reader: TestClient) -> None:
    assert reader.get("/health/live", headers={"x-request-id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert len(reader.get("/health/live", headers={"x-request-id": "a b"}).headers["x-request-id"]) == 36


def test_the_batch_has_its_limit(reader: TestClient) -> None:
    check(reader.post("/v1/icecat/search:batch", json={"requests": [{}] * 21}), 413, "too_large")
