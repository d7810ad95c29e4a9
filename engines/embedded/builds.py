"""Which versions are being built, and by processes that still live."""

import fcntl
import os

from engines.embedded.layout import CatalogFiles, VersionFiles
from engines.port import Schema


class Builds:
    """The versions that this process began and has not switched to yet; the operating system forgets them when it
    dies."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, int], int] = {}

    def begin(self, catalog: str, files: CatalogFiles, schema: Schema) -> int:
        """Make a new version behind all others and return its number.

        What was built after the serving version and does not serve (its process died, or it was rolled back from) is
        removed, so that the version before the new one is the one that served.
        """
        while True:
            number = max(files.versions(), default=0) + 1
            version = files.version(number)
            try:
                version.parts.mkdir(parents=True)
                break
            except FileExistsError:
                continue  # another process took the number
        handle = _lock(version)
        assert handle is not None
        self._held[catalog, number] = handle
        version.write_schema(schema)
        for other in files.versions():
            if other != number and other > (files.read_current() or 0):
                _discard_if_dead(files, other)
        return number

    def end(self, catalog: str, number: int) -> None:
        """Let go of a version, if this process began it: it serves now, or is to be removed."""
        if (handle := self._held.pop((catalog, number), None)) is not None:
            os.close(handle)


def _discard_if_dead(files: CatalogFiles, number: int) -> None:
    try:
        handle = _lock(files.version(number))
    except FileNotFoundError:
        return  # removed meanwhile
    if handle is not None:
        files.discard(number)
        os.close(handle)


def _lock(version: VersionFiles) -> int | None:
    """Hold a version as one that is being built; None if a living process holds it."""
    handle = os.open(version.folder / "building.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
