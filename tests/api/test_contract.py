"""The OpenAPI document: complete, and true of what the service answers."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NotSet
from schemathesis.schemas import APIOperation

from api.app import create_app
from api.event_answers import EXAMPLE_EVENT
from api.experiment_bodies import EXAMPLE_EXPERIMENT
from api.price_answers import EXAMPLE_LIST
from api.promotion_answers import EXAMPLE_PROMOTION
from api.rule_answers import EXAMPLE_RULE
from api.settings import Settings
from tests.api.conftest import Token, make_settings

PATHS = {
    "/v1/{catalog}/search", "/v1/{catalog}/search:batch", "/v1/{catalog}/suggest",
    "/v1/{catalog}/map", "/v1/{catalog}/map/gaps",
    "/v1/{catalog}/guide", "/v1/{catalog}/settings/guide", "/v1/{catalog}/settings/relevance",
    "/v1/catalogs", "/v1/{catalog}/categories", "/v1/{catalog}/products", "/v1/{catalog}/products/{product_id}",
    "/v1/{catalog}/price-lists", "/v1/{catalog}/price-lists/{list_id}",
    "/v1/{catalog}/products/{product_id}/price-explanation",
    "/v1/{catalog}/assortments", "/v1/{catalog}/assortments/{assortment_id}",
    "/v1/{catalog}/promotions", "/v1/{catalog}/promotions/{promotion_id}",
    "/v1/{catalog}/accounts", "/v1/{catalog}/accounts/{account_id}",
    "/v1/{catalog}/synonyms", "/v1/{catalog}/synonyms/{synonym_id}", "/v1/{catalog}/synonym-proposals",
    "/v1/{catalog}/reports/behaviour",
    "/v1/{catalog}/compare",
    "/v1/{catalog}/rules", "/v1/{catalog}/rules/{rule_id}", "/v1/{catalog}/rules/conflicts",
    "/v1/{catalog}/rules/versions/{rule_id}", "/v1/{catalog}/rules/publish", "/v1/{catalog}/rules/rollback",
    "/v1/{catalog}/experiments", "/v1/{catalog}/experiments/{experiment_id}",
    "/v1/{catalog}/experiments/{experiment_id}/results", "/v1/{catalog}/experiments/sample-size",
    "/v1/{catalog}/recommendations/strategies",
    "/v1/{catalog}/recommendations", "/v1/{catalog}/recommendations:batch", "/v1/{catalog}/events",
    "/v1/{catalog}/profiles/me",
    "/v1/tokens/revoked/{jti}", "/v1/tokens/revoked-users/{sub}",
    "/v1/{catalog}/offers", "/v1/{catalog}/orders", "/v1/{catalog}/status", "/health/live", "/health/ready", "/metrics",
}  # fmt: skip


SCHEMA = schemathesis.openapi.from_dict(create_app(Settings(home=Path("unused"), log_level="error")).openapi())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture(scope="module")
def writer(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client whose catalogue generated requests may spoil."""
    home = tmp_path_factory.mktemp("spoilt") / "home"
    shutil.copytree(built, home)
    with TestClient(create_app(make_settings(home)), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_generated_request_breaks_the_service(operation: APIOperation, writer: TestClient, token: Token) -> None:
    documented = operation.definition.raw["responses"]

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        path = case.path.replace("{catalog}", "icecat").replace("{product_id}", "3920564")
        body = None if isinstance(case.body, NotSet) else case.body
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        headers = {**token(sub="a", scope="search events admin"), "content-type": "application/json"}
        query = {name: str(value) for name, value in (case.query or {}).items()}
        response = writer.request(case.method, path, params=query, content=content, headers=headers)
        assert str(response.status_code) in documented, response.text
        assert response.status_code not in {401, 403}
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["status"] == response.status_code

    ask()


def test_the_document_has_every_path_with_examples(reader: TestClient) -> None:
    document = reader.get("/openapi.json").json()
    assert set(document["paths"]) == PATHS
    search = document["paths"]["/v1/{catalog}/search"]["post"]
    assert {"200", "400", "401", "403", "404", "413", "422", "503"} <= set(search["responses"])
    assert "examples" in document["components"]["schemas"]["SearchBody"]


ANSWERED: list[tuple[str, str, dict[str, str], object]] = [
    ("POST", "/v1/{catalog}/search", {}, {"query": "laptop", "explain": True}),
    ("POST", "/v1/{catalog}/search", {}, {"filter": "price <"}),
    ("POST", "/v1/{catalog}/guide", {}, {"query": "toner", "answers": [{"question_id": "brand", "value": None}]}),
    ("POST", "/v1/{catalog}/guide", {}, {"answers": [{"question_id": "nothing", "value": 1}]}),
    ("PUT", "/v1/{catalog}/settings/guide", {}, {"*": {"never": ["price"]}}),
    ("PUT", "/v1/{catalog}/settings/guide", {}, {"*": {"no": []}}),
    ("GET", "/v1/{catalog}/settings/guide", {}, None),
    ("DELETE", "/v1/{catalog}/settings/guide", {}, None),
    ("PUT", "/v1/{catalog}/settings/relevance", {}, {"weights": {"kind": 1.0}}),
    ("PUT", "/v1/{catalog}/settings/relevance", {}, {"weights": {"kind": 99}}),
    ("GET", "/v1/{catalog}/settings/relevance", {}, None),
    ("GET", "/v1/{catalog}/settings/relevance", {"version": "77"}, None),
    ("POST", "/v1/{catalog}/search:batch", {}, {"requests": [{"query": "laptop"}, {}]}),
    ("POST", "/v1/{catalog}/events", {}, [EXAMPLE_EVENT, {}]),
    ("GET", "/v1/{catalog}/profiles/me", {}, None),
    ("DELETE", "/v1/{catalog}/profiles/me", {}, None),
    ("GET", "/v1/{catalog}/suggest", {"q": "lap"}, None),
    ("GET", "/v1/{catalog}/suggest", {"limit": "many"}, None),
    ("POST", "/v1/{catalog}/compare", {}, {"ids": ["3920564", "2101957"]}),
    ("POST", "/v1/{catalog}/compare", {}, {"ids": ["3920564", "nope"]}),
    ("GET", "/v1/catalogs", {}, None),
    ("GET", "/v1/{catalog}/categories", {}, None),
    ("GET", "/v1/{catalog}/products", {"ids": "3920564,nope"}, None),
    ("GET", "/v1/{catalog}/products/{product_id}", {}, None),
    ("PUT", "/v1/{catalog}/products", {}, [{"id": "new", "title": "A lamp"}]),
    ("PUT", "/v1/{catalog}/products", {}, [{"id": "new"}]),
    ("PATCH", "/v1/{catalog}/offers", {}, [{"product_id": "3920564", "stock": 1}]),
    ("PUT", "/v1/{catalog}/price-lists/{list_id}", {"dry_run": "true"}, EXAMPLE_LIST),
    ("PUT", "/v1/{catalog}/price-lists/{list_id}", {}, EXAMPLE_LIST),
    ("PUT", "/v1/{catalog}/price-lists/{list_id}", {}, {"prices": [{}]}),
    ("GET", "/v1/{catalog}/price-lists", {}, None),
    ("GET", "/v1/{catalog}/price-lists/{list_id}", {}, None),
    ("DELETE", "/v1/{catalog}/price-lists/{list_id}", {}, None),
    ("PUT", "/v1/{catalog}/assortments/{assortment_id}", {}, {"include": {"ids": ["1"], "filter": 'brand = "HP"'}}),
    ("GET", "/v1/{catalog}/assortments", {}, None),
    ("GET", "/v1/{catalog}/assortments/{assortment_id}", {}, None),
    ("DELETE", "/v1/{catalog}/assortments/{assortment_id}", {}, None),
    ("PUT", "/v1/{catalog}/promotions/{promotion_id}", {}, {**EXAMPLE_PROMOTION, "valid_from": None}),
    ("PUT", "/v1/{catalog}/promotions/{promotion_id}", {}, {"percent": "5"}),
    ("GET", "/v1/{catalog}/promotions", {}, None),
    ("GET", "/v1/{catalog}/promotions/{promotion_id}", {}, None),
    ("GET", "/v1/{catalog}/products/{product_id}/price-explanation", {}, None),
    ("DELETE", "/v1/{catalog}/promotions/{promotion_id}", {}, None),
    ("PUT", "/v1/{catalog}/experiments/{experiment_id}", {}, EXAMPLE_EXPERIMENT),
    ("GET", "/v1/{catalog}/experiments", {}, None),
    ("GET", "/v1/{catalog}/experiments/sample-size", {"baseline": "0.1"}, None),
    ("PUT", "/v1/{catalog}/rules/{rule_id}", {}, EXAMPLE_RULE),
    ("PUT", "/v1/{catalog}/rules/{rule_id}", {}, {"when": []}),
    ("PUT", "/v1/{catalog}/rules/{rule_id}", {"draft": "true"}, {}),
    ("GET", "/v1/{catalog}/rules", {}, None),
    ("GET", "/v1/{catalog}/rules/{rule_id}", {}, None),
    ("GET", "/v1/{catalog}/rules/conflicts", {}, None),
    ("GET", "/v1/{catalog}/rules/versions/{rule_id}", {}, None),
    ("POST", "/v1/{catalog}/rules/publish", {}, {"ids": ["{rule_id}"]}),
    ("POST", "/v1/{catalog}/rules/rollback", {}, {"id": "{rule_id}", "version": 1}),
    ("DELETE", "/v1/{catalog}/rules/{rule_id}", {}, None),
    ("PUT", "/v1/tokens/revoked/{jti}", {}, None),
    ("DELETE", "/v1/tokens/revoked/{jti}", {}, None),
    ("PUT", "/v1/tokens/revoked-users/{sub}", {"issued_before": "2026-01-01T00:00:00Z"}, None),
    ("PUT", "/v1/tokens/revoked-users/{sub}", {"issued_before": "now"}, None),
    ("DELETE", "/v1/tokens/revoked-users/{sub}", {}, None),
    ("GET", "/v1/{catalog}/status", {}, None),
    ("GET", "/health/ready", {}, None),
    ("DELETE", "/v1/{catalog}/products/{product_id}", {}, None),
]


def test_answers_are_of_the_documented_shape(client: TestClient, token: Token) -> None:
    document = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    headers = token(sub="a", scope="search events admin")
    for method, path, query, body in ANSWERED:
        url = path.replace("{catalog}", "icecat").replace("{product_id}", "3920564")
        response = client.request(method, url, json=body, params=query, headers=headers)
        document[path][method].validate_response(response)


def test_the_document_says_who_may_ask(reader: TestClient) -> None:
    document = reader.get("/openapi.json").json()
    assert document["servers"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["paths"]["/v1/{catalog}/search"]["post"]["security"] == [{"bearer": []}, {}]
    assert document["paths"]["/v1/{catalog}/status"]["get"]["security"] == [{"bearer": []}]
    for methods in document["paths"].values():
        for operation in methods.values():
            problems = {status: found for status, found in operation["responses"].items() if status >= "400"}
            assert all("application/problem+json" in found.get("content", {}) for found in problems.values())
    assert "HTTPValidationError" not in document["components"]["schemas"]
