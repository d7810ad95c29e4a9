"""The shop's back office: products, offers, status."""

from collections.abc import Iterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Body, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from api import answers
from api.bodies import OfferBody
from api.buyer import Merchandiser
from api.json_body import StrictJsonRoute, without_mark
from api.problems import RequestProblem
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, Shop, TheShop
from commerce.documents import InvalidProduct, catalog_item_from_json
from commerce.errors import UnknownProduct, UnknownProducts
from commerce.product import CatalogItem
from commerce.records import OfferChange

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS, route_class=StrictJsonRoute)
_MOST_ERRORS = 100
_PRODUCTS_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [
                    {
                        "id": "A-1",
                        "title": "USB cable 2 m",
                        "brand": "Acme",
                        "price": {"net": "4.90"},
                        "stock": 12,
                        "availability": [
                            {"location": "Berlin", "quantity": 12},
                            {
                                "location": "Hamburg",
                                "quantity": 0,
                                "lead_time_days": 5,
                                "next_delivery": {"date": "2026-12-01", "quantity": 40},
                            },
                        ],
                    }
                ],
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}


@router.put("/products", response_model=answers.WriteResponse, openapi_extra=_PRODUCTS_BODY)
async def put_products(request: Request, catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Add or replace products: a JSON array, or one object a line. All or none; every product at fault is named."""
    shelf = shop.shelf(catalog, buyer)
    body = without_mark(await request.body())

    def write() -> Json:
        items = _items(body, shelf.catalog.currency)
        written = shop.records.upsert(catalog, items)
        return {"accepted": len(items), "changed": written.written, "unchanged": written.unchanged}

    return JsonResponse(await run_in_threadpool(write))


@router.delete("/products/{product_id:path}", response_model=answers.DeleteResponse)
async def delete_product(catalog: CatalogId, product_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Remove one product."""
    shop.shelf(catalog, buyer)
    deleted = await run_in_threadpool(shop.records.delete, catalog, [product_id])
    if not deleted:
        raise UnknownProduct(f"there is no product {product_id[:100]!r}")
    return JsonResponse({"deleted": deleted})


@router.patch("/offers", response_model=answers.WriteResponse)
async def patch_offers(
    catalog: CatalogId,
    body: Annotated[list[OfferBody], Field(max_length=10_000), Body()],
    shop: TheShop,
    buyer: Merchandiser,
) -> JsonResponse:
    """Change prices and stock only, also by location, of products or of variants by their ids. All or none: an unknown
    id refuses the whole request."""
    shop.shelf(catalog, buyer)
    changes = [each.change() for each in body]
    written = await run_in_threadpool(_patch, shop, catalog, changes)
    named = len({change.product_id for change in changes})
    return JsonResponse({"accepted": len(changes), "changed": written, "unchanged": named - written})


@router.get("/status", response_model=answers.StatusResponse)
async def status(catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Return what serves and how far it is behind the records."""
    stats = shop.shelf(catalog, buyer).index.stats()
    return JsonResponse(
        {
            "catalog": catalog,
            "version": stats.version,
            "products": stats.products,
            "records": shop.records.count(catalog),
            "applied": stats.applied,
            "last_change": shop.records.last_seq(catalog),
            "pending": shop.records.count_changes_since(catalog, stats.applied),
            "disk_bytes": stats.disk_bytes,
            "memory_bytes": stats.memory_bytes,
        }
    )


def _patch(shop: Shop, catalog: str, changes: list[OfferChange]) -> int:
    try:
        return shop.records.patch_known_offers(catalog, changes).written
    except UnknownProducts as error:
        unknown = set(error.ids)
        errors = [
            (f"/{at}/product_id", "there is no such variant, and no such product without variants")
            for at, each in enumerate(changes)
            if each.product_id in unknown
        ]
        raise RequestProblem("unknown_product", error.message, errors[:_MOST_ERRORS], status=422) from error


def _items(body: bytes, currency: str) -> list[CatalogItem]:
    items: list[CatalogItem] = []
    errors: list[tuple[str, str]] = []
    for at, value in enumerate(_values(body)):
        try:
            items.append(catalog_item_from_json(value, currency))
        except InvalidProduct as error:
            errors += [(f"/{at}{pointer}", message) for pointer, message in error.problems]
    if errors:
        message = f"{len(errors)} fields are not valid; nothing was changed"
        raise RequestProblem("invalid_request", message, errors[:_MOST_ERRORS])
    return items


def _values(body: bytes) -> Iterator[object]:
    text = body.strip()
    lines = [text] if text.startswith(b"[") else text.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise RequestProblem("malformed", f"line {number} is not JSON: {error}") from error
        if isinstance(value, list):
            yield from value
        else:
            yield value
