"""What the back office may look at that buyers may not: an answer at another moment, and as another buyer."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from api.buyer import Searcher
from api.problems import RequestProblem
from commerce.buyer import Buyer

_MOST_NAMES = 100
_MAY_PREVIEW = frozenset({"merchandise", "admin"})
_At = Annotated[
    AwareDatetime | None,
    Query(description="Prices as they hold then, with offset; scope `merchandise`", examples=["2027-01-01T00:00:00Z"]),
]
Names = Annotated[str | None, Query(max_length=10_000, description="Comma-separated, in place of the token's")]


async def previewed_moment(buyer: Searcher, at: _At = None) -> datetime | None:
    """Return the moment that a request asks about, None is now. Raises ``forbidden`` for a buyer without the scope."""
    if at is not None and buyer.scopes.isdisjoint(_MAY_PREVIEW):
        raise RequestProblem("forbidden", "looking at another moment (`at`) needs the scope merchandise or admin")
    return at


At = Annotated[datetime | None, Depends(previewed_moment)]


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


def _names(text: str, parameter: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    if len(names) > _MOST_NAMES:
        message = f"at most {_MOST_NAMES} names, not {len(names)}"
        raise RequestProblem("too_large", message, [(f"/{parameter}", message)])
    return names
