"""The records of orders: written whole, one a number; an order that is given again takes the place of itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.erasure import Person
from commerce.order import Order, OrderLine
from commerce.records.database import Database
from commerce.records.erasures import erased_until
from commerce.records.rows import Row, findable
from commerce.records.tables import erasures, orders
from commerce.records.upserts import upsert

_KEY = ("catalog", "order_id")
# Asked with every recommendation: made once.
_MARKS = sa.select(
    sa.select(sa.func.max(orders.c.written)).where(orders.c.catalog == sa.bindparam("catalog")).scalar_subquery(),
    sa.select(sa.func.max(erasures.c.id)).scalar_subquery(),
)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class OrdersWritten:
    """What a write did, in orders."""

    written: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class OrderExtent:
    """How many orders there are, and the first and the last moment of one; None where there are none."""

    orders: int
    first: datetime | None
    last: datetime | None


class OrderRecords(Database):
    """The orders of all catalogues."""

    def put_orders(self, catalog_id: str, given: Iterable[Order]) -> OrdersWritten:
        """Write orders, all or none, in the place of those of the same id; equal ones stay.

        They are durable when this returns. Their products need not be in the catalogue. What somebody bought before
        they were erased is a guest's.
        """
        written = unchanged = 0
        with self._write() as connection:
            number = _last_write(connection, catalog_id) + 1
            remaining = iter(given)
            while chunk := _unnamed(connection, catalog_id, list(islice(remaining, _CHUNK))):
                rows = {order.id: _row(catalog_id, order) for order in chunk}
                stored = _stored(connection, catalog_id, list(rows))
                changed = [row | {"written": number} for identity, row in rows.items() if stored.get(identity) != row]
                if changed:
                    upsert(connection, orders, _KEY, changed)
                written, unchanged = written + len(changed), unchanged + len(rows) - len(changed)
        return OrdersWritten(written, unchanged)

    def orders(
        self, catalog_id: str, *, until: datetime | None = None, account: str | None = None, user: str | None = None
    ) -> Iterator[Order]:
        """Yield orders by time and id, as of one moment: those before ``until``, of one account, of one user."""
        query = sa.select(orders).where(orders.c.catalog == catalog_id)
        if until is not None:
            query = query.where(orders.c.placed_at < _moment(until))
        if account is not None:
            query = query.where(orders.c.account == next(findable([account]), ""))
        if user is not None:
            query = query.where(orders.c.user_id == next(findable([user]), ""))
        query = query.order_by(orders.c.placed_at, orders.c.order_id)
        with self._read() as connection, connection.execute(query, execution_options={"yield_per": 2_000}) as rows:
            for row in rows:
                yield _order(row)

    def latest_orders(
        self, catalog_id: str, *, account: str | None = None, user: str | None = None, limit: int
    ) -> list[Order]:
        """Return the latest orders of an account or a user, the oldest of them first."""
        query = sa.select(orders).where(orders.c.catalog == catalog_id)
        if account is not None:
            query = query.where(orders.c.account == next(findable([account]), ""))
        if user is not None:
            query = query.where(orders.c.user_id == next(findable([user]), ""))
        query = query.order_by(orders.c.placed_at.desc(), orders.c.order_id.desc()).limit(limit)
        with self._connect() as connection:
            rows = connection.execute(query).all()
        return [_order(row) for row in reversed(rows)]

    def last_order_write(self, catalog_id: str) -> int:
        """Return the number of the last write of orders; 0 for a catalogue without orders."""
        with self._connect() as connection:
            return _last_write(connection, catalog_id)

    def order_marks(self, catalog_id: str) -> tuple[int, int]:
        """Return the number of the last write of orders, and that of the last erasure in any catalogue."""
        with self._connect() as connection:
            row = connection.execute(_MARKS, {"catalog": catalog_id}).one()
        return int(row[0] or 0), int(row[1] or 0)

    def buyers_since(self, catalog_id: str, write: int) -> tuple[int, set[tuple[str | None, str | None]]]:
        """Return the number of the last write, and the account and user of every order written after ``write``."""
        buyers = sa.select(orders.c.account, orders.c.user_id).distinct()
        key = (orders.c.catalog == catalog_id) & (orders.c.written > write)
        with self._read() as connection:
            last = _last_write(connection, catalog_id)
            found = (
                {(row.account, row.user_id) for row in connection.execute(buyers.where(key))} if last > write else set()
            )
        return last, found

    def order_extent(self, catalog_id: str) -> OrderExtent:
        """Return how many orders a catalogue has, from when to when."""
        moment = orders.c.placed_at
        query = sa.select(sa.func.count(), sa.func.min(moment), sa.func.max(moment))
        with self._read() as connection:
            count, first, last = connection.execute(query.where(orders.c.catalog == catalog_id)).one()
        return OrderExtent(int(count), *(None if at is None else datetime.fromisoformat(at) for at in (first, last)))


def _unnamed(connection: Connection, catalog_id: str, given: Sequence[Order]) -> list[Order]:
    """Return orders without the names of those who were erased after they bought."""
    people: dict[str, tuple[Person, ...]] = {}
    for order in given:
        if order.user is not None:
            people[order.user] = (Person("user", order.user),)
        elif order.account is not None:
            people[order.account] = (Person("account", order.account), Person("user", order.account))
    erased = erased_until(connection, catalog_id, {each for several in people.values() for each in several})
    if not erased:
        return list(given)
    found = []
    for order in given:
        name = order.user or order.account
        gone = [erased[each] for each in people.get(name or "", ()) if each in erased]
        if gone and order.placed_at < max(gone):
            order = replace(order, user=None, account=None if order.account == name else order.account)
        found.append(order)
    return found


def _row(catalog_id: str, order: Order) -> dict[str, object]:
    lines = [
        [line.product_id, str(line.quantity), None if line.net is None else str(line.net), line.currency]
        for line in order.lines
    ]
    return {
        "catalog": catalog_id,
        "order_id": order.id,
        "placed_at": _moment(order.placed_at),
        "account": order.account,
        "user_id": order.user,
        "lines": orjson.dumps(lines).decode(),
    }


def _stored(connection: Connection, catalog_id: str, ids: Sequence[str]) -> dict[str, dict[str, object]]:
    key = (orders.c.catalog == catalog_id) & orders.c.order_id.in_(list(findable(ids)))
    columns = [column for column in orders.c if column is not orders.c.written]
    return {row.order_id: dict(row._mapping) for row in connection.execute(sa.select(*columns).where(key))}


def _last_write(connection: Connection, catalog_id: str) -> int:
    query = sa.select(sa.func.max(orders.c.written)).where(orders.c.catalog == catalog_id)
    return int(connection.scalar(query) or 0)


def _order(row: Row) -> Order:
    lines = tuple(
        OrderLine(product, Decimal(quantity), None if net is None else Decimal(net), currency)
        for product, quantity, net, currency in orjson.loads(row.lines)
    )
    return Order(row.order_id, datetime.fromisoformat(row.placed_at), lines, row.account, row.user_id)


def _moment(moment: datetime) -> str:
    # One form for all, so that texts sort as times do.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
