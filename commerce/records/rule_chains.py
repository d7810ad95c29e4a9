"""How lists stand on each other by their rules: never in a circle, and never deeper than prices are followed."""

from collections.abc import Mapping, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import InvalidPriceList
from commerce.pricing import DEEPEST_CHAIN, OWN, PriceList
from commerce.records.price_documents import rules_from_text
from commerce.records.tables import price_lists

_SHOWN = 300
Bases = Mapping[str, Sequence[str]]


def refuse_bad_chains(connection: Connection, catalog_id: str, prices: PriceList) -> None:
    """Raise InvalidPriceList if a list would stand, over however many lists, on itself, or if some list would, through
    it, stand on more than ``DEEPEST_CHAIN`` others one below the other."""
    if not _based_on(prices):
        return
    bases = {**_stored_bases(connection, catalog_id), prices.id: _based_on(prices)}
    for at, rule in enumerate(prices.rules):
        pointer = f"/rules/{at}/base"
        if circle := _way(bases, rule.base, prices.id):
            way = " > ".join([prices.id, *circle])
            raise InvalidPriceList(f"the rule stands on the list itself: {way[:_SHOWN]}", pointer=pointer)
    above = _longest(_inverted(bases), prices.id)
    for at, rule in enumerate(prices.rules):
        chain = [*reversed(above), *(() if rule.base == OWN else _longest(bases, rule.base))]
        if len(chain) - 1 > DEEPEST_CHAIN:
            message = (
                f"{chain[0][:100]!r} would stand on {len(chain) - 1} lists one below the other, and at most "
                f"{DEEPEST_CHAIN} are followed: {' > '.join(chain)[:_SHOWN]}; let the rule stand on a list further down"
            )
            raise InvalidPriceList(message, pointer=f"/rules/{at}/base")


def _based_on(prices: PriceList) -> list[str]:
    return [rule.base for rule in prices.rules if rule.base != OWN]


def _stored_bases(connection: Connection, catalog_id: str) -> dict[str, list[str]]:
    query = sa.select(price_lists.c.list_id, price_lists.c.rules)
    query = query.where(price_lists.c.catalog == catalog_id, price_lists.c.rules.is_not(None))
    return {
        row.list_id: [rule.base for rule in rules_from_text(row.rules) if rule.base != OWN]
        for row in connection.execute(query)
    }


def _way(bases: Bases, start: str, end: str) -> list[str]:
    """Return the lists from one to another that it stands on; none where it does not."""
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    while waiting and end not in came_from:
        current = waiting.pop()
        for base in bases.get(current, ()):
            if base not in came_from:
                came_from[base] = current
                waiting.append(base)
    way: list[str] = []
    at: str | None = end if end in came_from else None
    while at is not None:
        way.insert(0, at)
        at = came_from[at]
    return way


def _inverted(bases: Bases) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for identity, below in bases.items():
        for base in below:
            found.setdefault(base, []).append(identity)
    return found


def _longest(edges: Bases, start: str) -> tuple[str, ...]:
    """Return the longest chain of lists from one on; there are no circles."""

    @cache
    def chain(identity: str) -> tuple[str, ...]:
        return (identity, *max((chain(each) for each in edges.get(identity, ())), key=len, default=()))

    return chain(start)
