"""The embedded engine: versions in a folder, a snapshot of each catalogue in this process."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import structlog

from engines.embedded.book import Book
from engines.embedded.builder import EmbeddedBuilder, disk_bytes
from engines.embedded.builds import Builds
from engines.embedded.buyers import BuyerViews
from engines.embedded.layout import CatalogFiles, VersionFiles, catalog_files
from engines.embedded.offers import News, Offers
from engines.embedded.part import Mask, Part
from engines.embedded.parts import OpenParts
from engines.embedded.pricing import ListJoins
from engines.embedded.promoting import PromotionUnits
from engines.embedded.snapshot import EmbeddedIndex
from engines.embedded.state import Commit, OtherFormat
from engines.embedded.stocks import Stocks, Supplies
from engines.embedded.view import View
from engines.port import Schema, Stats

_log = structlog.get_logger()


class EmbeddedEngine:
    """Keeps its indexes below ``home / "index"``; any number of processes may read, one builder at a time
    writes a version."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._readers: dict[str, _Reader] = {}
        self._builds = Builds()
        self._lock = Lock()

    def create(self, catalog: str, schema: Schema) -> int:
        """Begin a new version and return its number; what others began and left behind is removed."""
        return self._builds.begin(catalog, catalog_files(self._home, catalog), schema)

    def schema(self, catalog: str) -> Schema:
        """Return the schema of the serving version. Raises FileNotFoundError if there is none."""
        files = catalog_files(self._home, catalog)
        number = files.read_current() or 0
        reader = self._readers.get(catalog)
        if reader is not None and reader.version is not None and reader.version.number == number:
            return reader.version.schema()
        return files.version(number).read_schema()

    def builder(self, catalog: str, version: int) -> EmbeddedBuilder:
        """Open a version for writing; whoever does so holds the right to write it."""
        files = catalog_files(self._home, catalog)
        return EmbeddedBuilder(files.version(version))

    def switch(self, catalog: str, version: int) -> None:
        """Make a committed version the serving one, for every process, between two requests."""
        files = catalog_files(self._home, catalog)
        if version not in files.committed():
            raise FileNotFoundError(f"catalogue {catalog} has no version {version}")
        files.write_current(version)
        self._builds.end(catalog, version)
        self._refresh(catalog)

    def current(self, catalog: str) -> int | None:
        """Return the number of the serving version; None if there is none yet."""
        return catalog_files(self._home, catalog).read_current()

    def versions(self, catalog: str) -> Sequence[int]:
        """Return the versions that were committed, the oldest first."""
        return catalog_files(self._home, catalog).committed()

    def drop(self, catalog: str, version: int) -> None:
        """Remove a version that does not serve; processes that still read it keep their open files."""
        files = catalog_files(self._home, catalog)
        if files.read_current() == version:
            raise ValueError(f"version {version} of {catalog} serves: switch to another one first")
        self._builds.end(catalog, version)
        files.discard(version)

    def open(self, catalog: str) -> EmbeddedIndex | None:
        """Return this process's snapshot; None while the catalogue has no serving version."""
        reader = self._readers.get(catalog)
        if reader is None or reader.snapshot is None:
            self._refresh(catalog)
            reader = self._readers[catalog]
        return reader.snapshot

    def open_version(self, catalog: str, version: int) -> EmbeddedIndex:
        """Return a snapshot of one version, serving or not. Raises FileNotFoundError if there is none by that
        number."""
        files = catalog_files(self._home, catalog)
        if version not in files.versions():
            raise FileNotFoundError(f"catalogue {catalog} has no version {version}")
        return _VersionReader(version, files.version(version)).read()

    def refresh(self) -> None:
        """Take newer commits and switches of every catalogue that this process has opened; one that cannot be read does
        not hold up the others."""
        for catalog in list(self._readers):
            try:
                self._refresh(catalog)
            except OtherFormat as error:
                _log.error("index_of_another_format", catalog=catalog, detail=str(error))

    def _refresh(self, catalog: str) -> None:
        with self._lock:
            reader = self._readers.get(catalog)
            if reader is None:
                reader = self._readers[catalog] = _Reader(catalog_files(self._home, catalog))
            reader.refresh()


