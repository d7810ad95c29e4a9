"""Assortments in the back office."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api import answers, price_answers
from api.buyer import Merchandiser
from api.price_bodies import assortment_from_json, assortment_head_to_json, assortment_to_json
from api.product_page import Json
from api.rendering import JsonResponse
from api.resources import After, DryRun, Limit, checked_id, json_of, listed
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownAssortment

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)


@router.put(
    "/assortments/{assortment_id:path}",
    response_model=price_answers.AssortmentWrite,
    openapi_extra=price_answers.ASSORTMENT_BODY,
)
async def put_assortment(
    request: Request,
    catalog: CatalogId,
    assortment_id: str,
    shop: TheShop,
    buyer: Merchandiser,
    dry_run: DryRun = False,
) -> JsonResponse:
    """Put an assortment in the place of the one of this id: the products that some buyers see.

    Those included and not excluded, by id or by filter. Without ``include`` all are included; with an empty one, none.
    """
    shelf = shop.shelf(catalog, buyer)
    value = json_of(await request.body())
    assortment = assortment_from_json(value, checked_id(assortment_id), shelf.index.fields())
    written = await run_in_threadpool(shop.records.put_assortment, catalog, assortment, dry_run=dry_run)
    answer: Json = {
        "id": written.id,
        "version": written.version,
        "changed": written.changed,
        "unknown": written.unknown,
        "dry_run": dry_run,
    }
    return JsonResponse(answer)


@router.get("/assortments", response_model=price_answers.AssortmentsResponse)
async def list_assortments(
    catalog: CatalogId, shop: TheShop, buyer: Merchandiser, after: After = "", limit: Limit = 100
) -> JsonResponse:
    """Return the assortments by id, with the number of their ids."""
    shop.shelf(catalog, buyer)
    heads = partial(shop.records.assortments, catalog, after=after, limit=limit)
    return await listed("assortments", lambda: map(assortment_head_to_json, heads()), limit)


@router.get("/assortments/{assortment_id:path}", response_model=price_answers.AssortmentResponse)
async def one_assortment(catalog: CatalogId, assortment_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Return one assortment."""
    shop.shelf(catalog, buyer)
    found = await run_in_threadpool(shop.records.assortment, catalog, assortment_id)
    return JsonResponse(assortment_to_json(found))


@router.delete("/assortments/{assortment_id:path}", response_model=answers.DeleteResponse)
async def delete_assortment(catalog: CatalogId, assortment_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Remove an assortment; buyers see nothing by the name of one that does not exist."""
    shop.shelf(catalog, buyer)
    if not await run_in_threadpool(shop.records.delete_assortment, catalog, assortment_id):
        raise UnknownAssortment(f"there is no assortment {assortment_id[:100]!r}")
    return JsonResponse({"deleted": 1})
