"""Assortments in the back office."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api import price_answers
from api.back_office import Resource, add_routes
from api.buyer import Merchandiser
from api.price_bodies import assortment_from_json, assortment_head_to_json, assortment_to_json
from api.product_page import Json
from api.rendering import JsonResponse
from api.resources import DryRun, checked_id, json_of
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownAssortment
from commerce.records import Records

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


add_routes(
    router,
    Resource(
        plural="assortments",
        singular="assortment",
        listed=price_answers.AssortmentsResponse,
        shown=price_answers.AssortmentResponse,
        page=lambda records, catalog, after, limit: records.assortments(catalog, after=after, limit=limit),
        one=Records.assortment,
        delete=Records.delete_assortment,
        short=assortment_head_to_json,
        whole=assortment_to_json,
        unknown=UnknownAssortment,
        listed_with=", with the number of their ids",
        removed="; buyers see nothing by the name of one that does not exist",
    ),
)
