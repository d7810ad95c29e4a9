"""A trained recommender as files: arrays in safetensors, ids as JSON, trees as text."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.blend import Blend, load_blend
from recommender.knowledge import ITEM_COLUMNS, MODELS, Knowledge
from recommender.models.neighbours import Neighbours
from registry import BadArtefact, read_tensors, write_tensors

KIND = "recommender"
_ARRAYS, _ITEMS, _TREES = "knowledge.safetensors", "items.json", "blend.txt"
_SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Trained:
    """What training makes; without enough buyers there is no blend."""

    knowledge: Knowledge
    blend: Blend | None


def save(trained: Trained, folder: Path) -> None:
    """Write a trained recommender into an empty folder."""
    knowledge = trained.knowledge
    arrays: dict[str, NDArray[np.generic]] = {
        "moment": np.array([knowledge.moment]),
        "columns": knowledge.columns,
        "orders": knowledge.orders,
    }
    matrices = {name: each.matrix for name, each in knowledge.neighbours.items()} | {_SHARED: knowledge.shared}
    for name, matrix in matrices.items():
        arrays |= {f"{name}.data": matrix.data, f"{name}.indices": matrix.indices, f"{name}.indptr": matrix.indptr}
    write_tensors(folder / _ARRAYS, arrays)
    (folder / _ITEMS).write_bytes(orjson.dumps(list(knowledge.items)))
    if trained.blend is not None:
        trained.blend.save(folder / _TREES)


def load(folder: Path) -> Trained:
    """Read a trained recommender; its arrays stay in the mapped file. Raises BadArtefact."""
    arrays = read_tensors(folder / _ARRAYS)
    try:
        items = tuple(str(each) for each in orjson.loads((folder / _ITEMS).read_bytes()))
        columns = arrays["columns"]
        if columns.shape != (len(items), len(ITEM_COLUMNS)):
            raise BadArtefact(f"{folder}: was trained by another version of the program: train it again")
        neighbours = {name: Neighbours(_matrix(arrays, name, len(items))) for name in MODELS}
        shared = _matrix(arrays, _SHARED, len(items))
        moment = float(arrays["moment"][0])
        knowledge = Knowledge(items, moment, neighbours, columns, arrays["orders"], shared)  # type: ignore[arg-type]
        trees = folder / _TREES
        return Trained(knowledge, load_blend(trees) if trees.is_file() else None)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadArtefact(f"{folder}: cannot be read ({error}): train the model again") from error


def _matrix(arrays: dict[str, NDArray[np.generic]], name: str, items: int) -> sp.csr_matrix:
    parts = tuple(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
    matrix = sp.csr_matrix(parts, shape=(items, items), copy=False)
    matrix.check_format(full_check=True)
    return matrix
