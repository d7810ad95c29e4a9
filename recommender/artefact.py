"""A trained recommender as files: arrays in safetensors, ids as JSON, trees as text."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.blend import Blend, load_blend
from recommender.history import Histories, histories_from
from recommender.knowledge import ITEM_COLUMNS, NEIGHBOURS, VISITS, Knowledge
from recommender.models.als import factors_of
from recommender.models.neighbours import Neighbours
from recommender.readiness import DataReport
from registry import BadArtefact, read_tensors, write_tensors

KIND = "recommender"
_ARRAYS, _ITEMS, _TREES, _BUYERS = "knowledge.safetensors", "items.json", "blend.txt", "histories.safetensors"
_SHARED, _FITS = "shared", "fits"
_REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Trained:
    """What training makes; without enough buyers there is no blend.

    ``histories`` are of all orders up to the records' write ``written``; None where training left some out.
    ``report`` says what there was to learn from.
    """

    knowledge: Knowledge
    blend: Blend | None
    histories: Histories | None = None
    written: int = 0
    report: DataReport | None = None


def save(trained: Trained, folder: Path) -> None:
    """Write a trained recommender into an empty folder."""
    knowledge = trained.knowledge
    arrays: dict[str, NDArray[np.generic]] = {
        "moment": np.array([knowledge.moment]),
        "columns": knowledge.columns,
        "orders": knowledge.orders,
        "factors": knowledge.factors.items,
        "costs": knowledge.costs,
    }
    matrices = {name: each.matrix for name, each in knowledge.neighbours.items()} | {
        _SHARED: knowledge.shared,
        _FITS: knowledge.fits,
        **{name: each.matrix for name, each in knowledge.visits.items()},
    }
    for name, matrix in matrices.items():
        arrays |= {f"{name}.data": matrix.data, f"{name}.indices": matrix.indices, f"{name}.indptr": matrix.indptr}
    write_tensors(folder / _ARRAYS, arrays)
    (folder / _ITEMS).write_bytes(orjson.dumps(list(knowledge.items)))
    if trained.report is not None:
        (folder / _REPORT).write_bytes(orjson.dumps(asdict(trained.report), option=orjson.OPT_INDENT_2))
    if trained.blend is not None:
        trained.blend.save(folder / _TREES)
    if trained.histories is not None:
        write_tensors(folder / _BUYERS, {**trained.histories.arrays(), "written": np.array([trained.written])})


def load(folder: Path) -> Trained:
    """Read a trained recommender; its arrays stay in the mapped file. Raises BadArtefact."""
    arrays = read_tensors(folder / _ARRAYS)
    try:
        items = tuple(str(each) for each in orjson.loads((folder / _ITEMS).read_bytes()))
        columns = arrays["columns"]
        if columns.shape != (len(items), len(ITEM_COLUMNS)):
            raise BadArtefact(f"{folder}: was trained by another version of the program: train it again")
        neighbours = {name: Neighbours(_matrix(arrays, name, len(items))) for name in NEIGHBOURS}
        shared, fits = (_matrix(arrays, name, len(items)) for name in (_SHARED, _FITS))
        moment = float(arrays["moment"][0])
        visits = {name: Neighbours(_matrix(arrays, name, len(items))) for name in VISITS}
        factors = factors_of(arrays["factors"])  # type: ignore[arg-type]
        # Versions of before costs were learned know none.
        costs = arrays.get("costs", np.full(len(items), np.nan, dtype=np.float32))
        rest = (columns, arrays["orders"], shared, fits, visits, costs)
        knowledge = Knowledge(items, moment, neighbours, factors, *rest)  # type: ignore[arg-type]
        trees, buyers = folder / _TREES, folder / _BUYERS
        blend = load_blend(trees) if trees.is_file() else None
        said = folder / _REPORT
        report = DataReport(**orjson.loads(said.read_bytes())) if said.is_file() else None
        if not buyers.is_file():
            return Trained(knowledge, blend, report=report)
        rows = read_tensors(buyers)
        return Trained(knowledge, blend, histories_from(rows, len(items)), int(rows["written"][0]), report)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadArtefact(f"{folder}: cannot be read ({error}): train the model again") from error


def _matrix(arrays: dict[str, NDArray[np.generic]], name: str, items: int) -> sp.csr_matrix:
    parts = tuple(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
    matrix = sp.csr_matrix(parts, shape=(items, items), copy=False)
    matrix.check_format(full_check=True)
    return matrix
