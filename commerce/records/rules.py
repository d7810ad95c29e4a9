"""The records of merchandising rules: what is in force, what is drafted, and every version that ever was in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import InvalidRule, UnknownRule
from commerce.merchandising import Rule
from commerce.records import change_log
from commerce.records.database import Database
from commerce.records.rows import Row, findable
from commerce.records.tables import rule_versions, rules
from commerce.records.upserts import upsert
from commerce.rule_documents import rule_from_json, rule_to_json

_KEY = ("catalog", "rule_id")


@dataclass(frozen=True, slots=True)
class RuleWritten:
    """What a write did: the version in force now, 0 for none, and whether anything changed."""

    id: str
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule and when it came into force; ``rule`` None is its removal."""

    version: int
    at: str
    rule: Rule | None


class RuleRecords(Database):
    """The merchandising rules of all catalogues."""

    def put_rule(self, catalog_id: str, rule: Rule, *, draft: bool = False) -> RuleWritten:
        """Write a rule in the place of the one of its id, or as its draft; equal ones stay as they are.

        What is put in force takes the place of a draft too. Raises InvalidRule for an unusable id.
        """
        [written] = self.put_rules(catalog_id, [rule], draft=draft)
        return written

    def put_rules(self, catalog_id: str, given: Sequence[Rule], *, draft: bool = False) -> list[RuleWritten]:
        """Write several rules, all or none; for the rest as ``put_rule``."""
        with self._write() as connection:
            return [_put(connection, catalog_id, rule, draft=draft) for rule in given]

    def rule(self, catalog_id: str, identity: str, *, draft: bool = False, version: int | None = None) -> Rule:
        """Return a rule that is in force, its draft, or one of its versions. Raises UnknownRule."""
        with self._read() as connection:
            for each in findable([identity]):
                if version is not None:
                    row = connection.execute(_version(catalog_id, each).where(rule_versions.c.version == version))
                    found = row.first()
                else:
                    found = _stored(connection, catalog_id, each)
                terms = found and (found.draft if draft else found.terms)
                if found is not None and terms is not None:
                    return _rule(each, terms, found.version)
        what = "draft of a rule" if draft else "rule" if version is None else f"version {version} of a rule"
        raise UnknownRule(f"there is no {what} {identity[:100]!r}")

    def rules(
        self, catalog_id: str, *, ids: Sequence[str] | None = None, after: str = "", limit: int | None = None
    ) -> list[Rule]:
        """Return a catalogue's rules in force by id, or those of ``ids`` that are; ``after`` leaves out those up to
        that id, ``limit`` those behind so many."""
        query = _of_catalog(catalog_id, after, limit).where(rules.c.terms.is_not(None))
        return [_rule(row.rule_id, row.terms, row.version) for row in self._chosen(query, ids)]

    def drafts(self, catalog_id: str, *, after: str = "", limit: int | None = None) -> list[Rule]:
        """Return the drafts of a catalogue's rules by id, with the version that each will replace."""
        query = _of_catalog(catalog_id, after, limit).where(rules.c.draft.is_not(None))
        return [_rule(row.rule_id, row.draft, row.version) for row in self._chosen(query, None)]

    def publish_rules(self, catalog_id: str, ids: Sequence[str]) -> list[RuleWritten]:
        """Put drafts in force, all or none. Raises UnknownRule for a rule without one."""
        with self._write() as connection:
            written = []
            for identity in ids:
                row = _stored(connection, catalog_id, identity) if list(findable([identity])) else None
                if row is None or row.draft is None:
                    raise UnknownRule(f"there is no draft of a rule {identity[:100]!r}; nothing was published")
                written.append(_put(connection, catalog_id, _rule(identity, row.draft), draft=False))
            return written

    def roll_back_rule(self, catalog_id: str, identity: str, version: int) -> RuleWritten:
        """Put an earlier version in force again, as a new one. Raises UnknownRule."""
        earlier = self.rule(catalog_id, identity, version=version)
        return self.put_rule(catalog_id, earlier)

    def rule_history(self, catalog_id: str, identity: str, limit: int = 100) -> list[RuleVersion]:
        """Return the last versions of a rule, the newest first; none for a rule that never was."""
        with self._read() as connection:
            for each in findable([identity]):
                query = _version(catalog_id, each).order_by(rule_versions.c.version.desc()).limit(limit)
                rows = connection.execute(query).all()
                return [
                    RuleVersion(r.version, r.at, None if r.terms is None else _rule(each, r.terms, r.version))
                    for r in rows
                ]
        return []

    def delete_rule(self, catalog_id: str, identity: str, *, draft: bool = False) -> bool:
        """Remove a rule with its draft, or the draft alone; say whether there was one. Its versions stay."""
        with self._write() as connection:
            for each in findable([identity]):
                row = _stored(connection, catalog_id, each)
                if row is None or (draft and row.draft is None):
                    return False
                if draft and row.terms is not None:
                    connection.execute(sa.update(rules).where(_key(catalog_id, each)).values(draft=None))
                    return True
                connection.execute(sa.delete(rules).where(_key(catalog_id, each)))
                if row.terms is not None:
                    _keep(connection, catalog_id, each, _next_version(connection, catalog_id, each), None)
                    change_log.append(connection, catalog_id, [each], "rule")
                return True
        return False

    def _chosen(self, query: sa.Select[tuple[object, ...]], ids: Sequence[str] | None) -> list[Row]:
        with self._read() as connection:
            if ids is None:
                return list(connection.execute(query).all())
            found: list[Row] = []
            for identity in findable(ids):
                found += connection.execute(query.where(rules.c.rule_id == identity)).all()
            return found


