"""Arrays in safetensors files, memory-mapped on reading.

The format (huggingface.co/docs/safetensors): eight bytes with the header's length, little-endian, a JSON header with
type, shape and offsets by name, then the bytes. The library's own numpy reader copies; a map costs no memory until
it is used and is shared between processes.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from registry.errors import BadArtefact

Arrays = Mapping[str, NDArray[np.generic]]
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
          "U64": "<u8", "U32": "<u4", "U16": "<u2", "BOOL": "?"}  # fmt: skip
_LONGEST_HEADER = 10_000_000


def write_tensors(path: Path, arrays: Arrays) -> None:
    """Write arrays by name."""
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)


def read_tensors(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the arrays by name, read-only views of the mapped file. Raises BadArtefact for a file that is no such."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > _LONGEST_HEADER:
                raise BadArtefact(f"{path}: is no safetensors file: train the model again")
            header = json.loads(file.read(length))
        # As a plain array: numpy spends more on each slice of a memmap than on reading it.
        data = np.asarray(np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)) if header else np.empty(0, "u1")
        return {name: _array(data, **about) for name, about in header.items() if name != "__metadata__"}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadArtefact(f"{path}: cannot be read ({error}): train the model again") from error


def _array(data: NDArray[np.uint8], dtype: str, shape: list[int], data_offsets: tuple[int, int]) -> NDArray[np.generic]:
    kind = np.dtype(_TYPES[dtype])
    first, last = data_offsets
    if not 0 <= first <= last <= len(data) or last - first != math.prod(shape) * kind.itemsize:
        raise ValueError(f"offsets {first}:{last} do not fit shape {shape}")
    raw = data[first:last]
    if first % kind.itemsize:
        raw = raw.copy()  # only aligned bytes can be viewed as wider numbers
    return raw.view(kind).reshape(shape)
