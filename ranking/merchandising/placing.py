"""Pinned products at their positions, on whatever page, once, and only for those who may see them.

A search finds everything else in its order; the pinned products are counted with it but stand apart from its hits.
The page is put together from both.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from commerce.merchandising import Pin
from engines.plan import SearchPlan
from engines.port import InvalidCursor, SearchIndex
from engines.results import Hit
from language.filters.tree import And, In
from ranking.hybrid import Found

_LONGEST_CURSOR = 60_000


def placed(
    index: SearchIndex, plan: SearchPlan, pins: Sequence[Pin], find: Callable[[SearchPlan], Found]
) -> tuple[Found, Mapping[str, int]]:
    """Find one page with the products of ``pins``, which come by position, and where each of all pages stands.

    The plan's conditions and buyer decide which may be shown. Raises InvalidCursor for a cursor of another search.
    """
    seen = _visible(index, plan, pins)
    shown = [pin for pin in pins if pin.id in seen]
    if not shown:
        return find(plan), {}
    ids = tuple(pin.id for pin in shown)
    places = slots([pin.position - 1 for pin in shown])
    place = _decode(plan.cursor) if plan.cursor else _Place(plan.offset, None, None)
    first, last = place.position, place.position + plan.limit
    before = place.others if place.others is not None else first - sum(slot < first for slot in places)
    wanted = plan.limit - sum(first <= slot < last for slot in places)
    also = plan.also if plan.text is None else (*plan.also, *ids)
    rest = replace(plan, also=also, apart=ids, limit=wanted, offset=before, cursor=None)
    if place.cursor is not None:
        rest = replace(rest, offset=0, cursor=place.cursor)
    found = find(rest)
    total = found.result.total + len(shown)
    places = slots(places, total)
    at = {slot: seen[identity] for slot, identity in zip(places, ids, strict=True)}
    hits: list[Hit] = []
    others = iter(found.result.hits)
    for position in range(first, min(last, total)):
        hit = at.get(position) or next(others, None)
        if hit is not None:
            hits.append(hit)
    cursor = None
    if hits and last < total:
        cursor = _encode(_Place(last, before + len(found.result.hits), found.result.cursor))
    result = replace(found.result, hits=tuple(hits), total=total, cursor=cursor)
    return replace(found, result=result), {identity: slot + 1 for slot, identity in zip(places, ids, strict=True)}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: behind so many hits, so many of which are not pinned, or at the cursor of the others."""

    position: int
    others: int | None
    cursor: str | None


def _visible(index: SearchIndex, plan: SearchPlan, pins: Sequence[Pin]) -> dict[str, Hit]:
    """Return those pinned that the buyer may see under all conditions, as the search would show them."""
    if not pins:
        return {}
    named = In("id", tuple(pin.id for pin in pins))
    condition = named if plan.filter is None else And((plan.filter, named))
    whole = replace(
        plan,
        vector=None,
        also=() if plan.text is None else tuple(pin.id for pin in pins),
        filter=condition,
        facets=(),
        auto_facets=0,
        offset=0,
        limit=len(pins),
        cursor=None,
    )
    found = index.search(whole).hits
    if plan.filter is None and not plan.selections:
        # Being named is not a condition that variants meet.
        found = tuple(hit._replace(product=hit.product._replace(matched=())) for hit in found)
    return {hit.product.id: hit for hit in found}


def slots(positions: Sequence[int], total: int | None = None) -> list[int]:
    """Return a place of its own for each, from 0: the one asked for or the next that is free, and within the total."""
    found: list[int] = []
    for position in positions:
        found.append(max(position, found[-1] + 1) if found else position)
    if total is not None:
        last = total
        for at in range(len(found) - 1, -1, -1):
            last = min(found[at], last - 1)
            found[at] = last
    return found


def _encode(place: _Place) -> str:
    packed = orjson.dumps([place.position, place.others, place.cursor])
    return "p" + base64.urlsafe_b64encode(packed).decode()


def _decode(cursor: str) -> _Place:
    try:
        if not cursor.startswith("p") or len(cursor) > _LONGEST_CURSOR:
            raise ValueError("not a cursor of a search with pinned products")
        position, others, inner = orjson.loads(base64.urlsafe_b64decode(cursor[1:].encode()))
        if not all(isinstance(each, int) and 0 <= each <= 1 << 40 for each in (position, others)):
            raise ValueError("not a place")
        if not (inner is None or isinstance(inner, str)):
            raise ValueError("not a cursor")
        return _Place(position, others, inner)
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidCursor("the cursor is not one that this search returned", pointer="/cursor") from error
