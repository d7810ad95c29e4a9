"""The OpenAPI document: complete, and true of what the service answers."""

import json
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NotSet
from schemathesis.schemas import APIOperation

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import Token

PATHS = {
    "/v1/{catalog}/search", "/v1/{catalog}/search:batch", "/v1/{catalog}/suggest", "/v1/catalogs",
    "/v1/{catalog}/categories", "/v1/{catalog}/products", "/v1/{catalog}/products/{product_id}",
    "/v1/{catalog}/offers", "/v1/{catalog}/status", "/health/live", "/health/ready", "/metrics",
}  # fmt: skip


SCHEMA = schemathesis.openapi.from_dict(create_app(Settings(home=Path("unused"), log_level="error")).openapi())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_generated_request_breaks_the_service(operation: APIOperation, reader: TestClient, token: Token) -> None:
    documented = operation.definition.raw["responses"]

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        path = case.path.replace("{catalog}", "icecat").replace("{product_id}", "3920564")
        body = None if isinstance(case.body, NotSet) else case.body
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        headers = {**token(sub="a", scope="search"), "content-type": "application/json"}
        query = {name: str(value) for name, value in (case.query or {}).items()}
        response = reader.request(case.method, path, params=query, content=content, headers=headers)
        assert str(response.status_code) in documented, response.text
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


def test_answers_are_of_the_documented_shape(reader: TestClient) -> None:
    document = schemathesis.openapi.from_dict(reader.get("/openapi.json").json())
    for method, path, body in (
        ("POST", "/v1/{catalog}/search", {"query": "laptop", "explain": True}),
        ("GET", "/v1/{catalog}/suggest", None),
        ("GET", "/v1/catalogs", None),
        ("GET", "/v1/{catalog}/categories", None),
    ):
        url = path.replace("{catalog}", "icecat")
        response = reader.request(method, url, json=body, params={"q": "lap"} if "suggest" in path else None)
        document[path][method].validate_response(response)