class _Reader:
    """Follows one catalogue's files and keeps its newest snapshot."""

    def __init__(self, files: CatalogFiles) -> None:
        self.snapshot: EmbeddedIndex | None = None
        self._files = files
        self.version: _VersionReader | None = None
        self._seen: tuple[int, ...] = ()

    def refresh(self) -> None:
        number = self._files.read_current()
        if number is None:
            return
        state = (number, *self._files.version(number).state().stamp())
        if state == self._seen:
            return
        if self.version is None or self.version.number != number:
            self.version = _VersionReader(number, self._files.version(number))
        self.snapshot = self.version.read()
        self._seen = state


class _VersionReader:
    """Makes snapshots of one version; what a newer one has in common with the one before is taken from it."""

    def __init__(self, number: int, files: VersionFiles) -> None:
        self.number = number
        self._files = files
        self._parts = OpenParts(files)
        self._commit = Commit()
        self._live = np.zeros(0, bool)
        self._offers: dict[int, tuple[Part, Offers]] = {}
        self._snapshot: EmbeddedIndex | None = None
        self._book = Book()
        self._joins = ListJoins()
        self._promoted = PromotionUnits()
        self._schema: tuple[tuple[int, int], Schema] | None = None

    def schema(self) -> Schema:
        """Return the schema, read again only when it has changed."""
        stamp = self._files.schema_stamp()
        if self._schema is None or self._schema[0] != stamp:
            self._schema = (stamp, self._files.read_schema())
        return self._schema[1]

    def read(self) -> EmbeddedIndex:
        state = self._files.state()
        commit = state.read()
        # Fields that came with this commit stand in the schema before it.
        schema = self.schema()
        parts = self._parts.read(commit.rows)
        live = np.ones(commit.rows, bool)
        live[: len(self._live)] = self._live
        live[state.dead(commit, self._commit.dead)] = False
        self._change_offers(parts, commit)
        views = [View(part, self._offers[part.base][1], _rows_of(live, part)) for part in parts]
        if commit.book != self._commit.book:
            self._book = self._files.book().read(commit.book)
        buyers = BuyerViews(views, self._book, schema.currency, self._joins, self._promoted)
        stats = Stats(
            version=self.number,
            locales=schema.locales,
            products=int(live.sum()),
            applied=commit.applied,
            disk_bytes=disk_bytes(self._files.folder),
            memory_bytes=sum(part.bytes for part in parts),
            encoder=schema.encoder,
        )
        self._snapshot = EmbeddedIndex(schema, views, stats, buyers, self._snapshot)
        self._commit, self._live = commit, live
        return self._snapshot

    def _change_offers(self, parts: Sequence[Part], commit: Commit) -> None:
        """Bring the offers of every part up to the commit."""
        state = self._files.state()
        same_log = commit.offers_file == self._commit.offers_file
        first = self._commit.offers if same_log else 0
        supplied = state.supplies(commit, self._commit.supplies if same_log else 0)
        news = News(state.offers(commit, first), supplied, first)
        changed: dict[int, tuple[Part, Offers]] = {}
        for part in parts:
            known = self._offers.get(part.base)
            if known and known[0] is part:
                offers = known[1].changed(part, news)
            else:
                # Merged parts hold the offers that their rows were written with.
                stocks = Stocks(part.stock, Supplies(part.supplies))
                offers = Offers(part.net, stocks).changed(part, News(state.offers(commit), state.supplies(commit), 0))
            changed[part.base] = (part, offers)
        self._offers = changed


def _rows_of(live: Mask, part: Part) -> Mask:
    return live[part.base : part.base + part.count]
