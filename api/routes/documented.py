"""The problem answers that every route may give, for the OpenAPI document."""

from typing import Any

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
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in _WHEN.items()
}
# One of them names the model, so that its schema is part of the document.
PROBLEMS[422] = {"description": _WHEN[422], "model": Problem}
