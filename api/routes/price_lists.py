"""Price lists in the back office."""

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from api import answers, price_answers
from api.buyer import Merchandiser
from api.price_bodies import diff_to_json, head_to_json, price_list_from_json, price_list_to_json, terms_from_texts
from api.price_streams import CSV, JSON_LINES, CsvPriceLines, JsonPriceLines, PriceLines
from api.problems import RequestProblem
from api.product_page import Json
from api.rendering import JsonResponse
from api.resources import After, DryRun, Limit, checked_id, json_of, listed
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, Shelf, TheShop
from commerce.errors import UnknownPriceList
from commerce.pricing import PriceList

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS)
_Text = Annotated[str | None, Query(max_length=40, description="Of CSV and JSON Lines, whose rows do not say it")]


@router.put(
    "/price-lists/{list_id:path}",
    response_model=price_answers.PriceListWrite,
    openapi_extra=price_answers.PRICE_LIST_BODY,
)
async def put_price_list(
    request: Request,
    catalog: CatalogId,
    list_id: str,
    shop: TheShop,
    buyer: Merchandiser,
    dry_run: DryRun = False,
    currency: _Text = None,
    valid_from: _Text = None,
    valid_until: _Text = None,
) -> JsonResponse:
    """Put a price list in the place of the one of this id, all of it or nothing.

    As JSON, or its prices alone as CSV or JSON Lines, which are read while they arrive; such a list has no rules, and
    the catalogue's currency unless the query names one. Every bad row is named.
    """
    shelf = shop.shelf(catalog, buyer)
    identity = checked_id(list_id)
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind == CSV or kind in JSON_LINES:
        texts = {"currency": currency, "valid_from": valid_from, "valid_until": valid_until}
        prices = terms_from_texts(texts, identity, shelf.catalog.currency)
        lines: PriceLines = CsvPriceLines() if kind == CSV else JsonPriceLines()
        async for chunk in request.stream():
            await run_in_threadpool(lines.feed, chunk)
        prices = replace(prices, rows=await run_in_threadpool(lines.finish))
    elif kind == "application/json":
        prices = await run_in_threadpool(_of_json, await request.body(), identity, shelf)
    else:
        accepted = f"application/json, {CSV} or {JSON_LINES[0]}"
        raise RequestProblem("invalid_request", f"a price list is sent as {accepted}, not as {kind[:100]!r}")
    written = await run_in_threadpool(shop.records.put_price_list, catalog, prices, dry_run=dry_run)
    answer: Json = {
        "id": written.id,
        "version": written.version,
        "prices": written.prices,
        "changed": written.diff.prices,
        "unknown": written.unknown,
        "dry_run": dry_run,
        "diff": diff_to_json(written.diff, with_rows=dry_run),
    }
    return JsonResponse(answer)


@router.get("/price-lists", response_model=price_answers.PriceListsResponse)
async def list_price_lists(
    catalog: CatalogId, shop: TheShop, buyer: Merchandiser, after: After = "", limit: Limit = 100
) -> JsonResponse:
    """Return the price lists by id, without their prices."""
    shop.shelf(catalog, buyer)
    heads = partial(shop.records.price_lists, catalog, after=after, limit=limit)
    return await listed("price_lists", lambda: map(head_to_json, heads()), limit)


@router.get("/price-lists/{list_id:path}", response_model=price_answers.PriceListResponse)
async def one_price_list(catalog: CatalogId, list_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Return one price list with all its prices."""
    shop.shelf(catalog, buyer)
    found = await run_in_threadpool(shop.records.price_list, catalog, list_id)
    return JsonResponse(await run_in_threadpool(price_list_to_json, found))


@router.delete("/price-lists/{list_id:path}", response_model=answers.DeleteResponse)
async def delete_price_list(catalog: CatalogId, list_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Remove a price list; buyers whose tokens name it have the prices of their next one."""
    shop.shelf(catalog, buyer)
    if not await run_in_threadpool(shop.records.delete_price_list, catalog, list_id):
        raise UnknownPriceList(f"there is no price list {list_id[:100]!r}")
    return JsonResponse({"deleted": 1})


def _of_json(body: bytes, identity: str, shelf: Shelf) -> PriceList:
    return price_list_from_json(json_of(body), identity, shelf.catalog.currency, shelf.index.fields())
