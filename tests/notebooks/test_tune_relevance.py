"""The merchandisers' notebook, executed as it stands on a part of the sample."""

from pathlib import Path

import nbformat
import papermill
import pytest

from commerce.product import Catalog
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild
from indexer.embedding import load_embedder
from ranking.relevance_records import current
from registry import Registry
from tests.sample import SAMPLES, icecat_items

ROOT = SAMPLES.parent
NOTEBOOK = ROOT / "notebooks" / "tune_relevance.ipynb"
EVERY = 10


@pytest.fixture
def home(tmp_path: Path) -> Path:
    registry = Registry(tmp_path / "models")
    registry.install(SAMPLES / "icecat" / "models" / "encoder", "icecat")
    records = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("icecat", "EUR"))
    records.replace("icecat", icecat_items(EVERY))
    rebuild(records, EmbeddedEngine(tmp_path), "icecat", embedder=load_embedder(registry, "icecat"))
    records.close()
    return tmp_path


def test_it_runs_from_the_first_cell_to_the_last_and_saves_what_was_chosen(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    parameters = {"home": str(home), "save_it": True}
    executed = papermill.execute_notebook(
        NOTEBOOK, None, parameters, cwd=ROOT, progress_bar=False, kernel_name="python3"
    )
    plots = [
        output
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/svg+xml" in output.get("data", {})
    ]
    assert len(plots) == 3
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    assert [each.id for each in records.synonyms("icecat")] == ["beamer"]
    said = "".join(output.get("text", "") for output in executed.cells[-1].outputs)
    chosen = current(records, "icecat")
    assert f"version {chosen.number} is in force" in said
    records.close()


def test_it_is_readable_as_it_stands() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    outputs = [output for cell in cells for output in cell.outputs]
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) == 3
    assert not any(output.output_type == "error" for output in outputs)
