"""Where the embedded engine keeps what: one folder a catalogue, one folder a version, a pointer to the serving one."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import orjson

from engines.embedded.book import BookFiles
from engines.embedded.container import write_atomically
from engines.embedded.state import StateFiles
from engines.port import Schema
from language.dictionary import entry_from_json

_CATALOG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VERSION = re.compile(r"v(\d{6,})")


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """The files of one version."""

    folder: Path

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

    def state(self) -> StateFiles:
        """The commit point."""
        return StateFiles(self.folder)

    def book(self) -> BookFiles:
        """Price lists and assortments."""
        return BookFiles(self.folder)

    def write_schema(self, schema: Schema) -> None:
        """Store the schema; it may grow with new fields."""
        content = {
            "locales": schema.locales,
            "texts": schema.texts,
            "kinds": dict(schema.kinds),
            "phrases": sorted(schema.phrases),
            "dictionary": list(schema.dictionary.values()),
            "currency": schema.currency,
            "encoder": schema.encoder,
            "extraction": schema.extraction,
        }
        write_atomically(self.folder / "schema.json", orjson.dumps(content))

    def read_schema(self) -> Schema:
        """Return the stored schema."""
        content = orjson.loads((self.folder / "schema.json").read_bytes())
        return Schema(
            tuple(content["locales"]),
            tuple(content["texts"]),
            content["kinds"],
            frozenset(content["phrases"]),
            {each["name"]: entry_from_json(each) for each in content["dictionary"]},
            content.get("currency", "EUR"),
            content.get("encoder", ""),
            content.get("extraction", ""),
        )

    def schema_stamp(self) -> tuple[int, int]:
        """Return what changes with every change of the schema."""
        status = (self.folder / "schema.json").stat()
        return (status.st_mtime_ns, status.st_ino)

    def write_means(self, means: Mapping[str, float]) -> None:
        """Store the mean lengths of the text fields."""
        write_atomically(self.folder / "means.json", orjson.dumps(means))

    def read_means(self) -> dict[str, float] | None:
        """Return the mean lengths of the text fields; None before the first part."""
        try:
            means: dict[str, float] = orjson.loads((self.folder / "means.json").read_bytes())
        except FileNotFoundError:
            return None
        return means


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

    def committed(self) -> list[int]:
        """Return the numbers of the versions that hold a commit, in ascending order."""
        return [number for number in self.versions() if self.version(number).state().stamp() != (0, 0)]

    def discard(self, number: int) -> None:
        """Remove a version. If the process dies midway, what is left is no version, and goes with the next one."""
        for leftover in self.folder.glob("v*.dropped"):
            rmtree(leftover, ignore_errors=True)
        folder = self.version(number).folder
        with suppress(FileNotFoundError):
            dropped = folder.rename(folder.with_suffix(".dropped"))
            rmtree(dropped, ignore_errors=True)

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