def _put(connection: Connection, catalog_id: str, rule: Rule, *, draft: bool) -> RuleWritten:
    if not rule.id or list(findable([rule.id])) != [rule.id]:
        raise InvalidRule(f"a rule cannot be called {rule.id[:100]!r}")
    terms = orjson.dumps(rule_to_json(rule)).decode()
    stored = _stored(connection, catalog_id, rule.id)
    version = 0 if stored is None else int(stored.version)
    row: dict[str, object] = {"catalog": catalog_id, "rule_id": rule.id, "version": version}
    if draft:
        if stored is not None and stored.draft == terms:
            return RuleWritten(rule.id, version, changed=False)
        upsert(connection, rules, _KEY, [row | {"terms": stored and stored.terms, "draft": terms}])
        return RuleWritten(rule.id, version, changed=True)
    if stored is not None and stored.terms == terms and stored.draft is None:
        return RuleWritten(rule.id, version, changed=False)
    if stored is None or stored.terms != terms:
        version = _next_version(connection, catalog_id, rule.id)
        _keep(connection, catalog_id, rule.id, version, terms)
        change_log.append(connection, catalog_id, [rule.id], "rule")
    upsert(connection, rules, _KEY, [row | {"terms": terms, "version": version, "draft": None}])
    return RuleWritten(rule.id, version, changed=True)


def _keep(connection: Connection, catalog_id: str, identity: str, version: int, terms: str | None) -> None:
    row: Mapping[str, object] = {
        "catalog": catalog_id,
        "rule_id": identity,
        "version": version,
        "terms": terms,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    connection.execute(sa.insert(rule_versions).values(row))


def _next_version(connection: Connection, catalog_id: str, identity: str) -> int:
    key = (rule_versions.c.catalog == catalog_id) & (rule_versions.c.rule_id == identity)
    return int(connection.scalar(sa.select(sa.func.max(rule_versions.c.version)).where(key)) or 0) + 1


def _of_catalog(catalog_id: str, after: str, limit: int | None) -> sa.Select[tuple[object, ...]]:
    query = sa.select(rules).where(rules.c.catalog == catalog_id, rules.c.rule_id > next(findable([after]), ""))
    return query.order_by(rules.c.rule_id).limit(limit)


def _version(catalog_id: str, identity: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(rule_versions).where(rule_versions.c.catalog == catalog_id, rule_versions.c.rule_id == identity)


def _stored(connection: Connection, catalog_id: str, identity: str) -> Row | None:
    return connection.execute(sa.select(rules).where(_key(catalog_id, identity))).first()


def _key(catalog_id: str, identity: str) -> sa.ColumnElement[bool]:
    return (rules.c.catalog == catalog_id) & (rules.c.rule_id == identity)


def _rule(identity: str, terms: str, version: int = 0) -> Rule:
    return rule_from_json(identity, orjson.loads(terms), version)
