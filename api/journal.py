"""Writes what buyers do into the records: many requests' events in one commit, searches behind the answers."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

import structlog

from commerce.event import Event, SearchRecord
from commerce.records import Behaviour, Records, RecordsUnavailable
from language.errors import VitrineError

MOST_SEARCHES_WAITING = 5_000
_MOST_AT_ONCE = 64
_SEARCHES_EVERY = 0.2
_FORGET_EVERY = 3_600.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Batch:
    catalog: str
    events: Sequence[Event]
    done: Future[int]


class Journal:
    """One thread that appends events and searches of this process to the records, between ``start`` and ``stop``.

    Events of several requests share a commit, which is what makes many small batches quick. Searches wait up to 0.2 s;
    those that the records do not take are dropped and counted in the log, for no search may fail or wait for them.
    What is older than ``keep`` is removed once an hour.
    """

    def __init__(self, records: Records, keep: timedelta | None) -> None:
        self._records = records
        self._keep = keep
        self._waiting: SimpleQueue[_Batch | None] = SimpleQueue()
        self._searches: list[tuple[str, SearchRecord]] = []
        self._thread = Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()

    async def append(self, catalog: str, events: Sequence[Event]) -> None:
        """Append events; they are durable when this returns. Raises RecordsUnavailable."""
        if not events:
            return
        done: Future[int] = Future()
        self._waiting.put(_Batch(catalog, events, done))
        await asyncio.wrap_future(done)

    def tell(self, catalog: str, events: Sequence[Event]) -> None:
        """Append events soon, for whoever need not know that they are durable."""
        if events:
            done: Future[int] = Future()
            done.add_done_callback(_warn)
            self._waiting.put(_Batch(catalog, events, done))

    def note(self, catalog: str, search: SearchRecord) -> None:
        """Append a search soon."""
        if len(self._searches) < MOST_SEARCHES_WAITING:
            self._searches.append((catalog, search))

    def _run(self) -> None:
        forget_at = monotonic()
        ended = False
        while not ended:
            batches: list[_Batch] = []
            try:
                first = self._waiting.get(timeout=_SEARCHES_EVERY)
                while True:
                    if first is None:
                        ended = True
                        break
                    batches.append(first)
                    if len(batches) == _MOST_AT_ONCE:
                        break
                    first = self._waiting.get_nowait()
            except Empty:
                pass
            self._write(batches)
            if not ended and monotonic() >= forget_at:
                forget_at = monotonic() + _FORGET_EVERY
                self._forget()

    def _write(self, batches: Sequence[_Batch]) -> None:
        searches, self._searches = self._searches, []
        if not batches and not searches:
            return
        by_catalog: dict[str, list[Behaviour]] = {}
        for batch in batches:
            by_catalog.setdefault(batch.catalog, []).append(Behaviour(events=batch.events))
        for catalog, search in searches:
            by_catalog.setdefault(catalog, []).append(Behaviour(searches=[search]))
        try:
            new = self._records.append_behaviour(by_catalog)
        except Exception as error:
            if searches:
                _log.warning("searches_not_recorded", searches=len(searches), reason=str(error))
            if not isinstance(error, VitrineError):
                _log.exception("events_not_recorded")
                error = RecordsUnavailable("the events could not be written: send them again", str(error))
            for batch in batches:
                _settle(batch.done, error)
            return
        for batch in batches:
            _settle(batch.done, new)

    def _forget(self) -> None:
        if self._keep is None:
            return
        try:
            removed = self._records.forget_behaviour(datetime.now(UTC) - self._keep)
        except Exception as error:
            _log.warning("old_events_not_removed", reason=str(error))
            return
        if removed:
            _log.info("old_events_removed", removed=removed)


def _warn(done: Future[int]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        _log.warning("events_not_recorded", reason=str(error))


def _settle(done: Future[int], result: int | Exception) -> None:
    # Whoever asked may have gone: a request that took too long is cancelled.
    if not done.set_running_or_notify_cancel():
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
