"""What buyers filter by, for the guide: from the latest searches, read again every few minutes beside the requests."""

from collections import Counter
from collections.abc import Sequence
from threading import Thread
from time import monotonic

import structlog

from commerce.event import SearchRecord
from commerce.records import Records
from language.errors import VitrineError
from ranking.guide.answerability import Usage

_FRESH = 300.0
_LATEST = 2_000
_PRIOR = 50
"""So many searches that filtered by nothing are thought of beside those that there are: few searches say little."""
_log = structlog.get_logger()


def usage_of(searches: Sequence[SearchRecord]) -> Usage:
    """Return, of the searches that were narrowed down, the share that each field did it in."""
    narrowed = [{*each.filters, *each.facets} for each in searches if each.filters or each.facets]
    counts = Counter(field for fields in narrowed for field in fields)
    return {field: count / (len(narrowed) + _PRIOR) for field, count in counts.items()}


class GuideUsage:
    """Keeps what buyers of each catalogue filter by; whoever asks never waits for the records."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: dict[str, tuple[float, Usage]] = {}

    def of(self, catalog_id: str) -> Usage:
        """Return what is known, nothing at first; what is old is read again by a thread."""
        known = self._known.get(catalog_id)
        now = monotonic()
        if known is None or now - known[0] > _FRESH:
            known = self._known[catalog_id] = (now, {} if known is None else known[1])
            Thread(target=self._read_again, args=(catalog_id,), daemon=True, name="guide-usage").start()
        return known[1]

    def refresh(self, catalog_id: str) -> None:
        """Read a catalogue's latest searches now."""
        self._known[catalog_id] = (monotonic(), usage_of(self._records.latest_searches(catalog_id, _LATEST)))

    def _read_again(self, catalog_id: str) -> None:
        try:
            self.refresh(catalog_id)
        except VitrineError as error:
            _log.warning("guide_usage_not_read", catalog=catalog_id, reason=error.message)
