"""The records of events and searches: appended in bulk, followed by their numbers, forgotten after a while.

They have nothing to do with the change log. On PostgreSQL their writers wait for one another only, so that a catalogue
being loaded holds up no event; SQLite has one writer whatever it writes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from commerce.erasure import Person
from commerce.event import Event, SearchRecord, StoredEvent
from commerce.records.database import EVENTS_LOCK, Database
from commerce.records.erasures import erased_until
from commerce.records.rows import Row, findable
from commerce.records.tables import events, searches

_REMOVED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Events and searches of one catalogue to be appended."""

    events: Sequence[Event] = ()
    searches: Sequence[SearchRecord] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom events are about, as (catalogue, "user" | "account" | "client", name), up to the event ``seq``."""

    seq: int
    names: frozenset[tuple[str, str, str]]


class EventRecords(Database):
    """The events and searches of all catalogues."""

    def append_behaviour(self, by_catalog: Mapping[str, Sequence[Behaviour]]) -> int:
        """Append events and searches in one transaction and return how many events are new.

        What has the id of one that is there already changes nothing, nor does what somebody did before they were
        erased. All else is durable when this returns.
        """
        received = _moment(datetime.now(UTC))
        with self._write(EVENTS_LOCK) as connection:
            of_events: list[dict[str, object]] = []
            of_searches: list[dict[str, object]] = []
            for catalog_id, several in by_catalog.items():
                given = [event for each in several for event in each.events]
                asked = [search for each in several for search in each.searches]
                erased = erased_until(connection, catalog_id, _people([*given, *asked]))
                of_events += [_event_row(catalog_id, each, received) for each in given if not _is_erased(each, erased)]
                of_searches += [_search_row(catalog_id, each) for each in asked if not _is_erased(each, erased)]
            before = _last(connection, None) if of_events else 0
            _append(connection, events, ("catalog", "event_id"), of_events)
            _append(connection, searches, ("catalog", "query_id"), of_searches)
            if not of_events:
                return 0
            query = sa.select(sa.func.count()).select_from(events).where(events.c.seq > before)
            return int(connection.scalar(query) or 0)

    def append_events(self, catalog_id: str, given: Sequence[Event]) -> int:
        """Append events and return how many are new; see ``append_behaviour``."""
        return self.append_behaviour({catalog_id: [Behaviour(events=given)]})

    def append_searches(self, catalog_id: str, given: Sequence[SearchRecord]) -> None:
        """Append searches; see ``append_behaviour``."""
        self.append_behaviour({catalog_id: [Behaviour(searches=given)]})

    def events_since(self, catalog_id: str | None, seq: int, limit: int = 10_000) -> list[tuple[str, StoredEvent]]:
        """Return the events behind a number in their order, with their catalogues: of one, or of all."""
        query = sa.select(events).where(events.c.seq > seq)
        if catalog_id is not None:
            query = query.where(events.c.catalog == catalog_id)
        with self._connect() as connection:
            rows = connection.execute(query.order_by(events.c.seq).limit(limit))
            return [(row.catalog, StoredEvent(row.seq, _event(row))) for row in rows]

    def touched_since(self, seq: int, limit: int = 20_000) -> Touched:
        """Return whom events behind a number are about; only names are read, so that following many events is cheap."""
        columns = (events.c.seq, events.c.catalog, events.c.user_id, events.c.account, events.c.client_id)
        query = sa.select(*columns).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
        names: set[tuple[str, str, str]] = set()
        last = seq
        with self._connect() as connection:
            for number, catalog, user, account, client in connection.execute(query):
                last = number
                named = (("user", user), ("account", account), ("client", client))
                names.update((catalog, kind, name) for kind, name in named if name is not None)
        return Touched(last, frozenset(names))

    def last_event(self, catalog_id: str | None = None) -> int:
        """Return the number of a catalogue's last event, or of the last of all; 0 if there is none."""
        with self._connect() as connection:
            return _last(connection, catalog_id)

    def events(
        self, catalog_id: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Event]:
        """Return a catalogue's events in the order of arrival, as of one moment, those that happened in a time."""
        return map(_event, self._of_time(events, catalog_id, since, until))

    def searches(
        self, catalog_id: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[SearchRecord]:
        """Return a catalogue's searches in the order of arrival, as of one moment, those of a time."""
        return map(_search, self._of_time(searches, catalog_id, since, until))

    def _of_time(
        self, table: sa.Table, catalog_id: str, since: datetime | None, until: datetime | None
    ) -> Iterator[Row]:
        query = sa.select(table).where(table.c.catalog == catalog_id, *_within(table, since, until))
        query = query.order_by(table.c.seq)
        with self._read() as connection, connection.execute(query, execution_options={"yield_per": 2_000}) as rows:
            yield from rows

    def latest_searches(self, catalog_id: str, limit: int) -> list[SearchRecord]:
        """Return the latest searches of a catalogue, the latest first."""
        query = sa.select(searches).where(searches.c.catalog == catalog_id).order_by(searches.c.seq.desc())
        with self._connect() as connection:
            return [_search(row) for row in connection.execute(query.limit(limit))]

    def events_of(
        self,
        catalog_id: str,
        *,
        user: str | None = None,
        account: str | None = None,
        client: str | None = None,
        limit: int = 300,
    ) -> list[StoredEvent]:
        """Return the latest events of a user, an account or a client, whoever was signed on in it, in their order."""
        key = events.c.catalog == catalog_id
        for column, value in ((events.c.user_id, user), (events.c.account, account), (events.c.client_id, client)):
            if value is not None:
                key &= column == next(findable([value]), "")
        query = sa.select(events).where(key).order_by(events.c.seq.desc()).limit(limit)
        with self._connect() as connection:
            rows = connection.execute(query).all()
        return [StoredEvent(row.seq, _event(row)) for row in reversed(rows)]

    def clients_of(self, catalog_id: str, user: str, limit: int = 20) -> list[str]:
        """Return the clients that a user was last signed on in, the latest first."""
        with self._connect() as connection:
            for each in findable([user]):
                latest = sa.func.max(events.c.seq)
                query = sa.select(events.c.client_id).group_by(events.c.client_id).order_by(latest.desc()).limit(limit)
                key = (events.c.catalog == catalog_id) & (events.c.user_id == each) & events.c.client_id.is_not(None)
                return [str(client) for client in connection.scalars(query.where(key))]
        return []

    def forget_behaviour(self, received_before: datetime) -> int:
        """Remove events that were received, and searches that were made, before a moment; return how many there were.

        In small transactions: events that come in meanwhile do not wait for all of it.
        """
        moment, removed = _moment(received_before), 0
        for table, column in ((events, events.c.received_at), (searches, searches.c.at)):
            while True:
                oldest = sa.select(table.c.seq).where(column < moment).limit(_REMOVED_AT_ONCE)
                with self._write(EVENTS_LOCK) as connection:
                    count = connection.execute(sa.delete(table).where(table.c.seq.in_(oldest))).rowcount
                removed += count
                if count < _REMOVED_AT_ONCE:
                    break
        return removed


def _people(given: Iterable[Event | SearchRecord]) -> set[Person]:
    people: set[Person] = set()
    for each in given:
        people.update(_names(each))
    return people


def _names(said: Event | SearchRecord) -> tuple[Person, ...]:
    if said.user is not None:
        return (Person("user", said.user),)
    if said.account is not None:
        return (Person("account", said.account),)
    return () if said.client is None else (Person("client", said.client),)


def _is_erased(said: Event | SearchRecord, erased: Mapping[Person, datetime]) -> bool:
    return bool(erased) and any(each in erased and said.at < erased[each] for each in _names(said))


def _append(connection: Connection, table: sa.Table, key: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(index_elements=list(key)), list(rows))


def _last(connection: Connection, catalog_id: str | None) -> int:
    query = sa.select(sa.func.max(events.c.seq))
    if catalog_id is not None:
        query = query.where(events.c.catalog == catalog_id)
    return int(connection.scalar(query) or 0)


def _within(table: sa.Table, since: datetime | None, until: datetime | None) -> list[sa.ColumnElement[bool]]:
    conditions = [] if since is None else [table.c.at >= _moment(since)]
    return conditions if until is None else [*conditions, table.c.at < _moment(until)]


def _event_row(catalog_id: str, event: Event, received: str) -> dict[str, object]:
    rest = {
        "position": event.position,
        "quantity": None if event.quantity is None else str(event.quantity),
        "net": None if event.net is None else str(event.net),
        "message": event.message,
        "attributes": event.attributes or None,
    }
    return {
        "catalog": catalog_id,
        "event_id": event.id,
        "at": _moment(event.at),
        "received_at": received,
        "action": event.action,
        "client_id": event.client,
        "session_id": event.session,
        "user_id": event.user,
        "account": event.account,
        "query_id": event.query_id,
        "recommendation_id": event.recommendation_id,
        "object_id": event.object_id,
        "personal": event.personal,
        "rest": _packed(rest),
    }


def _event(row: Row) -> Event:
    rest = orjson.loads(row.rest)
    quantity, net = rest.get("quantity"), rest.get("net")
    return Event(
        id=row.event_id,
        action=row.action,
        at=datetime.fromisoformat(row.at),
        client=row.client_id,
        session=row.session_id,
        user=row.user_id,
        account=row.account,
        query_id=row.query_id,
        recommendation_id=row.recommendation_id,
        object_id=row.object_id,
        position=rest.get("position"),
        quantity=None if quantity is None else Decimal(quantity),
        net=None if net is None else Decimal(net),
        message=rest.get("message"),
        personal=row.personal,
        attributes=rest.get("attributes", {}),
    )


def _search_row(catalog_id: str, search: SearchRecord) -> dict[str, object]:
    rest = {
        "hits": search.hits,
        "locale": search.locale,
        "sort": search.sort,
        "filters": search.filters or None,
        "facets": search.facets or None,
        "corrected": search.corrected,
        "personalized": search.personalized or None,
        "experiment": search.experiment,
        "teams": search.teams or None,
    }
    return {
        "catalog": catalog_id,
        "query_id": search.query_id,
        "at": _moment(search.at),
        "text": search.text,
        "total": search.total,
        "page": search.page,
        "client_id": search.client,
        "session_id": search.session,
        "user_id": search.user,
        "account": search.account,
        "rest": _packed(rest),
    }


def _search(row: Row) -> SearchRecord:
    rest = orjson.loads(row.rest)
    return SearchRecord(
        query_id=row.query_id,
        at=datetime.fromisoformat(row.at),
        text=row.text,
        total=row.total,
        hits=tuple(rest["hits"]),
        page=row.page,
        locale=rest["locale"],
        sort=rest["sort"],
        filters=tuple(rest.get("filters", ())),
        facets=tuple(rest.get("facets", ())),
        corrected=rest.get("corrected"),
        personalized=rest.get("personalized", False),
        client=row.client_id,
        session=row.session_id,
        user=row.user_id,
        account=row.account,
        experiment=rest.get("experiment"),
        teams=tuple(rest.get("teams", ())),
    )


def _packed(rest: Mapping[str, object]) -> str:
    given = {name: value for name, value in rest.items() if value is not None}
    return orjson.dumps(given, option=orjson.OPT_NON_STR_KEYS).decode()


def _moment(moment: datetime) -> str:
    # One form for all, so that texts sort as times do.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
