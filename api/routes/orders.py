"""The history of orders, from the shop's own systems."""

from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api import answers
from api.buyer import Merchandiser
from api.json_body import without_mark
from api.problems import RequestProblem
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.order_documents import MOST_ORDERS, InvalidOrder, orders_from_json

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)
_MOST_ERRORS = 100
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}, "maxItems": MOST_ORDERS},
                "example": [
                    {
                        "order_id": "536365",
                        "account": "17850",
                        "user": "17850",
                        "placed_at": "2010-12-01T08:26:00Z",
                        "lines": [{"product_id": "85123A", "quantity": 6, "net": "2.55", "currency": "GBP"}],
                    }
                ],
            }
        },
    }
}


@router.post("/orders", response_model=answers.WriteResponse, openapi_extra=_BODY)
async def post_orders(request: Request, catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Add orders, all or none; one that is given again takes the place of itself, an equal one changes nothing.

    A line with a negative quantity takes back what the same account bought before. Durable when this answers.
    """
    shop.shelf(catalog, buyer)
    given = _orders(without_mark(await request.body()))
    try:
        orders = orders_from_json(given)
    except InvalidOrder as error:
        raise RequestProblem("invalid_request", error.message, error.problems[:_MOST_ERRORS]) from error
    done = await run_in_threadpool(shop.records.put_orders, catalog, orders)
    return JsonResponse({"accepted": len(orders), "changed": done.written, "unchanged": len(orders) - done.written})


def _orders(body: bytes) -> list[object]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestProblem("malformed", f"the body is not JSON: {error}", [("", str(error))]) from error
    if not isinstance(value, list):
        message = "a list of orders is needed"
        raise RequestProblem("invalid_request", message, [("", message)])
    if len(value) > MOST_ORDERS:
        raise RequestProblem("too_large", f"at most {MOST_ORDERS:,} orders a request, not {len(value):,}")
    return value
