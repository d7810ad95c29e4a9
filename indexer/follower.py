"""Carries the change log into the engine, and a serving process to the newest snapshot."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

import orjson
import structlog

from commerce.buyer import ANONYMOUS
from commerce.product import CatalogItem
from commerce.records import Records
from engines.plan import FacetRequest, SearchPlan
from engines.port import IndexBuilder, OfferUpdate, SearchEngine, SearchIndex
from indexer.documents import to_document
from indexer.knowledge import extend
from indexer.types import TypedProduct, type_of

_BATCH = 5_000
_MOST_TYPES = 1_000
_log = structlog.get_logger()


class Follower:
    """A background thread of every serving process.

    Whichever process holds the writer lock applies changes, and the operating system frees the lock when that
    process dies; all of them refresh their snapshots. ``interval`` is in seconds.
    """

    def __init__(self, records: Records, engine: SearchEngine, home: Path, interval: float = 0.1) -> None:
        self._records = records
        self._engine = engine
        self._lock = WriterLock(home)
        self._interval = interval
        self._builders: dict[str, tuple[int, IndexBuilder]] = {}
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
        for _, builder in self._builders.values():
            builder.close()
        self._builders.clear()
        self._lock.release()

    def step(self) -> int:
        """Apply what the log holds beyond the serving versions, refresh, and return how many changes were applied."""
        self._engine.refresh()
        if not self._lock.acquire():
            return 0
        last = self._records.last_seq()
        if (last, self._serving()) == self._done:
            return 0
        applied = 0
        for catalog in self._records.catalogs():
            applied += self._apply(catalog.id)
        self._engine.refresh()
        if not applied:
            self._done = (last, self._serving())
        return applied

    def _serving(self) -> dict[str, int | None]:
        return {catalog: self._engine.current(catalog) for catalog in self._builders}

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                self.step()
            except Exception:
                # The log still holds what could not be applied: the next round tries again.
                _log.exception("follower_round_failed")

    def _apply(self, catalog_id: str) -> int:
        version = self._engine.current(catalog_id)
        index = self._engine.open(catalog_id)
        if version is None or index is None or index.stats().version != version:
            return 0
        changes = self._records.changes_since(catalog_id, index.stats().applied, _BATCH)
        if not changes:
            return 0
        builder = self._builder(catalog_id, version)
        whole = list(dict.fromkeys(change.product_id for change in changes if change.kind != "offer"))
        offers = dict.fromkeys(change.product_id for change in changes)
        for identity in whole:
            del offers[identity]
        if whole:
            items = list(self._records.items(catalog_id, ids=whole))
            knowledge = extend(self._engine.schema(catalog_id), items)
            builder.extend(knowledge.kinds())
            types = _types(index, items)
            builder.write(to_document(item, types.get(item.product.id), knowledge) for item in items)
            builder.delete(set(whole) - {item.product.id for item in items})
        if offers:
            builder.patch_offers(_offers(self._records, catalog_id, list(offers)))
        builder.commit(changes[-1].seq)
        return len(changes)

    def _builder(self, catalog_id: str, version: int) -> IndexBuilder:
        held = self._builders.get(catalog_id)
        if held and held[0] == version:
            return held[1]
        if held:
            held[1].close()
        builder = self._engine.builder(catalog_id, version)
        self._builders[catalog_id] = (version, builder)
        return builder


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


def _offers(records: Records, catalog_id: str, ids: Sequence[str]) -> Iterator[OfferUpdate]:
    """Yield the offers of these products as they are now."""
    for product_id, offers in records.offers(catalog_id, ids).items():
        for unit_id, offer in offers:
            yield OfferUpdate(product_id, unit_id, offer.net, offer.stock)


def _types(index: SearchIndex, items: Sequence[CatalogItem]) -> dict[str, TypedProduct]:
    """Type the products that name no category: as before if their title is the same, else by the types in use."""
    bare = [item.product for item in items if not item.product.category]
    if not bare:
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
