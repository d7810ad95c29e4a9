"""The records of promotions: written whole; what is equal is not, and ``version`` counts real changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import InvalidPromotion, UnknownPromotion
from commerce.promotion_documents import promotion_from_json, promotion_to_json
from commerce.promotion_limits import refuse_too_many
from commerce.promotions import Promotion
from commerce.records import change_log
from commerce.records.database import Database
from commerce.records.known_ids import count_unknown
from commerce.records.rows import Row, findable
from commerce.records.tables import promotions
from commerce.records.upserts import upsert

_KEY = ("catalog", "promotion_id")


@dataclass(frozen=True, slots=True)
class PromotionWritten:
    """What a write did: the promotion's version now, whether anything changed, and how many of the ids that it names
    are neither products nor variants that the catalogue has."""

    id: str
    version: int
    changed: bool
    unknown: int = 0


class PromotionRecords(Database):
    """The promotions of all catalogues."""

    def put_promotion(self, catalog_id: str, promotion: Promotion, *, dry_run: bool = False) -> PromotionWritten:
        """Write a promotion in the place of the one of its id, if they differ; its ``version`` counts for nothing.

        ``dry_run`` writes nothing and returns what would be written. Raises InvalidPromotion for an unusable id and
        where too many would be in force together, InvalidFilter for a filter nested too deep.
        """
        with self._read() if dry_run else self._write() as connection:
            version, changed = _put(connection, catalog_id, promotion, dry_run=dry_run)
            unknown = count_unknown(connection, catalog_id, promotion.selected.ids, or_variants=True)
            return PromotionWritten(promotion.id, version, changed, unknown)

    def promotion(self, catalog_id: str, identity: str) -> Promotion:
        """Return one promotion. Raises UnknownPromotion."""
        found = next(self.promotions(catalog_id, ids=[identity]), None)
        if found is None:
            raise UnknownPromotion(f"there is no promotion {identity[:100]!r}")
        return found

    def promotions(
        self, catalog_id: str, *, ids: Sequence[str] | None = None, after: str = "", limit: int | None = None
    ) -> Iterator[Promotion]:
        """Yield a catalogue's promotions by id, or those of ``ids`` that exist, as of one moment.

        ``after`` leaves out those up to that id, ``limit`` those behind so many.
        """
        query = sa.select(promotions).where(promotions.c.catalog == catalog_id)
        query = query.where(promotions.c.promotion_id > next(findable([after]), ""))
        query = query.order_by(promotions.c.promotion_id).limit(limit)
        with self._read() as connection:
            if ids is not None:
                stored = (_stored(connection, catalog_id, identity) for identity in findable(ids))
                yield from (_promotion(row) for row in stored if row is not None)
                return
            with connection.execute(query, execution_options={"yield_per": 100}) as rows:
                for row in rows:
                    yield _promotion(row)

    def delete_promotion(self, catalog_id: str, identity: str) -> bool:
        """Remove a promotion and say whether there was one."""
        with self._write() as connection:
            if not list(findable([identity])) or _stored(connection, catalog_id, identity) is None:
                return False
            connection.execute(sa.delete(promotions).where(_key(catalog_id, identity)))
            change_log.append(connection, catalog_id, [identity], "promo")
        return True


def _put(connection: Connection, catalog_id: str, promotion: Promotion, *, dry_run: bool) -> tuple[int, bool]:
    identity = promotion.id
    if not identity or list(findable([identity])) != [identity]:
        raise InvalidPromotion(f"a promotion cannot be called {identity[:100]!r}")
    stored = _stored(connection, catalog_id, identity)
    terms = orjson.dumps(promotion_to_json(promotion)).decode()
    version = 0 if stored is None else int(stored.version)
    if stored is not None and stored.terms == terms:
        return version, False
    key = (promotions.c.catalog == catalog_id) & (promotions.c.promotion_id != identity)
    refuse_too_many(promotion, map(_promotion, connection.execute(sa.select(promotions).where(key))))
    if not dry_run:
        row = {"catalog": catalog_id, "promotion_id": identity, "terms": terms, "version": version + 1}
        upsert(connection, promotions, _KEY, [row])
        change_log.append(connection, catalog_id, [identity], "promo")
    return version + 1, True


def _stored(connection: Connection, catalog_id: str, identity: str) -> Row | None:
    return connection.execute(sa.select(promotions).where(_key(catalog_id, identity))).first()


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (promotions.c.catalog == catalog_id) & (promotions.c.promotion_id == identity)


def _promotion(row: Row) -> Promotion:
    return promotion_from_json(row.promotion_id, orjson.loads(row.terms), row.version)
