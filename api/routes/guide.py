"""Help me choose."""

from fastapi import APIRouter, Request

from api.bodies import filter_of
from api.conversations import Conversations, State
from api.guide_answers import GuideResponse, guide_answer
from api.guide_bodies import GuideBody, answers_of
from api.guide_events import answer_events
from api.json_body import StrictJsonRoute
from api.preview import At, Viewer, is_preview
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.shop import CatalogId, TheShop
from ranking.guide.conversation import GuideRequest
from ranking.guide.guide import guide

router = APIRouter(prefix="/v1/{catalog}", tags=["search"], responses=PROBLEMS, route_class=StrictJsonRoute)


@router.post("/guide", response_model=GuideResponse, openapi_extra=TOKEN_OPTIONAL)
async def help_to_choose(
    request: Request, catalog: CatalogId, body: GuideBody, shop: TheShop, buyer: Viewer, at: At
) -> JsonResponse:
    """Ask the question that narrows a choice down best, beginning with a query, a filter or nothing.

    An answer filters what is left, or ranks it. All that is left is among the candidates once it is ten products.
    Where answers contradict each other, `relaxed` says which one was given up. Answers that name values shape the
    buyer's profile where the token agrees to `analytics` and `personalization`.
    """
    conversations: Conversations = request.app.state.conversations

    def turn() -> Json:
        shelf = shop.shelf(catalog, buyer)
        before = (
            conversations.begin(catalog)
            if body.conversation_id is None
            else conversations.read(body.conversation_id, catalog)
        )
        state: State = body.after(before)
        answer = guide(
            shelf.index,
            GuideRequest(
                query=state.query,
                filter=filter_of(state.filter),
                answers=answers_of(state),
                locale=body.locale,
                at=at,
                hidden=shelf.hidden(buyer, at, body.locale),
            ),
            buyer,
            shelf.catalog.currency,
            usage=shop.guide_usage.of(catalog),
            synonyms=shelf.synonyms,
            book=shop.guide_books.of(catalog),
        )
        if not is_preview(request):
            shop.journal.tell(catalog, answer_events(answer.answers, body, state.thread, buyer))
        return guide_answer(answer, shelf, conversations.issue(state))

    return JsonResponse(await shop.answer(turn))
