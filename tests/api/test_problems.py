"""Every error is a problem document with a stable code."""

import asyncio
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from tests.api.conftest import Token, make_settings

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
    ({"filter": "x" * 10_001}, 413, "too_large", "/filter"),
    ({"facets": ["brand"] * 51}, 413, "too_large", "/facets"),
    ({"facet_limit": 1_001}, 422, "invalid_request", "/facet_limit"),
    ({"facets": ["brand", 1]}, 422, "invalid_request", "/facets/1"),
    ({"facet_filters": {"a/b~": ["x", None]}}, 422, "invalid_request", "/facet_filters/a~1b~0/1"),
    ({"facet_filters": {"price": [{"gte": "cheap"}]}}, 422, "invalid_request", "/facet_filters/price/0/gte"),
    ({"facet_filters": {"page": 1}}, 422, "invalid_request", "/facet_filters/page"),
    ({"facet_filters": {"brand": [None] * 1_001}}, 413, "too_large", "/facet_filters"),
    ({"facet_filters": {str(at): [] for at in range(51)}}, 413, "too_large", "/facet_filters"),
    ({"filter": {"or": [{"field": "brand", "op": "=", "value": "x"}] * 2_000}}, 413, "too_large", "/filter"),
    ({"facet_search": {"prefix": "x"}}, 422, "invalid_request", "/facet_search/field"),
    (dict.fromkeys(map(str, range(200)), 1), 422, "invalid_request", ""),
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
    assert errors[0]["pointer"] == pointer
    assert len(errors) == 1


BROKEN = [
    b"{", b'{"query": "\xff"}', b'{"query": "x",}', b"\x00", b"NaN", b'{"page": NaN}', b"[" * 100_000,
    b'{"query": "\\ud800"}', b'{"\\ud800": 1}', b'{"facet_filters": {"\\ud800": ["x"]}}',
    b'{"facet_filters": {"brand": ["\\ud800"]}}', b'{"filter": {"field": "brand", "op": "=", "value": "\\ud800"}}',
    b'{"facet_filters": {"price": [{"gte": 1' + b"0" * 400 + b"}]}}", '{"query": "hp"}'.encode("utf-16"),
]  # fmt: skip


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:40]))
def test_a_body_that_is_not_json_is_400(reader: TestClient, body: bytes) -> None:
    check(reader.post(SEARCH, content=body, headers={"content-type": "application/json"}), 400, "malformed")


def test_a_body_in_another_form_is_told_what_is_needed(reader: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert "application/json" in str(check(reader.post(SEARCH, content=b"{}", headers=form), 422, "invalid_request"))
    check(reader.post(SEARCH, content=b""), 422, "invalid_request")
    marked = reader.post(SEARCH, content=b"\xef\xbb\xbf{}", headers={"content-type": "application/json"})
    assert marked.status_code == 200


def test_a_deep_filter_is_refused_however_deep(reader: TestClient) -> None:
    for depth in (51, 300, 900):
        body = b'{"filter":' + b'{"not":' * depth + b"{}" + b"}" * depth + b"}"
        response = reader.post(SEARCH, content=body, headers={"content-type": "application/json"})
        check(response, 422, "invalid_filter")


def test_numbers_beyond_every_price_find_nothing_or_everything(reader: TestClient) -> None:
    for edge, finds in (("1e999999", False), (10**19, False), ("-1e999999", True)):
        answer = reader.post(SEARCH, json={"facet_filters": {"price": [{"gte": edge}]}}).json()
        assert bool(answer["total"]) == finds, edge


def test_an_error_in_a_batch_names_the_request(reader: TestClient) -> None:
    for wrong, code, pointer in (
        ({"facets": ["nowhere"]}, "unknown_field", "/requests/1/facets/0"),
        ({"filter": "price <"}, "invalid_filter", "/requests/1/filter"),
        ({"page": 0}, "invalid_page", "/requests/1/page"),
    ):
        problem = check(reader.post("/v1/icecat/search:batch", json={"requests": [{}, wrong]}), 422, code)
        assert problem["errors"][0]["pointer"] == pointer  # type: ignore[index]


def test_a_wrong_method_is_told_the_right_ones(reader: TestClient) -> None:
    assert reader.delete(SEARCH).headers["allow"] == "POST"


def test_an_unforeseen_error_tells_only_its_request_id(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(make_settings(home))

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    with TestClient(app) as client:
        response = client.get("/broken", headers={"x-request-id": "abc-1"})
    check(response, 500, "internal")
    assert "secret" not in response.text
    assert response.headers["x-request-id"] == "abc-1"
    logged = orjson.loads(capsys.readouterr().out.splitlines()[-1])
    assert logged["id"] == "abc-1"
    assert "a secret detail" in logged["exception"]


def test_a_late_answer_is_503(home: Path) -> None:
    app = create_app(make_settings(home, request_timeout=0.01))

    @app.get("/late")
    async def late() -> None:
        await asyncio.Event().wait()

    with TestClient(app) as client:
        check(client.get("/late"), 503, "timeout")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/icecat/nowhere", 404, "not_found"),
        ("DELETE", SEARCH, 405, "method_not_allowed"),
        ("POST", "/v1/nowhere/search", 404, "unknown_catalog"),
        ("POST", "/v1/..%2f..%2fetc/search", 404, "not_found"),
        ("POST", f"/v1/{'x' * 200}/search", 404, "unknown_catalog"),
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
