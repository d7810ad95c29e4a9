"""The records of assortments: written whole; what is equal is not, and ``version`` counts real changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import InvalidAssortment, UnknownAssortment
from commerce.pricing import Assortment, Selected
from commerce.records import change_log
from commerce.records.database import Database
from commerce.records.known_ids import count_unknown
from commerce.records.price_documents import selected_from_text, selected_to_text
from commerce.records.rows import Row, findable
from commerce.records.tables import assortments
from commerce.records.upserts import upsert

_KEY = ("catalog", "assortment_id")


@dataclass(frozen=True, slots=True)
class AssortmentWritten:
    """What a write did: the assortment's version now, whether anything changed, and how many of the ids that it names
    are of products which the catalogue does not have."""

    id: str
    version: int
    changed: bool
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class AssortmentsWritten:
    """What a write of several assortments did, in assortments."""

    written: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ListedProducts:
    """The ids that an assortment names from now on; its filters stay. None leaves those ids as they are.

    An assortment without ids and without a filter to include includes all products.
    """

    id: str
    included: frozenset[str] | None
    excluded: frozenset[str] | None = None


class AssortmentRecords(Database):
    """The assortments of all catalogues."""

    def put_assortment(self, catalog_id: str, assortment: Assortment, *, dry_run: bool = False) -> AssortmentWritten:
        """Write an assortment in the place of the one of its id, if they differ; its ``version`` counts for nothing.

        ``dry_run`` writes nothing and returns what would be written. Raises InvalidAssortment for an unusable id,
        InvalidFilter for filters nested too deep.
        """
        with self._read() if dry_run else self._write() as connection:
            version, changed = _put(connection, catalog_id, assortment, dry_run=dry_run)
            named = assortment.exclude.ids | (assortment.include.ids if assortment.include else frozenset())
            unknown = count_unknown(connection, catalog_id, named, or_variants=False)
            return AssortmentWritten(assortment.id, version, changed, unknown)

    def put_listed_products(self, catalog_id: str, listed: Iterable[ListedProducts]) -> AssortmentsWritten:
        """Give assortments other ids, all or none; assortments that are not named stay."""
        written = unchanged = 0
        with self._write() as connection:
            for given in listed:
                stored = _stored(connection, catalog_id, given.id)
                before = Assortment(given.id) if stored is None else _assortment(stored)
                _, changed = _put(connection, catalog_id, _completed(given, before))
                written, unchanged = written + changed, unchanged + (not changed)
        return AssortmentsWritten(written, unchanged)

    def assortment(self, catalog_id: str, identity: str) -> Assortment:
        """Return one assortment. Raises UnknownAssortment."""
        found = next(self.assortments(catalog_id, ids=[identity]), None)
        if found is None:
            raise UnknownAssortment(f"there is no assortment {identity[:100]!r}")
        return found

    def assortments(
        self, catalog_id: str, *, ids: Sequence[str] | None = None, after: str = "", limit: int | None = None
    ) -> Iterator[Assortment]:
        """Yield a catalogue's assortments by id, or those of ``ids`` that exist, as of one moment.

        ``after`` leaves out those up to that id, ``limit`` those behind so many.
        """
        query = sa.select(assortments).where(assortments.c.catalog == catalog_id)
        query = query.where(assortments.c.assortment_id > next(findable([after]), ""))
        query = query.order_by(assortments.c.assortment_id).limit(limit)
        with self._read() as connection:
            if ids is not None:
                stored = (_stored(connection, catalog_id, identity) for identity in findable(ids))
                yield from (_assortment(row) for row in stored if row is not None)
                return
            with connection.execute(query, execution_options={"yield_per": 100}) as rows:
                for row in rows:
                    yield _assortment(row)

    def unknown_products(self, catalog_id: str, ids: Iterable[str]) -> int:
        """Count the ids, each given once, that are of no product."""
        with self._read() as connection:
            return count_unknown(connection, catalog_id, ids, or_variants=False)

    def delete_assortment(self, catalog_id: str, identity: str) -> bool:
        """Remove an assortment and say whether there was one. Tokens that name it see nothing by it."""
        with self._write() as connection:
            if not list(findable([identity])) or _stored(connection, catalog_id, identity) is None:
                return False
            connection.execute(sa.delete(assortments).where(_key(catalog_id, identity)))
            change_log.append(connection, catalog_id, [identity], "assort")
        return True


def _put(connection: Connection, catalog_id: str, assortment: Assortment, *, dry_run: bool = False) -> tuple[int, bool]:
    identity = assortment.id
    if not identity or list(findable([identity])) != [identity]:
        raise InvalidAssortment(f"an assortment cannot be called {identity[:100]!r}")
    stored = _stored(connection, catalog_id, identity)
    texts = {
        "included": None if assortment.include is None else selected_to_text(assortment.include),
        "excluded": selected_to_text(assortment.exclude),
    }
    version = 0 if stored is None else int(stored.version)
    if stored is not None and (stored.included, stored.excluded) == (texts["included"], texts["excluded"]):
        return version, False
    if not dry_run:
        row = {"catalog": catalog_id, "assortment_id": identity, **texts, "version": version + 1}
        upsert(connection, assortments, _KEY, [row])
        change_log.append(connection, catalog_id, [identity], "assort")
    return version + 1, True


def _completed(given: ListedProducts, before: Assortment) -> Assortment:
    include, exclude = before.include, before.exclude
    if given.included is not None:
        include = Selected(given.included, include.filter if include else None)
    if given.excluded is not None:
        exclude = Selected(given.excluded, exclude.filter)
    return Assortment(given.id, include, exclude)


def _stored(connection: Connection, catalog_id: str, identity: str) -> Row | None:
    return connection.execute(sa.select(assortments).where(_key(catalog_id, identity))).first()


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (assortments.c.catalog == catalog_id) & (assortments.c.assortment_id == identity)


def _assortment(row: Row) -> Assortment:
    included = None if row.included is None else selected_from_text(row.included)
    return Assortment(row.assortment_id, included, selected_from_text(row.excluded), row.version)
