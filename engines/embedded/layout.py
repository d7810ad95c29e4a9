"""Where the embedded engine keeps what: one folder a catalogue, one folder a version, a pointer to the serving one."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import orjson

from engines.embedded.container import sync_directory
from engines.embedded.part import Part
from engines.port import Schema

_CATALOG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VERSION = re.compile(r"v(\d{6,})")


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a small file so that readers see the old or the new one, never half of it."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_directory(path.parent)


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """The files of one version."""

    folder: Path

    @property
    def text(self) -> Path:
        """The folder of the text index."""
        return self.folder / "text"

    @property
    def parts(self) -> Path:
        """The folder of the column files."""
        return self.folder / "parts"

    def part(self, base: int) -> Path:
        """The column file whose first row is ``base``."""
        return self.parts / f"{base:012d}.part"

    def part_paths(self) -> list[Path]:
        """Return the column files in the order of their rows."""
        return sorted(self.parts.glob("*.part"))

    def next_row(self) -> int:
        """Return the first row number behind every part on disk, committed or not."""
        paths = self.part_paths()
        if not paths:
            return 0
        last = Part(paths[-1])
        return last.base + last.count

    def write_schema(self, schema: Schema) -> None:
        """Store the schema; it may grow with new fields."""
        content = {
            "locale": schema.locale,
            "texts": schema.texts,
            "kinds": dict(schema.kinds),
            "phrases": sorted(schema.phrases),
        }
        write_atomically(self.folder / "schema.json", orjson.dumps(content))

    def read_schema(self) -> Schema:
        """Return the stored schema."""
        content = orjson.loads((self.folder / "schema.json").read_bytes())
        return Schema(content["locale"], tuple(content["texts"]), content["kinds"], frozenset(content["phrases"]))

    def write_applied(self, applied: int) -> None:
        """Store the change-log number that the committed version contains."""
        write_atomically(self.folder / "applied", str(applied).encode())

    def read_applied(self) -> int:
        """Return the change-log number; 0 before the first commit."""
        try:
            return int((self.folder / "applied").read_bytes())
        except FileNotFoundError:
            return 0


@dataclass(frozen=True, slots=True)
class CatalogFiles:
    """The files of one catalogue."""

    folder: Path

    def version(self, number: int) -> VersionFiles:
        """Return the files of one version, existing or not."""
        return VersionFiles(self.folder / f"v{number:06d}")

    def versions(self) -> list[int]:
        """Return the version numbers on disk in ascending order."""
        if not self.folder.is_dir():
            return []
        found = (_VERSION.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def write_current(self, number: int) -> None:
        """Point at the serving version."""
        write_atomically(self.folder / "current", str(number).encode())

    def read_current(self) -> int | None:
        """Return the serving version; None if there is none yet."""
        try:
            return int((self.folder / "current").read_bytes())
        except FileNotFoundError:
            return None


def catalog_files(home: Path, catalog: str) -> CatalogFiles:
    """Return the files of a catalogue. Raises ValueError for a name that is not safe as a folder's."""
    if not _CATALOG.fullmatch(catalog):
        raise ValueError(f"catalogue name {catalog!r}: use 1 to 64 lower-case letters, digits, _ and -")
    return CatalogFiles(home / "index" / catalog)
