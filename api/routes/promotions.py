"""Promotions in the back office."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api import promotion_answers
from api.back_office import Resource, add_routes
from api.buyer import Merchandiser
from api.product_page import Json
from api.promotion_bodies import promotion_from_json, promotion_head_to_json, promotion_to_json
from api.rendering import JsonResponse
from api.resources import DryRun, checked_id, json_of
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownPromotion
from commerce.records import Records

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)


@router.put(
    "/promotions/{promotion_id:path}",
    response_model=promotion_answers.PromotionWrite,
    openapi_extra=promotion_answers.PROMOTION_BODY,
)
async def put_promotion(
    request: Request,
    catalog: CatalogId,
    promotion_id: str,
    shop: TheShop,
    buyer: Merchandiser,
    dry_run: DryRun = False,
) -> JsonResponse:
    """Put a promotion in the place of the one of this id: what some products cost less, from when until when.

    ``percent`` and ``amount`` are negative, as in rules of price lists; ``net`` is a fixed price. Of those that cannot
    be stacked the buyer has the best, or all that can, whichever is cheaper. A price by a price list stays as it is
    unless ``applies_to_price_lists``. A promotion begins and ends on time, without indexing anew.
    """
    shelf = shop.shelf(catalog, buyer)
    value = json_of(await request.body())
    promotion = promotion_from_json(value, checked_id(promotion_id), shelf.index.fields())
    written = await run_in_threadpool(shop.records.put_promotion, catalog, promotion, dry_run=dry_run)
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
        plural="promotions",
        singular="promotion",
        listed=promotion_answers.PromotionsResponse,
        shown=promotion_answers.PromotionResponse,
        page=lambda records, catalog, after, limit: records.promotions(catalog, after=after, limit=limit),
        one=Records.promotion,
        delete=Records.delete_promotion,
        short=promotion_head_to_json,
        whole=promotion_to_json,
        unknown=UnknownPromotion,
        listed_with=", with the number of their ids",
        removed="; what it made cheaper has its price from before",
    ),
)
