"""The map of a catalogue."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

from api.bodies import filter_of
from api.buyer import Merchandiser
from api.json_body import StrictJsonRoute
from api.map_answers import GapsResponse, MapResponse, gaps_answer, map_answer
from api.map_bodies import MapBody
from api.map_demand import asked
from api.preview import At, Viewer
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.shop import CatalogId, TheShop
from commerce.buyer import ANONYMOUS
from engines.plan import SearchPlan
from ranking.fields import resolve_filter, resolve_selection
from ranking.product_map.gaps import gaps
from ranking.product_map.view import seen
from ranking.visible_fields import fields_of

router = APIRouter(prefix="/v1/{catalog}", responses=PROBLEMS, route_class=StrictJsonRoute)
_LOOKS_BACK = timedelta(days=30)


@router.post("/map", response_model=MapResponse, tags=["catalogue"], openapi_extra=TOKEN_OPTIONAL)
async def product_map(catalog: CatalogId, body: MapBody, shop: TheShop, buyer: Viewer, at: At) -> JsonResponse:
    """Return the buyer's products on a plane where the like lie near each other.

    Columns instead of objects keep twenty thousand products small; names and prices of a few are at
    `GET /v1/{catalog}/products`. 503 `model_unavailable` until a map is drawn (`vitrine train map`).
    """

    def drawn() -> Json:
        index = shop.shelf(catalog, buyer).index
        product_map, version = shop.product_map(catalog)
        fields = fields_of(index, buyer)
        condition = filter_of(body.filter)
        plan = SearchPlan(
            buyer=buyer,
            at=at,
            filter=None if condition is None else resolve_filter(condition, fields),
            selections=tuple(resolve_selection(each, fields) for each in body.selections()),
        )
        return map_answer(product_map, seen(product_map, index.ids(plan)), version)

    return JsonResponse(await shop.answer(drawn))


@router.get("/map/gaps", response_model=GapsResponse, tags=["back office"])
async def map_gaps(
    catalog: CatalogId,
    shop: TheShop,
    merchandiser: Merchandiser,
    buyer: Viewer,
    at: At,
    since: Annotated[AwareDatetime | None, Query(description="Searches from then on; 30 days ago if left out")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Searches before then")] = None,
) -> JsonResponse:
    """Say where the range does not meet what is searched for, for the buyer that `as_account` or `as_group` names.

    A region is a gap where searches found nothing, where few of its products are in the buyer's assortment, or where
    much is asked and little is there.
    """
    shop.shelf(catalog, merchandiser)
    begin = since or datetime.now(UTC) - _LOOKS_BACK

    def found() -> Json:
        shelf = shop.shelf(catalog, buyer)
        drawn, version = shop.product_map(catalog)
        searches = shop.records.searches(catalog, since=begin, until=until)
        queries = list(asked(searches, shelf.index, shelf.models.encoder, ANONYMOUS))
        everything = shelf.index.ids(SearchPlan(buyer=ANONYMOUS))
        mine = shelf.index.ids(SearchPlan(buyer=buyer, at=at))
        return gaps_answer(gaps(drawn, everything, mine, queries), version, sum(each.searches for each in queries))

    return JsonResponse(await run_in_threadpool(found))
