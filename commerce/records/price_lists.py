"""The records of price lists.

A list is written whole. What is equal to what there was is neither written nor logged, and keeps its version. The rows
of a list lie in parts of some thousand, so that a list of 100,000 prices takes a second and 10,000 small ones a minute.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import InvalidPriceList, UnknownPriceList
from commerce.pricing import OWN, PriceList, PriceRow, PriceRule
from commerce.records import change_log
from commerce.records.database import Database
from commerce.records.known_ids import count_unknown
from commerce.records.offers import UNSET, Unset
from commerce.records.price_documents import (
    moment_from_text,
    moment_to_text,
    rows_from_texts,
    rows_to_texts,
    rules_from_text,
    rules_to_text,
)
from commerce.records.rows import Row, findable
from commerce.records.rule_chains import refuse_bad_chains
from commerce.records.tables import catalogs, price_lists, price_rows
from commerce.records.upserts import upsert

_KEY = ("catalog", "list_id")


@dataclass(frozen=True, slots=True)
class PriceListHead:
    """A price list without its rows, of which there are ``prices``."""

    id: str
    currency: str
    rules: tuple[PriceRule, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    prices: int
    version: int


@dataclass(frozen=True, slots=True)
class PriceDiff:
    """How a list differs from the one before: rows that came, rows that went, rows (before, now) with another price,
    and whether its terms are others: currency, validity or rules."""

    added: tuple[PriceRow, ...] = ()
    removed: tuple[PriceRow, ...] = ()
    changed: tuple[tuple[PriceRow, PriceRow], ...] = ()
    terms: bool = False

    @property
    def prices(self) -> int:
        """The number of rows that came, went or changed."""
        return len(self.added) + len(self.removed) + len(self.changed)

    def __bool__(self) -> bool:
        return bool(self.prices or self.terms)


@dataclass(frozen=True, slots=True)
class PriceListWritten:
    """What a write of a list did: its version and prices now, and its difference to before.

    ``unknown`` are the articles that it prices and the catalogue does not have: contracts may outlive products.
    """

    id: str
    version: int
    prices: int
    diff: PriceDiff
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class PriceListsWritten:
    """What a write of several lists did, in lists and in prices of those that were written."""

    written: int
    unchanged: int
    prices: int


@dataclass(frozen=True, slots=True)
class ListPrices:
    """New rows for a list in the place of all that it has; of its terms, what is UNSET stays, and so do its rules.

    A list that is new is in the catalogue's currency unless it says another one.
    """

    id: str
    rows: tuple[PriceRow, ...]
    currency: str | Unset = UNSET
    valid_from: datetime | Unset | None = UNSET
    valid_until: datetime | Unset | None = UNSET


class PriceListRecords(Database):
    """The price lists of all catalogues."""

    def put_price_list(self, catalog_id: str, prices: PriceList, *, dry_run: bool = False) -> PriceListWritten:
        """Write a list in the place of the one of its id, if they differ; its ``version`` counts for nothing.

        ``dry_run`` writes nothing and returns what would be written. Raises InvalidPriceList for rules whose bases go
        in a circle or too deep and for unusable ids, InvalidFilter for filters nested too deep.
        """
        with self._read() if dry_run else self._write() as connection:
            written = _put(connection, catalog_id, prices, dry_run=dry_run)
            articles = dict.fromkeys(row.article_id for row in prices.rows)
            return replace(written, unknown=count_unknown(connection, catalog_id, articles, or_variants=True))

    def put_list_prices(self, catalog_id: str, lists: Iterable[ListPrices]) -> PriceListsWritten:
        """Give lists new rows, all or none; lists that are not named stay. Memory is that of the largest list."""
        written = unchanged = count = 0
        with self._write() as connection:
            currency = connection.scalar(sa.select(catalogs.c.currency).where(catalogs.c.id == catalog_id))
            for given in lists:
                before = _stored(connection, catalog_id, given.id)
                done = _put(connection, catalog_id, _completed(given, before, str(currency)))
                if done.diff:
                    written, count = written + 1, count + done.prices
                else:
                    unchanged += 1
        return PriceListsWritten(written, unchanged, count)

    def price_list(self, catalog_id: str, identity: str) -> PriceList:
        """Return one list with its rows by article and quantity. Raises UnknownPriceList."""
        found = next(self.whole_price_lists(catalog_id, [identity]), None)
        if found is None:
            raise UnknownPriceList(f"there is no price list {identity[:100]!r}")
        return found

    def price_lists(self, catalog_id: str, *, after: str = "", limit: int | None = None) -> Iterator[PriceListHead]:
        """Yield the heads of a catalogue's lists by id: those behind the id ``after``, ``limit`` of them at most."""
        query = sa.select(price_lists).where(price_lists.c.catalog == catalog_id)
        # The empty text stands before every id.
        query = query.where(price_lists.c.list_id > next(findable([after]), "")).order_by(price_lists.c.list_id)
        with (
            self._read() as connection,
            connection.execute(query.limit(limit), execution_options={"yield_per": 500}) as rows,
        ):
            for row in rows:
                yield _head(row)

    def whole_price_lists(self, catalog_id: str, ids: Sequence[str] | None = None) -> Iterator[PriceList]:
        """Yield a catalogue's lists by id, or those of ``ids`` that exist, with their rows, as of one moment."""
        with self._read() as connection:
            if ids is None:
                yield from _whole(connection, price_lists.c.catalog == catalog_id)
                return
            for identity in findable(ids):
                yield from _whole(connection, _key(catalog_id, identity))

    def unknown_articles(self, catalog_id: str, articles: Iterable[str]) -> int:
        """Count the articles, each given once, that are neither a product nor a variant."""
        with self._read() as connection:
            return count_unknown(connection, catalog_id, articles, or_variants=True)

    def delete_price_list(self, catalog_id: str, identity: str) -> bool:
        """Remove a list and say whether there was one. Lists whose rules stand on it price nothing by those rules."""
        with self._write() as connection:
            if not list(findable([identity])) or _stored(connection, catalog_id, identity) is None:
                return False
            for table in (price_lists, price_rows):
                key = (table.c.catalog == catalog_id) & (table.c.list_id == identity)
                connection.execute(sa.delete(table).where(key))
            change_log.append(connection, catalog_id, [identity], "prices")
        return True


