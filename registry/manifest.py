"""What a model's folder says of itself, and how that is checked."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from registry.errors import BadArtefact, ModelError

MANIFEST = "manifest.json"
FORMAT = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Training:
    """Where a model comes from: the code's version, the moments (RFC 3339) that bound the behaviour it learned from,
    what it scored on data that it did not see, and the choices that it was trained with."""

    code_version: str
    since: str | None = None
    until: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, str | float | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of one model. ``files`` are the SHA-256 digests of its files by name; ``created`` is RFC 3339."""

    kind: str
    catalog: str
    version: int
    created: str
    training: Training
    files: Mapping[str, str]

    def to_json(self) -> bytes:
        """Return the manifest as its file holds it."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2, sort_keys=True).encode() + b"\n"


def checked_name(name: str) -> str:
    """Return a catalogue's or a kind's name if it is safe as a folder's. Raises ModelError otherwise."""
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name[:100]!r} cannot name a model: use lower-case letters, digits, _ and -")
    return name


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of every file but the manifest. Raises BadArtefact for anything but plain files."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name == MANIFEST:
            continue
        if path.is_symlink() or not path.is_file() or not _FILE.fullmatch(path.name):
            raise BadArtefact(f"{path}: a model's folder holds plain files only: take it away")
        with path.open("rb") as file:
            found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def read_manifest(folder: Path) -> Manifest:
    """Read what a folder says of itself. Raises BadArtefact where it says nothing that can be read."""
    where = folder / MANIFEST
    try:
        said = json.loads(where.read_bytes())
        if said["format"] != FORMAT:
            raise BadArtefact(f"{where}: has format {said['format']!r}, this program reads {FORMAT}: train it again")
        training = Training(**said["training"])
        files = {str(name): str(digest) for name, digest in said["files"].items()}
        return Manifest(
            checked_name(said["kind"]),
            checked_name(said["catalog"]),
            int(said["version"]),
            str(said["created"]),
            training,
            files,
        )
    except (OSError, KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadArtefact(f"{where}: cannot be read ({error}): train the model again") from error


def verify(folder: Path) -> Manifest:
    """Read the manifest and compare every file with it. Raises BadArtefact naming the first file that differs."""
    manifest = read_manifest(folder)
    try:
        found = digests(folder)
    except OSError as error:
        raise BadArtefact(f"{folder}: cannot be read: {error}") from error
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise BadArtefact(f"{folder / name}: is not the file that was trained: train the model again or roll back")
    return manifest
