"""The records of tokens that are good no longer though they have not expired."""

from dataclasses import dataclass

import sqlalchemy as sa

from commerce.records.database import Database
from commerce.records.rows import findable
from commerce.records.tables import revocations


@dataclass(frozen=True, slots=True)
class Revocations:
    """Revoked tokens by their ``jti``, and by their ``sub`` with the time (seconds since 1970) before which those
    issued are revoked. ``mark`` is another one whenever anything was written."""

    ids: frozenset[str] = frozenset()
    subjects: tuple[tuple[str, float], ...] = ()
    mark: tuple[int, int] = (0, 0)


class RevocationRecords(Database):
    """The revocations of the whole service: tokens are not of a catalogue."""

    def revoke_token(self, identity: str) -> None:
        """Revoke the token of a ``jti``."""
        self._revoke("jti", identity, None)

    def revoke_subject(self, subject: str, issued_before: float) -> None:
        """Revoke a user's tokens that were issued before a time, in seconds since 1970."""
        self._revoke("sub", subject, issued_before)

    def restore_token(self, identity: str) -> bool:
        """Take the revocation of a ``jti`` back and say whether there was one."""
        return self._restore("jti", identity)

    def restore_subject(self, subject: str) -> bool:
        """Take the revocation of a user's tokens back and say whether there was one."""
        return self._restore("sub", subject)

    def revocations(self, known: Revocations | None = None) -> Revocations:
        """Return what is revoked; ``known`` itself, for the price of one small question, if that is the newest."""
        with self._read() as connection:
            query = sa.select(sa.func.max(revocations.c.id), sa.func.count()).select_from(revocations)
            greatest, count = connection.execute(query).one()
            mark = (int(greatest or 0), int(count))
            if known is not None and known.mark == mark:
                return known
            rows = connection.execute(sa.select(revocations)).all()
        ids = frozenset(row.value for row in rows if row.claim == "jti")
        subjects = tuple((row.value, float(row.issued_before)) for row in rows if row.claim == "sub")
        return Revocations(ids, subjects, mark)

    def _revoke(self, claim: str, value: str, issued_before: float | None) -> None:
        with self._write() as connection:
            key = (revocations.c.claim == claim) & (revocations.c.value == value)
            connection.execute(sa.delete(revocations).where(key))
            row = {"claim": claim, "value": value, "issued_before": issued_before}
            connection.execute(sa.insert(revocations).values(row))

    def _restore(self, claim: str, value: str) -> bool:
        if not list(findable([value])):
            return False
        key = (revocations.c.claim == claim) & (revocations.c.value == value)
        with self._write() as connection:
            return connection.execute(sa.delete(revocations).where(key)).rowcount > 0