def difference(before: PriceList | None, now: PriceList) -> PriceDiff:
    """Return how a list differs from the one before; None is a list that was not there."""
    if before is None:
        return PriceDiff(added=now.rows, terms=True)
    old = {(row.article_id, row.min_quantity): row for row in before.rows}
    added: list[PriceRow] = []
    changed: list[tuple[PriceRow, PriceRow]] = []
    for row in now.rows:
        was = old.pop((row.article_id, row.min_quantity), None)
        if was is None:
            added.append(row)
        elif was.net != row.net:
            changed.append((was, row))
    return PriceDiff(tuple(added), tuple(old.values()), tuple(changed), _terms(before) != _terms(now))


def _terms(prices: PriceList) -> tuple[object, ...]:
    return prices.currency, prices.valid_from, prices.valid_until, prices.rules


def _put(connection: Connection, catalog_id: str, prices: PriceList, *, dry_run: bool = False) -> PriceListWritten:
    _check_id(prices.id)
    refuse_bad_chains(connection, catalog_id, prices)
    stored = _stored(connection, catalog_id, prices.id)
    texts, rules = rows_to_texts(prices.rows), rules_to_text(prices.rules)
    kept = [] if stored is None else _texts(connection, catalog_id, prices.id)
    before = None if stored is None else _list(_head(stored), () if kept == texts else rows_from_texts(kept))
    # Most lists of a file that is loaded again are the same to the letter: their rows need not be compared.
    diff = difference(before, replace(prices, rows=()) if before is not None and kept == texts else prices)
    version = (0 if before is None else before.version) + bool(diff)
    done = PriceListWritten(prices.id, version, len(prices.rows), diff)
    if dry_run or not diff:
        return done
    head = {
        "catalog": catalog_id,
        "list_id": prices.id,
        "currency": prices.currency,
        "valid_from": moment_to_text(prices.valid_from),
        "valid_until": moment_to_text(prices.valid_until),
        "rules": rules,
        "prices": len(prices.rows),
        "version": version,
    }
    upsert(connection, price_lists, _KEY, [head])
    if kept != texts:
        if kept:
            connection.execute(sa.delete(price_rows).where(_rows_key(catalog_id, prices.id)))
        key = {"catalog": catalog_id, "list_id": prices.id}
        if texts:
            parts = [{**key, "part": part, "prices": text} for part, text in enumerate(texts)]
            connection.execute(sa.insert(price_rows), parts)
    change_log.append(connection, catalog_id, [prices.id], "prices")
    return done


def _check_id(identity: str) -> None:
    if not identity or list(findable([identity])) != [identity]:
        raise InvalidPriceList(f"a price list cannot be called {identity[:100]!r}")
    if identity == OWN:
        raise InvalidPriceList(f"a price list cannot be called {OWN}, which is the catalogue's own price in rules")


def _completed(given: ListPrices, stored: Row | None, currency: str) -> PriceList:
    head = _head(stored) if stored is not None else PriceListHead(given.id, currency, (), None, None, 0, 0)
    return PriceList(
        given.id,
        head.currency if isinstance(given.currency, Unset) else given.currency,
        given.rows,
        head.rules,
        head.valid_from if isinstance(given.valid_from, Unset) else given.valid_from,
        head.valid_until if isinstance(given.valid_until, Unset) else given.valid_until,
    )


def _stored(connection: Connection, catalog_id: str, identity: str) -> Row | None:
    return connection.execute(sa.select(price_lists).where(_key(catalog_id, identity))).first()


def _texts(connection: Connection, catalog_id: str, identity: str) -> list[str]:
    query = sa.select(price_rows.c.prices).where(_rows_key(catalog_id, identity)).order_by(price_rows.c.part)
    return list(connection.scalars(query))


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (price_lists.c.catalog == catalog_id) & (price_lists.c.list_id == identity)


def _rows_key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (price_rows.c.catalog == catalog_id) & (price_rows.c.list_id == identity)


def _whole(connection: Connection, key: sa.ColumnElement[bool]) -> Iterator[PriceList]:
    same = (price_rows.c.catalog == price_lists.c.catalog) & (price_rows.c.list_id == price_lists.c.list_id)
    query = sa.select(price_lists, price_rows.c.prices.label("part_prices"))
    query = query.select_from(price_lists.outerjoin(price_rows, same)).where(key)
    query = query.order_by(price_lists.c.list_id, price_rows.c.part)
    with connection.execute(query, execution_options={"yield_per": 100}) as rows:
        for _, group in groupby(rows, key=lambda row: row.list_id):
            parts = list(group)
            yield _list(_head(parts[0]), rows_from_texts(row.part_prices for row in parts if row.part_prices))


def _head(row: Row) -> PriceListHead:
    return PriceListHead(
        row.list_id,
        row.currency,
        rules_from_text(row.rules),
        moment_from_text(row.valid_from),
        moment_from_text(row.valid_until),
        row.prices,
        row.version,
    )


def _list(head: PriceListHead, rows: Iterable[PriceRow]) -> PriceList:
    return PriceList(head.id, head.currency, tuple(rows), head.rules, head.valid_from, head.valid_until, head.version)
