"""Erasures: everything about a person in one transaction, counted, looked for again, and kept from coming back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.erasure import Erasure, Person
from commerce.records.database import EVENTS_LOCK, Database
from commerce.records.rows import Row, findable
from commerce.records.tables import erasures, events, orders, searches

_AT_ONCE = 500


class ErasureRecords(Database):
    """The erasures of all catalogues."""

    def erase(self, catalog_id: str, person: Person) -> Erasure:
        """Remove a person from a catalogue's records, all or nothing, and return the proof.

        Events and searches are deleted: a user's own, and the anonymous ones of clients that only this user signed on
        in. Orders are the shop's books: they stay, as those of a guest. What comes in later but happened before is kept
        without the name; see ``unnamed_since``.
        """
        at = datetime.now(UTC)
        with self._write() as connection:
            if connection.dialect.name == "postgresql":
                # Events that come in wait, so that none slips in between.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(EVENTS_LOCK)))
            clients = _clients(connection, catalog_id, person)
            gone = connection.execute(sa.delete(events).where(_of(events, catalog_id, person, clients))).rowcount
            asked = connection.execute(sa.delete(searches).where(_of(searches, catalog_id, person, ()))).rowcount
            nobody: Mapping[str, object] = {"client_id": None, "session_id": None}
            unnamed = 0
            if clients:
                whose = _anonymous(searches, catalog_id, clients)
                unnamed = connection.execute(sa.update(searches).where(whose).values(nobody)).rowcount
            sold = _unname_orders(connection, catalog_id, person)
            remaining = {
                "events": _count(connection, events, _of(events, catalog_id, person, clients)),
                "searches": _count(connection, searches, _of(searches, catalog_id, person, clients)),
                "orders": _count(connection, orders, _of_orders(catalog_id, person)),
            }
            done = Erasure(0, catalog_id, person.digest, at, gone, asked, unnamed, sold, remaining)
            row = {"catalog": catalog_id, "subject": person.digest, "at": at.isoformat(), "report": _report(done)}
            inserted = connection.execute(sa.insert(erasures).values(row).returning(erasures.c.id))
            return replace(done, id=int(inserted.scalar_one()))

    def erasures(self, catalog_id: str, *, after: int = 0) -> list[Erasure]:
        """Return the erasures of a catalogue behind a number, in their order."""
        query = sa.select(erasures).where(erasures.c.catalog == catalog_id, erasures.c.id > after)
        with self._connect() as connection:
            return [_erasure(row) for row in connection.execute(query.order_by(erasures.c.id))]

    def last_erasure(self) -> int:
        """Return the number of the last erasure in any catalogue, 0 if there is none."""
        with self._connect() as connection:
            return int(connection.scalar(sa.select(sa.func.max(erasures.c.id))) or 0)


def erased_until(connection: Connection, catalog_id: str, people: Iterable[Person]) -> dict[Person, datetime]:
    """Return those of some people who were erased, each with when that was last."""
    by_digest = {person.digest: person for person in people}
    digests, found = list(by_digest), {}
    for begin in range(0, len(digests), _AT_ONCE):
        chunk = digests[begin : begin + _AT_ONCE]
        key = (erasures.c.catalog == catalog_id) & erasures.c.subject.in_(chunk)
        query = sa.select(erasures.c.subject, sa.func.max(erasures.c.at)).where(key).group_by(erasures.c.subject)
        for subject, at in connection.execute(query):
            found[by_digest[subject]] = datetime.fromisoformat(at)
    return found


def _clients(connection: Connection, catalog_id: str, person: Person) -> list[str]:
    """Return the clients that this person alone was signed on in."""
    if person.kind == "client":
        return list(findable([person.name]))
    if person.kind != "user":
        return []
    own = (events.c.catalog == catalog_id) & events.c.client_id.is_not(None)
    mine = sa.select(events.c.client_id).where(own, events.c.user_id == _name(person)).distinct()
    others = sa.select(events.c.client_id).where(
        own, events.c.client_id.in_(mine), events.c.user_id.is_not(None), events.c.user_id != _name(person)
    )
    shared = set(connection.scalars(others.distinct()))
    return [client for client in connection.scalars(mine) if client not in shared]


def _of(table: sa.Table, catalog_id: str, person: Person, clients: Sequence[str]) -> sa.ColumnElement[bool]:
    whose: list[sa.ColumnElement[bool]] = []
    if person.kind == "user":
        whose.append((table.c.catalog == catalog_id) & (table.c.user_id == _name(person)))
    elif person.kind == "account":
        own = (table.c.catalog == catalog_id) & (table.c.account == _name(person))
        whose.append(own & table.c.user_id.is_(None))
    else:
        clients = list(findable([person.name]))
    if clients:
        whose.append(_anonymous(table, catalog_id, clients))
    return sa.or_(*whose) if whose else sa.false()


def _anonymous(table: sa.Table, catalog_id: str, clients: Sequence[str]) -> sa.ColumnElement[bool]:
    nobody = table.c.user_id.is_(None) & table.c.account.is_(None)
    return (table.c.catalog == catalog_id) & table.c.client_id.in_(list(clients)) & nobody


def _of_orders(catalog_id: str, person: Person) -> sa.ColumnElement[bool]:
    own = orders.c.catalog == catalog_id
    if person.kind == "user":
        # An account of the same name is the person's own.
        return own & ((orders.c.user_id == _name(person)) | (orders.c.account == _name(person)))
    if person.kind == "account":
        return own & (orders.c.account == _name(person)) & orders.c.user_id.is_(None)
    return sa.false()


def _unname_orders(connection: Connection, catalog_id: str, person: Person) -> int:
    name, whose = _name(person), _of_orders(catalog_id, person)
    kept = sa.case((orders.c.account == name, None), else_=orders.c.account)
    user = sa.case((orders.c.user_id == name, None), else_=orders.c.user_id) if person.kind == "user" else sa.null()
    return connection.execute(sa.update(orders).where(whose).values(account=kept, user_id=user)).rowcount


def _name(person: Person) -> str:
    return next(findable([person.name]), "")


def _count(connection: Connection, table: sa.Table, whose: sa.ColumnElement[bool]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table).where(whose)) or 0)


_COUNTS = ("events", "searches", "searches_unnamed", "orders_unnamed")


def _report(done: Erasure) -> str:
    counts = {name: getattr(done, name) for name in _COUNTS}
    return orjson.dumps({**counts, "remaining": dict(done.remaining)}).decode()


def _erasure(row: Row) -> Erasure:
    report = orjson.loads(row.report)
    counts = {name: int(report[name]) for name in _COUNTS}
    moment = datetime.fromisoformat(row.at)
    return Erasure(row.id, row.catalog, row.subject, moment, **counts, remaining=report["remaining"])
