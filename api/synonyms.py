"""The synonyms of the catalogues that a process serves, read again from the records within a second of a change."""

from time import monotonic

from commerce.records import Records
from ranking.synonyms import SynonymTable

_FRESH = 1.0


class SynonymBook:
    """Keeps each catalogue's synonyms for a second; safe for concurrent use."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: dict[str, tuple[float, SynonymTable]] = {}

    def of(self, catalog_id: str) -> SynonymTable:
        """Return the synonyms in force."""
        now = monotonic()
        known = self._known.get(catalog_id)
        if known is None or now - known[0] > _FRESH:
            found = tuple(self._records.synonyms(catalog_id))
            table = known[1] if known is not None and known[1].synonyms == found else SynonymTable(found)
            known = (now, table)
            self._known[catalog_id] = known
        return known[1]

    def forget(self, catalog_id: str) -> None:
        """Read a catalogue's synonyms again when they are next asked for: this process has changed them."""
        self._known.pop(catalog_id, None)
