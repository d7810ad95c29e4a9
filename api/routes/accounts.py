"""Accounts in the back office: whose eyes a preview can look through."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api.account_bodies import AccountAnswer, AccountBody, AccountsAnswer, account_to_json
from api.back_office import Resource, add_routes
from api.buyer import Merchandiser
from api.json_body import StrictJsonRoute
from api.rendering import JsonResponse
from api.resources import checked_id
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownAccount
from commerce.records import Records

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


add_routes(
    router,
    Resource(
        plural="accounts",
        singular="account",
        listed=AccountsAnswer,
        shown=AccountAnswer,
        page=lambda records, catalog, after, limit: records.accounts(catalog, after=after, limit=limit),
        one=Records.account,
        delete=Records.delete_account,
        short=account_to_json,
        whole=account_to_json,
        unknown=UnknownAccount,
        removed="; its buyers' tokens stay good",
    ),
)
