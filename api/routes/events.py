"""Events of storefronts (User Behavior Insights)."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from api import event_answers
from api.buyer import with_scope
from api.problems import RequestProblem
from api.rendering import JsonResponse
from api.resources import json_of
from api.routes.documented import PROBLEMS, TOKEN_OPTIONAL
from api.shop import CatalogId, TheShop
from commerce.buyer import Buyer
from commerce.event_documents import MOST_EVENTS, Sender, events_from_json

router = APIRouter(prefix="/v1/{catalog}", tags=["events"], responses=PROBLEMS)
Reporter = Annotated[Buyer, Depends(with_scope("events"))]
_LONGEST_PROGRAM = 500


@router.post(
    "/events",
    status_code=202,
    response_model=event_answers.EventsResponse,
    openapi_extra={**event_answers.BODY, **TOKEN_OPTIONAL},
)
async def post_events(request: Request, catalog: CatalogId, shop: TheShop, buyer: Reporter) -> JsonResponse:
    """Keep what buyers did: one event or up to 1,000; a bad one loses none of the others.

    What is accepted is durable when this answers, and the same `event_id` again changes nothing. Without consent to
    `analytics` in the token nothing is stored (`no_consent`). Who acted is the user of the token, whatever an event
    says; without consent to `personalization` it shapes nobody's shop.
    """
    shop.serves(catalog, buyer)
    given = _events(json_of(await request.body()))
    sender = Sender(
        user=buyer.user,
        account=buyer.account,
        analytics=buyer.consent.get("analytics", False),
        personalization=buyer.consent.get("personalization", False),
        program=request.headers.get("user-agent", "")[:_LONGEST_PROGRAM],
    )
    taken, rejected = events_from_json(given, sender, datetime.now(UTC))
    await shop.journal.append(catalog, taken)
    answer: dict[str, Any] = {"accepted": len(taken), "rejected": [asdict(each) for each in rejected]}
    return JsonResponse(answer, 202)


def _events(value: object) -> list[object]:
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        message = "an event or a list of events is needed"
        raise RequestProblem("invalid_request", message, [("", message)])
    if len(value) > MOST_EVENTS:
        raise RequestProblem("too_large", f"at most {MOST_EVENTS:,} events a request, not {len(value):,}")
    return value
