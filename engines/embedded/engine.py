"""The embedded engine: versions in a folder, a snapshot of each catalogue in this process."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from engines.embedded.builder import EmbeddedBuilder, disk_bytes, open_text, text_schema
from engines.embedded.layout import CatalogFiles, VersionFiles, catalog_files
from engines.embedded.part import Part
from engines.embedded.snapshot import EmbeddedIndex
from engines.port import Schema, Stats


class EmbeddedEngine:
    """Keeps its indexes below ``home / "index"``; any number of processes may read, one builder at a time
    writes a version."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._readers: dict[str, _Reader] = {}
        self._lock = Lock()

    def create(self, catalog: str, schema: Schema) -> int:
        """Begin a new version and return its number."""
        files = catalog_files(self._home, catalog)
        number = max(files.versions(), default=0) + 1
        version = files.version(number)
        version.parts.mkdir(parents=True)
        version.write_schema(schema)
        return number

    def schema(self, catalog: str) -> Schema:
        """Return the schema of the serving version. Raises FileNotFoundError if there is none."""
        files = catalog_files(self._home, catalog)
        return files.version(files.read_current() or 0).read_schema()

    def builder(self, catalog: str, version: int) -> EmbeddedBuilder:
        """Open a version for writing. Raises ValueError if another process writes it."""
        files = catalog_files(self._home, catalog)
        return EmbeddedBuilder(files.version(version), bulk=files.read_current() != version)

    def switch(self, catalog: str, version: int) -> None:
        """Make a committed version the serving one, for every process, between two requests."""
        files = catalog_files(self._home, catalog)
        if version not in files.versions():
            raise FileNotFoundError(f"catalogue {catalog} has no version {version}")
        files.write_current(version)
        self._refresh(catalog)

    def current(self, catalog: str) -> int | None:
        """Return the number of the serving version; None if there is none yet."""
        return catalog_files(self._home, catalog).read_current()

    def versions(self, catalog: str) -> Sequence[int]:
        """Return the versions on disk, the oldest first."""
        return catalog_files(self._home, catalog).versions()

    def drop(self, catalog: str, version: int) -> None:
        """Remove a version that does not serve; processes that still read it keep their open files."""
        files = catalog_files(self._home, catalog)
        if files.read_current() == version:
            raise ValueError(f"version {version} of {catalog} serves: switch to another one first")
        shutil.rmtree(files.version(version).folder, ignore_errors=True)

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
        """Take newer commits and switches of every catalogue that this process has opened."""
        for catalog in list(self._readers):
            self._refresh(catalog)

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
        self._version: _VersionReader | None = None
        self._seen: tuple[int, ...] = ()

    def refresh(self) -> None:
        number = self._files.read_current()
        if number is None:
            return
        files = self._files.version(number)
        state = _state(number, files)
        if state == self._seen:
            return
        if self._version is None or self._version.number != number:
            self._version = _VersionReader(number, files)
        self.snapshot = self._version.read()
        self._seen = state


class _VersionReader:
    """Opens snapshots of one version; parts that a newer snapshot still has are not opened again."""

    def __init__(self, number: int, files: VersionFiles) -> None:
        self.number = number
        self._files = files
        self._schema = files.read_schema()
        self._index = open_text(files, self._schema)
        self._parts: dict[Path, tuple[int, Part]] = {}

    def read(self) -> EmbeddedIndex:
        # The number is read before the text index: what is reported as applied is certainly in the snapshot.
        applied = self._files.read_applied()
        self._index.reload()
        searcher = self._index.searcher()
        parts = self._open_parts()
        stats = Stats(
            version=self.number,
            locale=self._schema.locale,
            products=searcher.num_docs,
            applied=applied,
            disk_bytes=disk_bytes(self._files.folder),
            memory_bytes=sum(part.bytes for part in parts),
        )
        return EmbeddedIndex(searcher, text_schema(self._schema), self._schema, parts, stats)

    def _open_parts(self) -> list[Part]:
        while True:
            try:
                self._parts = {path: self._open_part(path) for path in self._files.part_paths()}
            except FileNotFoundError:
                continue  # merged into a larger part since it was listed
            break
        parts: list[Part] = []
        for _, part in self._parts.values():
            if not parts or part.base >= parts[-1].base + parts[-1].count:
                parts.append(part)
        return parts

    def _open_part(self, path: Path) -> tuple[int, Part]:
        # A part that took in its successors has the same name and another file behind it.
        inode = path.stat().st_ino
        known = self._parts.get(path)
        return known if known and known[0] == inode else (inode, Part(path))


def _state(version: int, files: VersionFiles) -> tuple[int, ...]:
    try:
        status = (files.text / "meta.json").stat()
    except FileNotFoundError:
        return (version, 0, 0, files.read_applied())
    return (version, status.st_mtime_ns, status.st_ino, files.read_applied())
