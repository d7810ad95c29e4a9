"""Many arrays in one file, read back through one memory map."""

import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

_MAGIC = b"VITRINE1"
_ALIGNMENT = 64

Array = NDArray[Any]


class DamagedFile(Exception):
    """The file is not a whole container."""


def write_arrays(path: Path, arrays: Mapping[str, Array], meta: Mapping[str, object]) -> None:
    """Write ``arrays`` (one-dimensional) and ``meta`` (JSON) durably; the file appears whole or not at all."""
    layout: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, array in arrays.items():
        layout[name] = (array.dtype.str, at, array.size)
        at += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = orjson.dumps({"meta": meta, "arrays": layout, "bytes": at})
    start = -(-(len(_MAGIC) + 8 + len(header)) // _ALIGNMENT) * _ALIGNMENT
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        for name, array in arrays.items():
            file.seek(start + layout[name][1])
            file.write(np.ascontiguousarray(array).data)
        file.truncate(start + at)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_directory(path.parent)


def read_arrays(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """Map the arrays of ``path`` read-only and return them with the meta data.

    Raises DamagedFile if the file is cut short or of another kind.
    """
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if mapped[: len(_MAGIC)] != _MAGIC:
        raise DamagedFile(f"{path} is not an index part")
    length = int.from_bytes(mapped[len(_MAGIC) : len(_MAGIC) + 8], "little")
    header = orjson.loads(mapped[len(_MAGIC) + 8 : len(_MAGIC) + 8 + length])
    start = -(-(len(_MAGIC) + 8 + length) // _ALIGNMENT) * _ALIGNMENT
    if len(mapped) != start + header["bytes"]:
        raise DamagedFile(f"{path} has {len(mapped)} bytes instead of {start + header['bytes']}")
    arrays = {
        name: np.frombuffer(mapped, dtype=np.dtype(dtype), count=count, offset=start + at)
        for name, (dtype, at, count) in header["arrays"].items()
    }
    return arrays, header["meta"]


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a small file so that readers see the old or the new one, never half of it."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_directory(path.parent)
