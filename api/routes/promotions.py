"""Promotions in the back office."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api import answers, promotion_answers
from api.buyer import Merchandiser
from api.product_page import Json
from api.promotion_bodies import promotion_from_json, promotion_head_to_json, promotion_to_json
from api.rendering import JsonResponse
from api.resources import After, DryRun, Limit, checked_id, json_of, listed
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownPromotion

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


@router.get("/promotions", response_model=promotion_answers.PromotionsResponse)
async def list_promotions(
    catalog: CatalogId, shop: TheShop, buyer: Merchandiser, after: After = "", limit: Limit = 100
) -> JsonResponse:
    """Return the promotions by id, with the number of their ids."""
    shop.shelf(catalog, buyer)
    heads = partial(shop.records.promotions, catalog, after=after, limit=limit)
    return await listed("promotions", lambda: map(promotion_head_to_json, heads()), limit)


@router.get("/promotions/{promotion_id:path}", response_model=promotion_answers.PromotionResponse)
async def one_promotion(catalog: CatalogId, promotion_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Return one promotion."""
    shop.shelf(catalog, buyer)
    found = await run_in_threadpool(shop.records.promotion, catalog, promotion_id)
    return JsonResponse(promotion_to_json(found))


@router.delete("/promotions/{promotion_id:path}", response_model=answers.DeleteResponse)
async def delete_promotion(catalog: CatalogId, promotion_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Remove a promotion; what it made cheaper has its price from before."""
    shop.shelf(catalog, buyer)
    if not await run_in_threadpool(shop.records.delete_promotion, catalog, promotion_id):
        raise UnknownPromotion(f"there is no promotion {promotion_id[:100]!r}")
    return JsonResponse({"deleted": 1})
