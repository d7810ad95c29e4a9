"""Every error as a problem document (RFC 9457)."""

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from commerce.documents import InvalidProduct
from engines.port import EngineUnavailable
from language.errors import VitrineError

MEDIA_TYPE = "application/problem+json"
_STATUS = {
    "unknown_catalog": 404,
    "unknown_product": 404,
    "unknown_price_list": 404,
    "unknown_assortment": 404,
    "unknown_account": 404,
    "unknown_promotion": 404,
    "unknown_synonym": 404,
    "unknown_rule": 404,
    "unknown_version": 404,
    "changed_meanwhile": 412,
    "unknown_experiment": 404,
    "unauthenticated": 401,
    "forbidden": 403,
    "too_large": 413,
    "malformed": 400,
    "engine_unavailable": 503,
    "model_unavailable": 503,
    "keys_unavailable": 503,
    "records_unavailable": 503,
    "timeout": 503,
    "too_many_promotions": 503,
    "internal": 500,
}
_TITLES = {
    "unknown_catalog": "No such catalogue",
    "unknown_product": "No such product",
    "unknown_price_list": "No such price list",
    "unknown_assortment": "No such assortment",
    "unknown_account": "No such account",
    "unknown_promotion": "No such promotion",
    "unknown_synonym": "No such synonym",
    "unknown_rule": "No such rule",
    "unknown_version": "No such version",
    "unknown_experiment": "No such experiment",
    "invalid_filter": "The filter cannot be read",
    "unknown_field": "No such field",
    "invalid_page": "No such page",
    "invalid_request": "The request is not valid",
    "unauthenticated": "Who asks is not known",
    "forbidden": "The token does not allow this",
    "too_large": "Too large",
    "malformed": "The body is not JSON",
    "engine_unavailable": "The search engine does not answer",
    "model_unavailable": "The model is not loaded",
    "changed_meanwhile": "Somebody else changed it meanwhile",
    "keys_unavailable": "The token cannot be checked now",
    "records_unavailable": "The records do not answer",
    "too_many_promotions": "More promotions meet than the search engine can be asked for",
    "timeout": "The answer took too long",
    "not_found": "No such path",
    "method_not_allowed": "The path does not take this method",
    "internal": "An error of the service",
}
_CODES_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 400: "malformed", 413: "too_large"}
_PAGE_FIELD = re.compile(r"(/requests/\d+)?/(page|page_size)")
_TOO_LONG = {"string_too_long", "too_long"}
_MOST_ERRORS = 100
_WRONG_TYPE = "send JSON, with the header `content-type: application/json`"

Errors = Sequence[tuple[str, str]]


class RequestProblem(VitrineError):
    """A problem with a request, raised by a route; ``errors`` are (JSON pointer, message) pairs."""

    def __init__(self, code: str, message: str, errors: Errors = (), *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.errors = errors
        self.status = status


def problem(
    code: str,
    detail: str,
    instance: str,
    errors: Errors = (),
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the problem document of a code."""
    status = status or _STATUS.get(code, 422)
    body = {
        "type": f"urn:vitrine:problem:{code}",
        "title": _TITLES.get(code, code.replace("_", " ").capitalize()),
        "status": status,
        "detail": _encodable(detail),
        "instance": _encodable(instance),
        "code": code,
        "errors": [{"pointer": _encodable(pointer), "message": _encodable(message)} for pointer, message in errors],
    }
    more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(orjson.dumps(body), status, {**(headers or {}), **more}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""
    app.add_exception_handler(VitrineError, _of_vitrine)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


def refuse(code: str, message: str, pointer: str) -> NoReturn:
    """Refuse a request for one of its fields."""
    raise RequestProblem(code, message, [(pointer, message)])


async def _of_vitrine(request: Request, error: Exception) -> Response:
    if not isinstance(error, VitrineError):
        raise error
    errors: Errors = [(error.pointer, error.message)] if error.pointer else []
    status = None
    if isinstance(error, RequestProblem):
        errors, status = error.errors, error.status
    elif isinstance(error, InvalidProduct):
        errors = error.problems
    elif isinstance(error, EngineUnavailable):
        request.app.state.metrics.count_engine_failure(type(error).__name__)
    return problem(error.code, error.message, request.url.path, errors, status=status)


async def _of_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    path = request.url.path
    if broken := next((each for each in found if each["type"] == "json_invalid"), None):
        why = broken.get("ctx", {}).get("error", broken["msg"])
        return problem("malformed", f"at character {broken['loc'][-1]}: {why}", path, [("", str(why))])
    if isinstance(error.body, bytes) and error.body:
        return problem("invalid_request", _WRONG_TYPE, path, [("", _WRONG_TYPE)])
    if any(each["type"] in _TOO_LONG for each in found):
        # Where a field may be one of several kinds, what the other kinds would have needed is beside the point.
        errors = _by_field([each for each in found if each["type"] in _TOO_LONG], error.body)
        return problem("too_large", _listed(errors), path, errors)
    errors = _by_field(found, error.body)
    code = "invalid_page" if all(_PAGE_FIELD.fullmatch(at) for at, _ in errors) else "invalid_request"
    return problem(code, _listed(errors), path, errors)


async def _of_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = _CODES_BY_STATUS.get(error.status_code, "invalid_request")
    return problem(code, str(error.detail), request.url.path, status=error.status_code, headers=error.headers)


def _by_field(found: Sequence[Mapping[str, object]], body: object) -> list[tuple[str, str]]:
    """Return one error a field. A member at fault speaks for the whole that it stands in."""
    messages: dict[str, list[str]] = {}
    for each in found[:_MOST_ERRORS]:
        location = each["loc"]
        assert isinstance(location, tuple)
        kept = messages.setdefault(_pointer(location, body, is_missing=each["type"] == "missing"), [])
        text = str(each["msg"]).removeprefix("Value error, ")
        if text not in kept:
            kept.append(text)
    within = {at[:end] for at in messages for end, char in enumerate(at) if char == "/"}
    return [(at, " or ".join(texts)) for at, texts in messages.items() if at not in within]


def _pointer(location: Sequence[object], body: object, *, is_missing: bool) -> str:
    """Return the JSON pointer of a location; its first step says which part of the request, not where in it."""
    steps = list(location[1:])
    if location[0] == "body":
        steps = _within(steps, body, is_missing=is_missing)
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _within(steps: Sequence[object], value: object, *, is_missing: bool) -> list[object]:
    # Steps that the body does not have name a branch of a union, which is nobody's business but pydantic's.
    kept: list[object] = []
    for at, step in enumerate(steps):
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            if not (is_missing and at == len(steps) - 1):
                continue
        kept.append(step)
    return kept


def _listed(errors: Errors) -> str:
    return "; ".join(f"{at or '/'}: {message}" for at, message in errors)


def _encodable(text: str) -> str:
    # Claims of a token may hold unpaired surrogates, which no UTF-8 answer can repeat.
    return text.encode(errors="replace").decode()
