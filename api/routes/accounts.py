"""Accounts in the back office: whose eyes a preview can look through."""

from functools import partial

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api import answers
from api.account_bodies import AccountAnswer, AccountBody, AccountsAnswer, account_to_json
from api.buyer import Merchandiser
from api.json_body import StrictJsonRoute
from api.rendering import JsonResponse
from api.resources import After, Limit, checked_id, listed
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownAccount

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS, route_class=StrictJsonRoute)


@router.put("/accounts/{account_id:path}", response_model=AccountAnswer)
async def put_account(
    catalog: CatalogId, account_id: str, body: AccountBody, shop: TheShop, buyer: Merchandiser
) -> JsonResponse:
    """Tell what this account's tokens say, in the place of what was told before, for `?as_account=` in previews.

    Buyers are not touched: they are who their tokens say they are. Lists and assortments need not exist yet.
    """
    shop.shelf(catalog, buyer)
    account = body.account(checked_id(account_id))
    await run_in_threadpool(shop.records.put_account, catalog, account)
    return JsonResponse(account_to_json(account))


@router.get("/accounts", response_model=AccountsAnswer)
async def list_accounts(
    catalog: CatalogId, shop: TheShop, buyer: Merchandiser, after: After = "", limit: Limit = 100
) -> JsonResponse:
    """Return the accounts by id."""
    shop.shelf(catalog, buyer)
    accounts = partial(shop.records.accounts, catalog, after=after, limit=limit)
    return await listed("accounts", lambda: map(account_to_json, accounts()), limit)


@router.get("/accounts/{account_id:path}", response_model=AccountAnswer)
async def one_account(catalog: CatalogId, account_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Return one account."""
    shop.shelf(catalog, buyer)
    return JsonResponse(account_to_json(await run_in_threadpool(shop.records.account, catalog, account_id)))


@router.delete("/accounts/{account_id:path}", response_model=answers.DeleteResponse)
async def delete_account(catalog: CatalogId, account_id: str, shop: TheShop, buyer: Merchandiser) -> JsonResponse:
    """Forget an account; its buyers' tokens stay good."""
    shop.shelf(catalog, buyer)
    if not await run_in_threadpool(shop.records.delete_account, catalog, account_id):
        raise UnknownAccount(f"there is no account {account_id[:100]!r}")
    return JsonResponse({"deleted": 1})
