"""Every error as a problem document (RFC 9457)."""

from collections.abc import Sequence
from typing import NoReturn

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from commerce.documents import InvalidProduct
from language.errors import VitrineError

MEDIA_TYPE = "application/problem+json"
_STATUS = {
    "unknown_catalog": 404,
    "unknown_product": 404,
    "unauthenticated": 401,
    "forbidden": 403,
    "too_large": 413,
    "malformed": 400,
    "engine_unavailable": 503,
    "model_unavailable": 503,
    "timeout": 503,
    "internal": 500,
}
_TITLES = {
    "unknown_catalog": "No such catalogue",
    "unknown_product": "No such product",
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
    "timeout": "The answer took too long",
    "not_found": "No such path",
    "method_not_allowed": "The path does not take this method",
    "internal": "An error of the service",
}
_CODES_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 400: "malformed", 413: "too_large"}
_PAGE_FIELDS = {"page", "page_size"}
_TOO_LONG = {"string_too_long", "too_long"}
_BROKEN_TEXT = {"json_invalid", "string_unicode"}
_log = structlog.get_logger()

Errors = Sequence[tuple[str, str]]


class RequestProblem(VitrineError):
    """A problem with a request, raised by a route; ``errors`` are (JSON pointer, message) pairs."""

    def __init__(self, code: str, message: str, errors: Errors = (), *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.errors = errors
        self.status = status


def problem(code: str, detail: str, instance: str, errors: Errors = (), *, status: int | None = None) -> Response:
    """Return the problem document of a code."""
    status = status or _STATUS.get(code, 422)
    body = {
        "type": f"urn:vitrine:problem:{code}",
        "title": _TITLES.get(code, code.replace("_", " ").capitalize()),
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "errors": [{"pointer": pointer, "message": message} for pointer, message in errors],
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    content = orjson.dumps(body, default=str) if _encodable(body) else orjson.dumps({**body, "detail": _TITLES[code]})
    return Response(content, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the app answer every error with a problem document."""
    app.add_exception_handler(VitrineError, _of_vitrine)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_anything)


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
    return problem(error.code, error.message, request.url.path, errors, status=status)


async def _of_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    kinds = {each["type"] for each in found}
    errors = list(dict.fromkeys((_pointer(each["loc"]), str(each["msg"])) for each in found))
    if kinds & _BROKEN_TEXT:
        return problem("malformed", errors[0][1], request.url.path, errors, status=400)
    if kinds & _TOO_LONG:
        return problem("too_large", errors[0][1], request.url.path, errors)
    fields = {str(each["loc"][-1]) for each in found}
    code = "invalid_page" if fields <= _PAGE_FIELDS else "invalid_request"
    return problem(code, "; ".join(f"{at or '/'}: {message}" for at, message in errors), request.url.path, errors)


async def _of_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = _CODES_BY_STATUS.get(error.status_code, "invalid_request")
    return problem(code, str(error.detail), request.url.path, status=error.status_code)


async def _of_anything(request: Request, error: Exception) -> Response:
    _log.error("unexpected_error", path=request.url.path, exc_info=error)
    return problem("internal", "the error is in the service's log", request.url.path)


def _pointer(location: Sequence[object]) -> str:
    # The first step says which part of the request, not where in it.
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in location[1:]]
    return "".join(f"/{step}" for step in steps)


def _encodable(body: object) -> bool:
    try:
        orjson.dumps(body, default=str)
    except TypeError:
        return False
    return True
