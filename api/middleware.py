"""Around every request: an id, a log line, metrics, limits, and headers that keep browsers safe. Plain ASGI."""

import asyncio
import re
import uuid
from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import problem

LARGEST_BODY = 10 * 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
# Anything else counts as one: a metric's labels must not grow with what strangers send.
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_log = structlog.get_logger()


class Observed:
    """Gives each request an id, counts and times it, and logs one line: no query, no token, no body."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        began = perf_counter()
        status = 500

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, answered)
        finally:
            seconds = perf_counter() - began
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.observe(method, route, status, seconds)
            _log.info(
                "request",
                id=request_id,
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1e3, 2),
            )


class Bounded:
    """Refuses bodies of more than 10 MiB, announced or counted, and requests that take too long.

    An error that nobody foresaw ends here: it is logged with the request's id, and the answer says no more than that.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not (announced.isascii() and announced.isdigit()) or int(announced) > LARGEST_BODY:
            await _too_large(scope)(scope, receive, send)
            return
        size = 0
        started = False

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(413, _LIMIT)
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._seconds):
                await self._app(scope, counted, noted)
        except TimeoutError:
            if started:
                raise
            late = problem("timeout", f"no answer within {self._seconds:g} s", Request(scope).url.path)
            await late(scope, receive, send)
        except Exception as error:
            if started:
                raise
            path = Request(scope).url.path
            _log.error("unexpected_error", id=scope["state"].get("request_id"), path=path, exc_info=error)
            await problem("internal", "the error is in the service's log, under x-request-id", path)(
                scope, receive, send
            )


_LIMIT = f"a body has at most {LARGEST_BODY:,} bytes"


def _too_large(scope: Scope) -> ASGIApp:
    return problem("too_large", _LIMIT, Request(scope).url.path)
