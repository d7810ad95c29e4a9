"""What a process makes of one kind of records, made again within a second of a change of theirs."""

from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import Generic, TypeVar

from commerce.records import Records
from commerce.records.change_log import ChangeKind

_FRESH = 1.0
Made = TypeVar("Made")
Make = Callable[[str, Made | None, Sequence[str]], Made]


class RecordBook(Generic[Made]):
    """Keeps what is made of each catalogue's records of a kind; safe for concurrent use.

    ``make`` is given the catalogue, what was made before or None, and the ids that changed since. The change log is
    looked at once a second, so that thousands of records cost nothing while they stay as they are.
    """

    def __init__(self, records: Records, kind: ChangeKind, make: Make[Made]) -> None:
        self._records = records
        self._kind = kind
        self._make = make
        self._known: dict[str, tuple[float, int, Made]] = {}

    def of(self, catalog_id: str) -> Made:
        """Return what is made of the records in force."""
        now = monotonic()
        known = self._known.get(catalog_id)
        if known is None or now - known[0] > _FRESH:
            known = self._looked_at(catalog_id, known, now)
            self._known[catalog_id] = known
        return known[2]

    def look(self, catalog_id: str) -> None:
        """Look at the change log when it is next asked for: this process has changed something."""
        if (known := self._known.get(catalog_id)) is not None:
            self._known[catalog_id] = (-inf, *known[1:])

    def _looked_at(self, catalog_id: str, known: tuple[float, int, Made] | None, now: float) -> tuple[float, int, Made]:
        # First the number, then the records: what changes between the two is read twice and never missed.
        last = self._records.last_seq(catalog_id)
        if known is None:
            return now, last, self._make(catalog_id, None, ())
        _, seen, made = known
        if last == seen:
            return now, last, made
        if last < seen:
            # The records are those of a backup.
            return now, last, self._make(catalog_id, None, ())
        changed = self._records.changed_since(catalog_id, seen, self._kind)
        return now, last, self._make(catalog_id, made, changed) if changed else made
