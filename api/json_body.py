"""Request bodies read as strict JSON: no NaN, no unpaired surrogates, no invalid UTF-8."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def without_mark(body: bytes) -> bytes:
    """Return the body without the byte-order mark that some Windows programs write first."""
    return body.removeprefix(_BYTE_ORDER_MARK)


class _StrictRequest(Request):
    async def json(self) -> Any:
        """Return the body's value. Raises orjson.JSONDecodeError, which FastAPI reports as a validation error."""
        return orjson.loads(without_mark(await self.body()))


class StrictJsonRoute(APIRoute):
    """A route whose body orjson reads: stricter than the standard library's reader, and quicker."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            if hasattr(request, "_body"):
                strict._body = request._body  # a stream can be read only once
            return await handle(strict)

        return strictly
