"""The problem answers that every route may give, for the OpenAPI document."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from api.answers import Problem
from api.problems import MEDIA_TYPE

_WHEN = {
    400: "The body is not JSON",
    401: "No token, or not a good one",
    403: "The token lacks the scope",
    404: "No such catalogue, product or path",
    413: "Too large",
    422: "The request is not valid",
    503: "The engine or a model is away",
}
_REFERENCE = "#/components/schemas/{model}"


def problem_of(description: str) -> dict[str, Any]:
    """Document a problem answer."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


PROBLEMS: dict[int | str, dict[str, Any]] = {status: problem_of(text) for status, text in _WHEN.items()}
TAGS = [
    {"name": "search", "description": "Search, facets and suggestions"},
    {"name": "recommendations", "description": "Units of recommended products with their reasons"},
    {"name": "events", "description": "What buyers do, as User Behavior Insights events"},
    {"name": "comparison", "description": "Products side by side, and what the differences mean"},
    {"name": "catalogue", "description": "Catalogues, categories and product pages"},
    {"name": "back office", "description": "Writes of the shop; scope `merchandise` or `admin`"},
    {"name": "service", "description": "Health and metrics"},
]
# Beside bearer tokens, which these paths take, nothing at all will do: the anonymous buyer's searches.
TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}


def document(app: FastAPI) -> None:
    """Add to the app's OpenAPI document what its routes cannot say: the problem's schema, and 422 as a problem too."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            schemas = plain()["components"]["schemas"]
            schemas.update(models_json_schema([(Problem, "serialization")], ref_template=_REFERENCE)[1]["$defs"])
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return plain()

    app.openapi = complete  # type: ignore[method-assign]
