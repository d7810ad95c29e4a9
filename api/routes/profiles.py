"""A buyer's own profile: to look at, and to erase."""

from math import exp
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from api import profile_answers as answers
from api.buyer import asking_buyer
from api.erasing import erasure_proof
from api.problems import RequestProblem
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, Shelf, TheShop
from commerce.buyer import Buyer
from commerce.erasure import Person
from commerce.profile import Profile

router = APIRouter(prefix="/v1/{catalog}/profiles", tags=["events"], responses=PROBLEMS)
_MOST_SHOWN = 200


async def signed_on(request: Request, buyer: Annotated[Buyer, Depends(asking_buyer)]) -> Buyer:
    """Return the asking buyer, who must be somebody."""
    if buyer.user is None and buyer.account is None:
        needed = "this needs the token of a signed-on buyer"
        raise RequestProblem("forbidden" if "authorization" in request.headers else "unauthenticated", needed)
    return buyer


Somebody = Annotated[Buyer, Depends(signed_on)]


@router.get("/me", response_model=answers.ProfileResponse)
async def read_profile(catalog: CatalogId, shop: TheShop, buyer: Somebody) -> JsonResponse:
    """Return what is known of the buyer, as their answers are made of it; nothing without consent."""

    def read() -> Json:
        shelf = shop.shelf(catalog, buyer)
        return _shown(shop.profiles.of(catalog, shelf.index, buyer), shelf, buyer)

    return JsonResponse(await run_in_threadpool(read))


@router.delete("/me", response_model=answers.ErasureResponse)
async def erase_profile(catalog: CatalogId, shop: TheShop, buyer: Somebody) -> JsonResponse:
    """Erase the buyer: their events and searches are removed, their orders become those of a guest.

    The profile is gone in every process within a second, and the next trained models are without them. The answer is
    the proof. It needs no consent. A token of an account without a user erases what the account did as nobody.
    """
    shop.serves(catalog, buyer)
    person = Person("user", buyer.user) if buyer.user is not None else Person("account", buyer.account or "")
    done = await run_in_threadpool(shop.records.erase, catalog, person)
    await run_in_threadpool(shop.profiles.follow)
    return JsonResponse(await run_in_threadpool(erasure_proof, done, shop.registry))


def _shown(profile: Profile, shelf: Shelf, buyer: Buyer) -> Json:
    affinities = [
        {"field": field or "word", "value": value, "affinity": round(affinity, 4)}
        for key, affinity in sorted(profile.keys.items(), key=lambda each: (-each[1], each[0]))[:_MOST_SHOWN]
        for field, value in [_parts(key)]
    ]
    seen = shelf.index.get(profile.recent, buyer) if profile.recent else {}
    return {
        "user": buyer.user,
        "account": buyer.account,
        "consent": dict(buyer.consent),
        "interactions": profile.interactions,
        "affinities": affinities,
        "price_levels": [
            {"category": group, "price": f"{exp(usual):.2f}", "currency": shelf.catalog.currency}
            for group, (usual, _) in sorted(profile.prices.items())
        ],
        "recent": [identity for identity in profile.recent if identity in seen],
    }


def _parts(key: str) -> tuple[str, str]:
    if key.startswith("word:"):
        return "word", key.removeprefix("word:")
    field, _, value = key.partition("=")
    return field, value
