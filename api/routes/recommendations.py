"""Recommendations."""

from datetime import datetime
from typing import get_args

from fastapi import APIRouter, Request

from api import recommendation_answers as answers
from api.buyer import Merchandiser
from api.experimenting import trial_of
from api.plain_route import PlainRoute
from api.preview import At, Drafts, Viewer, is_preview
from api.product_page import Json
from api.recommendation_bodies import RecommendationBatchBody, RecommendationBody
from api.recommending import Recommending
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.shop import CatalogId, Shop, TheShop
from commerce.buyer import Buyer
from language.errors import VitrineError
from recommender.behaviour import day_of
from recommender.history import EMPTY
from recommender.serving import Strategy

router = APIRouter(prefix="/v1/{catalog}", tags=["recommendations"], responses=PROBLEMS, route_class=PlainRoute)
about = APIRouter(prefix="/v1/{catalog}", tags=["recommendations"], responses=PROBLEMS)


@router.post("/recommendations", response_model=answers.RecommendationResponse, openapi_extra=TOKEN_OPTIONAL)
async def recommend(
    request: Request, catalog: CatalogId, body: RecommendationBody, shop: TheShop, buyer: Viewer, at: At, drafts: Drafts
) -> JsonResponse:
    """Recommend products for one unit of a page, each with its reason, and as rules for units say.

    Items marked ``fallback`` fill a unit of which too little is known. Ids that the buyer does not see are listed in
    ``unknown``. What an account bought is taken into account as soon as it is accepted; of a user without an account
    only with the token's consent to personalization.
    """
    preview = is_preview(request)
    return JsonResponse(
        await shop.answer(
            lambda: _unit(
                _shared(request, shop, catalog, buyer, at, body.client_id, drafts=drafts), body, set(), preview=preview
            )
        )
    )


@router.post("/recommendations:batch", response_model=answers.RecommendationBatchResponse, openapi_extra=TOKEN_OPTIONAL)
async def recommend_batch(
    request: Request,
    catalog: CatalogId,
    body: RecommendationBatchBody,
    shop: TheShop,
    buyer: Viewer,
    at: At,
    drafts: Drafts,
) -> JsonResponse:
    """Recommend for several units of one page, in their order; no product stands in two of them."""

    def units_in_turn() -> list[Json]:
        shared = _shared(request, shop, catalog, buyer, at, body.requests[0].client_id, drafts=drafts)
        taken: set[str] = set()
        units: list[Json] = []
        for number, each in enumerate(body.requests):
            try:
                units.append(_unit(shared, each, taken, preview=is_preview(request)))
            except VitrineError as error:
                error.pointer = f"/requests/{number}{error.pointer or ''}"
                raise
        return units

    return JsonResponse({"responses": await shop.answer(units_in_turn)})


def _unit(shared: Recommending, body: RecommendationBody, taken: set[str], *, preview: bool) -> Json:
    """Return one unit, by the strategy of the arm that the buyer is in; a look as somebody else is in no arm."""
    trial = None if preview else trial_of(shared.shelf.experiments, body.client_id, shared.buyer.account)
    if trial is None:
        return {**shared.unit(body, taken), "experiment": None}
    return {**shared.unit(trial.recommendation(body), taken, trial.arms()), "experiment": trial.answer()}


@about.get("/recommendations/strategies", response_model=answers.StrategiesResponse)
async def strategies(catalog: CatalogId, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Tell of each strategy what it needs, how much of that there was at the last training, and how ready it is.

    What there was is counted over all products, also those that a buyer may not see.
    """
    shop.serves(catalog, buyer)
    recommender, version = shop.recommender(catalog)
    ready = recommender.readiness if recommender else {}
    rows = [
        {
            "strategy": strategy,
            "readiness": found.score if (found := ready.get(strategy)) else 0.0,
            "fallback": found.is_fallback if found else True,
            "needs": [
                {"what": need.what, "least": need.least, "enough": need.enough, "had": had}
                for need, had in zip(found.needs, found.had, strict=True)
            ]
            if found
            else [],
        }
        for strategy in get_args(Strategy)
    ]
    return JsonResponse({"model_version": None if version is None else str(version), "strategies": rows})


def _shared(
    request: Request, shop: Shop, catalog: str, buyer: Buyer, at: datetime | None, client: str | None, *, drafts: bool
) -> Recommending:
    lines = request.app.state.product_lines
    shelf = shop.shelf(catalog, buyer, drafts=drafts)
    recommender, version = shop.recommender(catalog)
    history = EMPTY
    if recommender is not None:
        if buyer.account is not None:
            history = shop.purchases(catalog).of(recommender, account=buyer.account)
        elif buyer.user is not None and buyer.consent.get("personalization", False):
            history = shop.purchases(catalog).of(recommender, user=buyer.user)
    if at is not None:
        history = history.chosen(history.at < day_of(at))
    profile = shop.profiles.of(catalog, shelf.index, buyer, client)
    recent = tuple(reversed(profile.recent))
    personal = shop.personal(shelf, buyer, client)
    return Recommending(shelf, buyer, recommender, version, lines, history, at, recent, personal)
