"""Which tokens are good no longer: kept in memory, read anew from the records twice a second."""

from collections.abc import Mapping
from threading import Event, Lock, Thread
from typing import Any

import structlog

from commerce.records import Records, Revocations
from language.errors import VitrineError

_EVERY_SECONDS = 0.5
_log = structlog.get_logger()


class RevokedTokens:
    """What a process knows to be revoked; asked with every token, for the price of two look-ups in memory."""

    def __init__(self) -> None:
        self.known = Revocations()
        self._subjects: Mapping[str, float] = {}

    def take(self, revocations: Revocations) -> None:
        """Know these from now on."""
        self.known, self._subjects = revocations, dict(revocations.subjects)

    def has(self, claims: Mapping[str, Any]) -> bool:
        """Say whether the token of verified claims is revoked: by its ``jti``, or with all that were issued to its
        ``sub`` before a time. One that does not say when it was issued counts as issued before."""
        if claims.get("jti") in self.known.ids:
            return True
        issued_before = self._subjects.get(str(claims.get("sub")))
        return issued_before is not None and float(claims.get("iat") or 0) < issued_before


class RevocationWatch:
    """Keeps a process's revoked tokens up to date between ``start`` and ``stop``, by a thread of its own.

    While the records are away the last ones that were read stay in force.
    """

    def __init__(self, records: Records, revoked: RevokedTokens) -> None:
        self._records = records
        self._revoked = revoked
        self._reading = Lock()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="revocations", daemon=True)

    def start(self) -> None:
        """Read what is revoked, then begin to watch."""
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def refresh(self) -> None:
        """Read what was revoked or restored meanwhile."""
        with self._reading:
            known = self._revoked.known
            newest = self._records.revocations(known)
            if newest is not known:
                self._revoked.take(newest)

    def _run(self) -> None:
        is_away = False
        while not self._stopped.wait(_EVERY_SECONDS):
            try:
                self.refresh()
                is_away = False
            except VitrineError as error:
                if not is_away:
                    _log.warning("revocations_not_read", reason=error.message)
                is_away = True
