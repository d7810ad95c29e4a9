"""Why a buyer sees a price, for the back office."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

from api import explanation_answers
from api.buyer import Merchandiser
from api.preview import AsAccount, Names, buyer_of_account, preview_buyer
from api.price_explanation import Question, explain
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownProduct

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)


@router.get("/products/{product_id:path}/price-explanation", response_model=explanation_answers.PriceExplanation)
async def explain_price(
    catalog: CatalogId,
    product_id: str,
    shop: TheShop,
    buyer: Merchandiser,
    as_account: AsAccount = None,
    price_lists: Names = None,
    assortments: Names = None,
    fallback: Annotated[
        bool | None, Query(description="Whether the catalogue's own price counts where lists are silent")
    ] = None,
    variant: Annotated[str | None, Query(max_length=512, description="Left out, the cheapest")] = None,
    quantity: Annotated[int, Query(ge=1, le=10**9)] = 1,
    at: Annotated[AwareDatetime | None, Query(description="A moment with offset; left out, now")] = None,
) -> JsonResponse:
    """Explain a price: every list in order with what became of it, the row or rule that decided, and one sentence.

    For the asking buyer, or as an account or a buyer with other price lists and assortments would see it. From the
    records: a change shows here at once, and in search within two seconds.
    """
    shelf = shop.shelf(catalog, buyer)
    if not shelf.index.get([product_id], buyer):
        raise UnknownProduct(f"there is no product {product_id[:100]!r}")
    viewer = buyer if as_account is None else await buyer_of_account(shop, catalog, buyer, as_account)
    viewer = preview_buyer(viewer, price_lists, assortments, fallback)
    asked = Question(product_id, variant, quantity, at or datetime.now(UTC), viewer)
    return JsonResponse(await run_in_threadpool(explain, shop, shelf, asked))
