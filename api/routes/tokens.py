"""Tokens that the shop takes back before they expire."""

import time
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api import answers
from api.buyer import with_scope
from api.problems import RequestProblem, refuse
from api.rendering import JsonResponse
from api.revocation import RevocationWatch
from api.routes.documented import PROBLEMS
from api.shop import TheShop
from commerce.buyer import Buyer
from commerce.price_reading import read_moment
from commerce.reading import LONGEST_ID, clean_text


async def _may_revoke(buyer: Annotated[Buyer, Depends(with_scope("admin"))]) -> None:
    # Tokens are for the whole service: who keeps one catalogue must not lock out the buyers of another.
    if buyer.catalogs is not None:
        raise RequestProblem("forbidden", "tokens are revoked with a token for all catalogues")


router = APIRouter(prefix="/v1/tokens", tags=["back office"], responses=PROBLEMS, dependencies=[Depends(_may_revoke)])


@router.put("/revoked/{jti:path}", response_model=answers.RevocationResponse)
async def revoke_token(request: Request, jti: str, shop: TheShop) -> JsonResponse:
    """Revoke the token with this ``jti``; every process refuses it within two seconds."""
    identity = _checked(jti, "/jti")
    await run_in_threadpool(shop.records.revoke_token, identity)
    await _refresh(request)
    return JsonResponse({"jti": identity, "sub": None, "issued_before": None})


@router.delete("/revoked/{jti:path}", response_model=answers.DeleteResponse)
async def restore_token(request: Request, jti: str, shop: TheShop) -> JsonResponse:
    """Take the revocation back: until it expires, the token is good again."""
    if not await run_in_threadpool(shop.records.restore_token, jti):
        raise HTTPException(404, "no token with this jti is revoked")
    await _refresh(request)
    return JsonResponse({"deleted": 1})


@router.put("/revoked-users/{sub:path}", response_model=answers.RevocationResponse)
async def revoke_user(
    request: Request,
    sub: str,
    shop: TheShop,
    issued_before: Annotated[
        str | None, Query(max_length=40, description="A time with an offset; without it, now")
    ] = None,
) -> JsonResponse:
    """Revoke the tokens that were issued to this ``sub`` before a time; those without ``iat`` are revoked too."""
    subject = _checked(sub, "/sub")
    try:
        moment = read_moment(issued_before)
    except ValueError as error:
        refuse("invalid_request", str(error), "/issued_before")
    seconds = time.time() if moment is None else moment.timestamp()
    await run_in_threadpool(shop.records.revoke_subject, subject, seconds)
    await _refresh(request)
    shown = datetime.fromtimestamp(seconds, UTC).isoformat()
    return JsonResponse({"jti": None, "sub": subject, "issued_before": shown})


@router.delete("/revoked-users/{sub:path}", response_model=answers.DeleteResponse)
async def restore_user(request: Request, sub: str, shop: TheShop) -> JsonResponse:
    """Take the revocation of this user's tokens back."""
    if not await run_in_threadpool(shop.records.restore_subject, sub):
        raise HTTPException(404, "no tokens of this sub are revoked")
    await _refresh(request)
    return JsonResponse({"deleted": 1})


def _checked(value: str, pointer: str) -> str:
    if not value or len(value) > LONGEST_ID or clean_text(value) != value:
        refuse("invalid_request", f"1 to {LONGEST_ID} characters are needed, without spaces around them", pointer)
    return value


async def _refresh(request: Request) -> None:
    # This process at once; the others see it when they look next.
    watch: RevocationWatch = request.app.state.revocations
    await run_in_threadpool(watch.refresh)
