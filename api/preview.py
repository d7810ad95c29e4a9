"""What the back office may look at that buyers may not: an answer at another moment, and as another buyer."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

from api.buyer import Searcher
from api.problems import RequestProblem
from api.shop import TheShop
from commerce.account import Account
from commerce.buyer import Buyer
from commerce.errors import UnknownAccount
from commerce.reading import LONGEST_ID

_MOST_NAMES = 100
_MAY_PREVIEW = frozenset({"merchandise", "admin"})
_At = Annotated[
    AwareDatetime | None,
    Query(description="As it will be then, with offset; scope `merchandise`", examples=["2027-01-01T00:00:00Z"]),
]
AsAccount = Annotated[
    str | None,
    Query(max_length=LONGEST_ID, description="As this account sees it; scope `merchandise`", examples=["4711"]),
]
AsGroup = Annotated[
    str | None,
    Query(
        max_length=LONGEST_ID, description="As a buyer of this group sees it; scope `merchandise`", examples=["trade"]
    ),
]
_Drafts = Annotated[
    bool, Query(description="As if the drafts of merchandising rules were in force; scope `merchandise`")
]
Names = Annotated[str | None, Query(max_length=10_000, description="Comma-separated, in place of the token's")]


async def previewed_moment(buyer: Searcher, at: _At = None) -> datetime | None:
    """Return the moment that a request asks about, None is now. Raises ``forbidden`` for a buyer without the scope."""
    if at is not None:
        _check_may_preview(buyer, "looking at another moment (`at`)")
    return at


async def previewed_buyer(
    buyer: Searcher,
    shop: TheShop,
    catalog: Annotated[str, Path()],
    as_account: AsAccount = None,
    as_group: AsGroup = None,
) -> Buyer:
    """Return the buyer that an answer is for: who asks, or the account that a merchandiser looks through the eyes of,
    or a buyer of a group.

    Raises ``forbidden`` for a buyer without the scope, whether there is such an account or not.
    """
    seen = buyer
    if as_account is not None:
        _check_may_preview(buyer, "looking as another account (`as_account`)")
        seen = await buyer_of_account(shop, catalog, buyer, as_account)
    if as_group is not None:
        _check_may_preview(buyer, "looking as a buyer of a group (`as_group`)")
        seen = replace(seen, groups=(as_group,))
    return seen


async def previewed_drafts(buyer: Searcher, drafts: _Drafts = False) -> bool:
    """Say whether a request looks at rules that are drafts. Raises ``forbidden`` for a buyer without the scope."""
    if drafts:
        _check_may_preview(buyer, "looking at drafts (`drafts`)")
    return drafts


def is_preview(request: Request) -> bool:
    """Say whether a request looks at what others see, which is no behaviour of a buyer's."""
    return not {"as_account", "as_group", "at", "drafts"}.isdisjoint(request.query_params)


At = Annotated[datetime | None, Depends(previewed_moment)]
Viewer = Annotated[Buyer, Depends(previewed_buyer)]
Drafts = Annotated[bool, Depends(previewed_drafts)]


async def buyer_of_account(shop: TheShop, catalog: str, asking: Buyer, identity: str) -> Buyer:
    """Return a buyer of an account. Raises UnknownCatalog for a catalogue that who asks may not see, and
    ``unknown_account``."""
    shop.shelf(catalog, asking)
    try:
        account = await run_in_threadpool(shop.records.account, catalog, identity)
    except UnknownAccount as error:
        message = f"{error.message}: PUT /v1/{catalog}/accounts/ID tells what its tokens say"
        raise RequestProblem(error.code, message, [("/as_account", message)], status=422) from error
    return _as(account, asking)


def preview_buyer(
    buyer: Buyer, price_lists: str | None = None, assortments: str | None = None, fallback: bool | None = None
) -> Buyer:
    """Return a buyer with other price lists, assortments and fallback where they are given: a back office's look at
    what another buyer sees. An empty text of assortments is none at all."""
    lists = buyer.price_lists if price_lists is None else _names(price_lists, "price_lists")
    seen = buyer.assortments if assortments is None else _names(assortments, "assortments")
    return replace(
        buyer, price_lists=lists, assortments=seen, fallback=buyer.fallback if fallback is None else fallback
    )


def _as(account: Account, asking: Buyer) -> Buyer:
    # Neither the user nor the consent of who asks: nothing personal of theirs belongs into another's shop.
    return Buyer(
        account=account.id,
        price_lists=account.price_lists,
        assortments=account.assortments,
        location=account.location,
        locale=asking.locale,
        scopes=frozenset({"search"}),
        catalogs=asking.catalogs,
        fallback=account.fallback,
        groups=account.groups,
    )


def _check_may_preview(buyer: Buyer, what: str) -> None:
    if buyer.scopes.isdisjoint(_MAY_PREVIEW):
        raise RequestProblem("forbidden", f"{what} needs the scope merchandise or admin")


def _names(text: str, parameter: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    if len(names) > _MOST_NAMES:
        message = f"at most {_MOST_NAMES} names, not {len(names)}"
        raise RequestProblem("too_large", message, [(f"/{parameter}", message)])
    return names
