"""The settings of relevance of the catalogues that a process serves, read again within a second of a change."""

from time import monotonic

from commerce.records import Records
from ranking.relevance import USUAL, Relevance
from ranking.relevance_records import Version, versions

_FRESH = 1.0


class RelevanceBook:
    """Keeps each catalogue's settings for a second; safe for concurrent use."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: dict[str, tuple[float, list[Version]]] = {}

    def of(self, catalog_id: str) -> Relevance:
        """Return the settings in force."""
        return self._versions(catalog_id)[-1].relevance

    def version(self, catalog_id: str, number: int) -> Relevance | None:
        """Return the settings of a version, None if it is not kept; 0 are the usual ones."""
        if number == 0:
            return USUAL
        return next((each.relevance for each in self._versions(catalog_id) if each.number == number), None)

    def _versions(self, catalog_id: str) -> list[Version]:
        now = monotonic()
        known = self._known.get(catalog_id)
        if known is None or now - known[0] > _FRESH:
            known = (now, versions(self._records, catalog_id))
            self._known[catalog_id] = known
        return known[1]

    def forget(self, catalog_id: str) -> None:
        """Read a catalogue's settings again when they are next asked for: this process has changed them."""
        self._known.pop(catalog_id, None)
