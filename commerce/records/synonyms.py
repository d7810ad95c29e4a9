"""The records of synonyms: written whole, and logged where they differ from what there was."""

from collections.abc import Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import UnknownSynonym
from commerce.records import change_log
from commerce.records.database import Database
from commerce.records.rows import Row, findable
from commerce.records.tables import synonyms
from commerce.records.upserts import upsert
from commerce.synonyms import Synonym

_KEY = ("catalog", "synonym_id")


class SynonymRecords(Database):
    """The synonyms of all catalogues."""

    def put_synonym(self, catalog_id: str, synonym: Synonym) -> bool:
        """Write a synonym in the place of the one of its id; say whether anything changed."""
        with self._write() as connection:
            return _put(connection, catalog_id, synonym)

    def put_synonyms(self, catalog_id: str, given: Sequence[Synonym], *, without: Sequence[str] = ()) -> None:
        """Write several synonyms and remove others by their ids, all or none."""
        with self._write() as connection:
            for each in given:
                _put(connection, catalog_id, each)
            for identity in without:
                _delete(connection, catalog_id, identity)

    def synonym(self, catalog_id: str, identity: str) -> Synonym:
        """Return one synonym. Raises UnknownSynonym."""
        with self._read() as connection:
            for each in findable([identity]):
                row = connection.execute(sa.select(synonyms).where(_key(catalog_id, each))).first()
                if row is not None:
                    return _synonym(row)
        raise UnknownSynonym(f"there is no synonym {identity[:100]!r}")

    def synonyms(self, catalog_id: str, *, after: str = "", limit: int | None = None) -> list[Synonym]:
        """Return a catalogue's synonyms by id: those behind the id ``after``, ``limit`` of them at most."""
        query = sa.select(synonyms).where(synonyms.c.catalog == catalog_id)
        query = query.where(synonyms.c.synonym_id > next(findable([after]), "")).order_by(synonyms.c.synonym_id)
        with self._read() as connection:
            return [_synonym(row) for row in connection.execute(query.limit(limit))]

    def delete_synonym(self, catalog_id: str, identity: str) -> bool:
        """Remove a synonym and say whether there was one."""
        with self._write() as connection:
            return _delete(connection, catalog_id, identity)


def _put(connection: Connection, catalog_id: str, synonym: Synonym) -> bool:
    terms = orjson.dumps(
        {"kind": synonym.kind, "from": synonym.sources, "to": synonym.targets, "locale": synonym.locale}
    ).decode()
    stored = connection.execute(sa.select(synonyms).where(_key(catalog_id, synonym.id))).first()
    if stored is not None and stored.terms == terms:
        return False
    upsert(connection, synonyms, _KEY, [{"catalog": catalog_id, "synonym_id": synonym.id, "terms": terms}])
    change_log.append(connection, catalog_id, [synonym.id], "synonym")
    return True


def _delete(connection: Connection, catalog_id: str, identity: str) -> bool:
    for each in findable([identity]):
        if connection.execute(sa.delete(synonyms).where(_key(catalog_id, each))).rowcount:
            change_log.append(connection, catalog_id, [each], "synonym")
            return True
    return False


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (synonyms.c.catalog == catalog_id) & (synonyms.c.synonym_id == identity)


def _synonym(row: Row) -> Synonym:
    terms = orjson.loads(row.terms)
    return Synonym(row.synonym_id, terms["kind"], tuple(terms["from"]), tuple(terms["to"]), terms["locale"])
