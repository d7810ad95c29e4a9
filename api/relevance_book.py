"""The settings of relevance of the catalogues that a process serves, read again within a second of a change."""

from time import monotonic

from commerce.records import Records
from ranking.relevance import Relevance
from ranking.relevance_records import current

_FRESH = 1.0


class RelevanceBook:
    """Keeps each catalogue's settings for a second; safe for concurrent use."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: dict[str, tuple[float, Relevance]] = {}

    def of(self, catalog_id: str) -> Relevance:
        """Return the settings in force."""
        now = monotonic()
        known = self._known.get(catalog_id)
        if known is None or now - known[0] > _FRESH:
            known = (now, current(self._records, catalog_id).relevance)
            self._known[catalog_id] = known
        return known[1]

    def forget(self, catalog_id: str) -> None:
        """Read a catalogue's settings again when they are next asked for: this process has changed them."""
        self._known.pop(catalog_id, None)
