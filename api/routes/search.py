"""Search and suggestions."""

import uuid
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api import answers, rendering
from api.bodies import BatchBody, SearchBody
from api.experimenting import trial_of
from api.metrics import Metrics
from api.plain_route import PlainRoute
from api.preview import At, Drafts, Viewer, is_preview
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.search_records import search_record
from api.shop import CatalogId, Shelf, Shop, TheShop
from commerce.buyer import Buyer
from language.errors import VitrineError
from ranking.interleaving import Way
from ranking.search import search
from ranking.suggest import suggest

router = APIRouter(prefix="/v1/{catalog}", tags=["search"], responses=PROBLEMS, route_class=PlainRoute)
completing = APIRouter(prefix="/v1/{catalog}", tags=["search"], responses=PROBLEMS)


@router.post("/search", response_model=answers.SearchResponse, openapi_extra=TOKEN_OPTIONAL)
async def search_products(
    request: Request, catalog: CatalogId, body: SearchBody, shop: TheShop, buyer: Viewer, at: At, drafts: Drafts
) -> JsonResponse:
    """Search, or browse with an empty query; facets are chosen automatically unless named."""

    def answer() -> Json:
        return _answer(request, body, shop, shop.shelf(catalog, buyer, drafts=drafts), buyer, at)

    return JsonResponse(await shop.answer(answer))


@router.post("/search:batch", response_model=answers.BatchResponse, openapi_extra=TOKEN_OPTIONAL)
async def search_batch(
    request: Request, catalog: CatalogId, body: BatchBody, shop: TheShop, buyer: Viewer, at: At, drafts: Drafts
) -> JsonResponse:
    """Answer up to twenty searches over the same snapshot."""

    def answers_in_turn() -> list[Json]:
        shelf = shop.shelf(catalog, buyer, drafts=drafts)
        responses = []
        for number, each in enumerate(body.requests):
            try:
                responses.append(_answer(request, each, shop, shelf, buyer, at))
            except VitrineError as error:
                error.pointer = f"/requests/{number}{error.pointer or ''}"
                raise
        return responses

    return JsonResponse({"responses": await shop.answer(answers_in_turn)})


@completing.get("/suggest", response_model=answers.SuggestResponse, openapi_extra=TOKEN_OPTIONAL)
async def suggest_as_typed(
    catalog: CatalogId,
    shop: TheShop,
    buyer: Viewer,
    at: At,
    q: Annotated[str, Query(max_length=1_000, description="What was typed", examples=["lap"])] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
    personalize: Annotated[bool, Query(description="Whether the buyer's profile has a say")] = True,
    client_id: Annotated[str | None, Query(max_length=200)] = None,
) -> JsonResponse:
    """Complete what was typed: queries, categories, brands and products."""

    def suggestions() -> Json:
        shelf = shop.shelf(catalog, buyer)
        personal = shop.personal(shelf, buyer, client_id) if personalize else None
        found = suggest(shelf.index, q, limit, buyer, at, personal, shelf.rules)
        return rendering.suggestions(found, shelf, shelf.locale(None, buyer))

    return JsonResponse(await shop.answer(suggestions))


def _answer(request: Request, body: SearchBody, shop: Shop, shelf: Shelf, buyer: Buyer, at: datetime | None) -> Json:
    began = perf_counter()
    asked = replace(body.request(), at=at)
    personal = shop.personal(shelf, buyer, body.client_id) if asked.personalize else None
    way, rival = Way(asked.mode, shelf.models, personal, shelf.relevance), None
    preview = is_preview(request)
    trial = None if preview else trial_of(shelf.experiments, body.client_id, buyer.account)
    if trial is not None:
        mode_is_open = "mode" not in body.model_fields_set
        way, rival = trial.ways(shelf.catalog.id, way, shop.relevance, body.query, mode_is_open=mode_is_open)
        asked = replace(asked, arms=trial.arms(), mode=way.mode)
    found = search(
        shelf.index, asked, buyer, way.models, shelf.synonyms, way.personal, shelf.rules, way.relevance, rival
    )
    metrics: Metrics = request.app.state.metrics
    metrics.observe_stages(found.timings)
    query_id = str(uuid.uuid4())
    if not preview:
        shop.journal.note(shelf.catalog.id, search_record(query_id, body, asked, found, buyer, trial))
    return rendering.search_answer(
        found,
        shelf,
        query_id=query_id,
        page=body.page,
        page_size=body.page_size,
        fields=body.fields,
        locale=shelf.locale(body.locale, buyer),
        took_ms=(perf_counter() - began) * 1e3,
        experiment=None if trial is None else trial.answer(),
    )
