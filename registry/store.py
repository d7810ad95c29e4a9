"""Models as folders: published whole or not at all, promoted, rolled back, and the newest good one loaded.

<root>/<catalog>/<kind>/000007/manifest.json    one version, never changed
<root>/<catalog>/<kind>/promoted                the number of the version that serves
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import time

import structlog

from registry.errors import BadArtefact, UnknownModel
from registry.manifest import MANIFEST, Manifest, Training, checked_name, digests, read_manifest, verify

PROMOTED = "promoted"
_UNFINISHED = ".unfinished-"
_ABANDONED_AFTER = 24 * 3600.0
_KEPT = 5
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Artefact:
    """One verified version and the folder that holds its files."""

    manifest: Manifest
    folder: Path


@dataclass(frozen=True, slots=True)
class Listed:
    """One version as it stands in the list. ``fault`` says why it cannot serve, None where it can."""

    catalog: str
    kind: str
    version: int
    promoted: bool
    manifest: Manifest | None
    fault: str | None


class Registry:
    """All models below one folder. Safe for several processes: every change is one rename."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def publish(
        self, catalog: str, kind: str, training: Training, write: Callable[[Path], None], *, promote: bool = True
    ) -> Artefact:
        """Make a new version of what ``write`` puts into an empty folder, and let it serve.

        Nothing of it is visible before all of it is on disk. The five newest versions are kept, and the serving one.
        """
        kind_folder = self._kind_folder(catalog, kind)
        kind_folder.mkdir(parents=True, exist_ok=True)
        _sweep(kind_folder)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=kind_folder))
        try:
            write(unfinished)
            created = datetime.now(UTC).isoformat(timespec="seconds")
            manifest = Manifest(kind, catalog, 0, created, training, digests(unfinished))
            artefact = _place(unfinished, kind_folder, manifest)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        if promote:
            self._point(kind_folder, artefact.manifest.version)
        self._prune(kind_folder)
        return artefact

    def install(self, source: Path, catalog: str) -> Artefact:
        """Publish a copy of a model's folder, as samples ship it; one that is there already is only promoted."""
        given = verify(source)
        for listed in self.versions(catalog, given.kind):
            if listed.manifest is not None and listed.manifest.files == given.files and listed.fault is None:
                return self.promote(catalog, given.kind, listed.version)

        def copy(folder: Path) -> None:
            for name in given.files:
                shutil.copyfile(source / name, folder / name)

        return self.publish(catalog, given.kind, given.training, copy)

    def load(self, catalog: str, kind: str) -> Artefact | None:
        """Return the version that is to serve: the promoted one, or the newest good one before it.

        None if no version of this kind was ever promoted, or if none is good; what is bad is logged and passed over.
        """
        folder = self._kind_folder(catalog, kind)
        promoted = _pointed(folder)
        if promoted is None:
            return None
        for version in reversed(_numbers(folder)):
            if version > promoted:
                continue
            try:
                return Artefact(verify(folder / _name(version)), folder / _name(version))
            except BadArtefact as error:
                _log.error("model_refused", catalog=catalog, kind=kind, version=version, reason=str(error))
        return None

    def holding(self, catalog: str, kind: str, file: str, digest: str) -> Artefact | None:
        """Return the good version whose ``file`` has a digest that begins with ``digest``; None if there is none.

        For what was made with one version and can be used with no other.
        """
        folder = self._kind_folder(catalog, kind)
        for version in reversed(_numbers(folder)):
            try:
                artefact = Artefact(verify(folder / _name(version)), folder / _name(version))
            except BadArtefact as error:
                _log.error("model_refused", catalog=catalog, kind=kind, version=version, reason=str(error))
                continue
            if artefact.manifest.files.get(file, "").startswith(digest):
                return artefact
        return None

    def promote(self, catalog: str, kind: str, version: int) -> Artefact:
        """Let a version serve. Raises UnknownModel, and BadArtefact for one that is not as it was trained."""
        folder = self._kind_folder(catalog, kind)
        if version not in _numbers(folder):
            known = ", ".join(map(str, _numbers(folder))) or "none"
            raise UnknownModel(f"{catalog} has no version {version} of the model {kind!r} (there are: {known})")
        artefact = Artefact(verify(folder / _name(version)), folder / _name(version))
        self._point(folder, version)
        return artefact

    def rollback(self, catalog: str, kind: str) -> Artefact:
        """Let the newest good version before the promoted one serve. Raises UnknownModel if there is none."""
        folder = self._kind_folder(catalog, kind)
        promoted = _pointed(folder)
        for version in reversed(_numbers(folder)):
            if promoted is None or version >= promoted:
                continue
            try:
                return self.promote(catalog, kind, version)
            except BadArtefact as error:
                _log.error("model_refused", catalog=catalog, kind=kind, version=version, reason=str(error))
        raise UnknownModel(f"{catalog} has no good version of the model {kind!r} before the one that serves")

    def versions(self, catalog: str, kind: str) -> list[Listed]:
        """Return every version of one kind, the oldest first."""
        folder = self._kind_folder(catalog, kind)
        return [_listed(folder, catalog, kind, version) for version in _numbers(folder)]

    def everything(self) -> list[Listed]:
        """Return every version of every model by catalogue and kind."""
        kinds = sorted(path for path in self._root.glob("*/*") if path.is_dir())
        return [listed for kind in kinds for listed in self.versions(kind.parent.name, kind.name)]

    def pointer(self, catalog: str, kind: str) -> Path:
        """Return the file that changes whenever another version is to serve; it may not exist."""
        return self._kind_folder(catalog, kind) / PROMOTED

    def _kind_folder(self, catalog: str, kind: str) -> Path:
        return self._root / checked_name(catalog) / checked_name(kind)

    def _point(self, folder: Path, version: int) -> None:
        handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
        with os.fdopen(handle, "w") as file:
            file.write(f"{version}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / PROMOTED)
        _sync(folder)

    def _prune(self, folder: Path) -> None:
        promoted = _pointed(folder)
        for version in _numbers(folder)[:-_KEPT]:
            if version != promoted:
                shutil.rmtree(folder / _name(version), ignore_errors=True)


def _place(unfinished: Path, kind_folder: Path, manifest: Manifest) -> Artefact:
    """Sync everything and take the next free number by renaming."""
    version = max(_numbers(kind_folder), default=0) + 1
    while True:
        manifest = replace(manifest, version=version)
        (unfinished / MANIFEST).write_bytes(manifest.to_json())
        for path in unfinished.iterdir():
            _sync(path)
        _sync(unfinished)
        try:
            unfinished.rename(kind_folder / _name(version))
        except OSError:
            if not (kind_folder / _name(version)).exists():
                raise
            version += 1  # another process took it in the meantime
            continue
        _sync(kind_folder)
        return Artefact(manifest, kind_folder / _name(version))


def _listed(folder: Path, catalog: str, kind: str, version: int) -> Listed:
    manifest, fault = None, None
    try:
        manifest = read_manifest(folder / _name(version))
        verify(folder / _name(version))
    except BadArtefact as error:
        fault = str(error)
    return Listed(catalog, kind, version, _pointed(folder) == version, manifest, fault)


def _pointed(folder: Path) -> int | None:
    try:
        return int((folder / PROMOTED).read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        numbers = _numbers(folder)  # an unreadable pointer must not take the last good model out of service
        return numbers[-1] if numbers else None


def _numbers(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isascii() and path.name.isdigit())


def _name(version: int) -> str:
    return f"{version:06d}"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left behind long ago."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        if time() - path.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
