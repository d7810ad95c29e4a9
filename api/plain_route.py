"""Requests that say nothing unusual, answered without solving dependencies: that takes longer than many an answer."""

from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from api.json_body import StrictJsonRoute, without_mark

_PARAMETERS = {"request", "catalog", "body", "shop", "buyer", "at", "drafts"}
_JSON = "application/json"


class PlainRoute(StrictJsonRoute):
    """A route of a shopper's question: its endpoint takes request, catalog, body, shop, buyer (a Viewer), at
    and drafts.

    A good body of JSON, by a buyer who may search, without any query parameter goes to the endpoint at once, for then
    there is only one thing that each parameter can be. Everything else goes the usual way, which also says what is
    wrong with a request.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler."""
        usual = super().get_route_handler()
        endpoint = self.endpoint
        parameters = signature(endpoint, eval_str=True).parameters
        if parameters.keys() != _PARAMETERS:
            raise TypeError(f"{endpoint.__name__}: a plain route's endpoint takes {sorted(_PARAMETERS)} and no more")
        asked = parameters["body"].annotation
        read: TypeAdapter[Any] = TypeAdapter(asked)

        async def plainly(request: Request) -> Response:
            scope, tokens = request.scope, request.app.state.tokens
            headers = request.headers
            if scope["query_string"] or tokens.may_fetch or headers.get("content-type") != _JSON:
                return await usual(request)
            authorization = headers.get("authorization")
            try:
                body = read.validate_python(orjson.loads(without_mark(await request.body())))
            except (orjson.JSONDecodeError, ValidationError):
                return await usual(request)
            buyer = tokens.buyer(authorization)
            if "search" not in buyer.scopes:
                return await usual(request)
            answer: Response = await endpoint(
                request=request,
                catalog=scope["path_params"]["catalog"],
                body=body,
                shop=request.app.state.shop,
                buyer=buyer,
                at=None,
                drafts=False,
            )
            return answer

        return plainly
