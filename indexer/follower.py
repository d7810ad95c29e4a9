"""Carries the change log into the engine, and a serving process to the newest snapshot."""

import fcntl
import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread

import orjson
import structlog

from commerce.buyer import ANONYMOUS
from commerce.product import CatalogItem
from commerce.records import Records
from engines.plan import FacetRequest, SearchPlan
from engines.port import Schema, SearchEngine, SearchIndex
from indexer.changes import ChangeWriter
from indexer.embedding import Embedder, load_embedder
from indexer.extraction.artefact import load_extractor
from indexer.extraction.model import ExtractionModel
from indexer.types import TypedProduct, type_of
from registry import Registry

_BATCH = 5_000
_MOST_TYPES = 1_000
_LONGEST_PAUSE = 10.0
_log = structlog.get_logger()


class Follower:
    """A background thread of every serving process.

    Whichever process holds the writer lock applies changes, and the operating system frees the lock when that
    process dies; all of them refresh their snapshots. ``interval`` is in seconds.
    """

    def __init__(self, records: Records, engine: SearchEngine, home: Path, interval: float = 0.1) -> None:
        self._records = records
        self._engine = engine
        self._registry = Registry(home / "models")
        self._lock = WriterLock(home)
        self._interval = interval
        self._writers: dict[str, tuple[int, ChangeWriter]] = {}
        self._ahead: dict[str, int] = {}
        # What there was when the log last held nothing new; looking again is cheap as long as this is the same.
        self._done: tuple[int, dict[str, int | None]] | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the round in progress, then let go of the writer lock."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        for _, writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self._lock.release()

    def step(self) -> int:
        """Apply what the log holds beyond the serving versions, refresh, and return how many changes were applied.

        What cannot be applied to one catalogue is raised when the others have had their turn.
        """
        self._engine.refresh()
        if not self._lock.acquire():
            return 0
        last = self._records.last_seq()
        if self._done and self._done == (last, self._serving(self._done[1])):
            return 0
        catalogs = [catalog.id for catalog in self._records.catalogs()]
        serving = self._serving(catalogs)
        applied = 0
        failures: list[Exception] = []
        for catalog_id in catalogs:
            try:
                applied += self._apply(catalog_id)
            except Exception as error:
                failures.append(error)
        self._engine.refresh()
        if failures:
            raise failures[0]
        if not applied:
            self._done = (last, serving)
        return applied

    def _serving(self, catalogs: Iterable[str]) -> dict[str, int | None]:
        """Return the versions that this process serves: the snapshots know, nobody need be asked."""
        found = ((catalog_id, self._engine.open(catalog_id)) for catalog_id in catalogs)
        return {catalog_id: None if index is None else index.stats().version for catalog_id, index in found}

    def _run(self) -> None:
        pause = self._interval
        while not self._stopped.wait(pause):
            try:
                self.step()
                pause = self._interval
            except Exception:
                # The log still holds what could not be applied: a later round tries again.
                pause = min(pause * 2, _LONGEST_PAUSE)
                _log.exception("follower_round_failed", next_try_in_s=round(pause, 1))

    def _apply(self, catalog_id: str) -> int:
        index = self._engine.open(catalog_id)
        if index is None:
            return 0
        version, applied = index.stats().version, index.stats().applied
        changes = self._records.changes_since(catalog_id, applied, _BATCH)
        if changes:
            self._writer(catalog_id, version).apply(changes)
        elif applied > (last := self._records.last_seq(catalog_id)) and self._ahead.get(catalog_id) != version:
            self._ahead[catalog_id] = version
            _log.error(
                "index_is_ahead_of_records",
                catalog=catalog_id,
                applied=applied,
                last_change=last,
                mend=f"the records were replaced by older ones: run `vitrine index {catalog_id}`",
            )
        return len(changes)

    def _writer(self, catalog_id: str, version: int) -> ChangeWriter:
        held = self._writers.get(catalog_id)
        if held and held[0] == version:
            return held[1]
        if held:
            held[1].close()
        builder, schema = self._engine.builder(catalog_id, version), self._engine.schema(catalog_id)
        types = partial(_types, self._engine, catalog_id)
        embedder, extraction = self._embedder(catalog_id, schema), self._extraction(catalog_id, schema)
        writer = ChangeWriter(self._records, catalog_id, builder, schema, types, embedder, extraction)
        self._writers[catalog_id] = (version, writer)
        return writer

    def _embedder(self, catalog_id: str, schema: Schema) -> Embedder | None:
        """Return what made the version's vectors; without it changed products are found by their words alone."""
        if not schema.encoder:
            return None
        embedder = load_embedder(self._registry, catalog_id, schema.encoder)
        if embedder is None:
            mend = f"train it again, then run `vitrine index {catalog_id}`"
            _log.error("encoder_of_version_is_gone", catalog=catalog_id, encoder=schema.encoder, mend=mend)
        return embedder

    def _extraction(self, catalog_id: str, schema: Schema) -> ExtractionModel | None:
        """Return what read the version's texts; without it changed products have what their attributes say alone."""
        if not schema.extraction:
            return None
        extractor = load_extractor(self._registry, catalog_id, schema.extraction)
        if extractor is None:
            mend = f"train it again: `vitrine train extraction {catalog_id}`"
            _log.error("extraction_of_version_is_gone", catalog=catalog_id, extraction=schema.extraction, mend=mend)
            return None
        return extractor.model


class WriterLock:
    """The right to write below one ``home``: held by one process at a time, freed when it dies."""

    def __init__(self, home: Path) -> None:
        self._path = home / "writer.lock"
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; say whether this process holds it."""
        if self._handle is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _types(engine: SearchEngine, catalog_id: str, items: Sequence[CatalogItem]) -> dict[str, TypedProduct]:
    """Type the products that name no category: as before if their title is the same, else by the types in use."""
    bare = [item.product for item in items if not item.product.category]
    index = engine.open(catalog_id)
    if not bare or index is None:
        return {}
    before = index.get([product.id for product in bare], ANONYMOUS)
    known = _types_in_use(index)
    typed: dict[str, TypedProduct] = {}
    for product in bare:
        stored = before.get(product.id)
        found = _typed_before(stored.document) if stored and stored.title == product.title else None
        if found := found or type_of(product, known):
            typed[product.id] = found
    return typed


def _typed_before(document: bytes) -> TypedProduct | None:
    stored = orjson.loads(document)
    source = stored.get("category_source")
    if not source or not stored["category"]:
        return None
    return TypedProduct(stored["category"][0], source["confidence"], source["from"])


def _types_in_use(index: SearchIndex) -> list[str]:
    if "category" not in index.fields():
        return []
    plan = SearchPlan(facets=(FacetRequest("category", _MOST_TYPES),), limit=0)
    return [str(value.value) for facet in index.search(plan).facets for value in facet.values]
