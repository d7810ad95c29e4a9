"""The notebook about experiments, executed as it stands, on buyers whose habits are known."""

from pathlib import Path

import nbformat
import papermill
import pytest

from tests.sample import SAMPLES

ROOT = SAMPLES.parent
NOTEBOOK = ROOT / "notebooks" / "review_experiment.ipynb"


def said(notebook: nbformat.NotebookNode) -> str:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return "".join(output.get("text", "") for cell in cells for output in cell.outputs)


def plots(notebook: nbformat.NotebookNode) -> int:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return sum("image/svg+xml" in output.get("data", {}) for cell in cells for output in cell.outputs)


def test_it_finds_the_arm_that_is_better_and_believes_the_buyers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    executed = papermill.execute_notebook(
        NOTEBOOK, tmp_path / "out.ipynb", {}, cwd=ROOT, progress_bar=False, kernel_name="python3"
    )
    assert "12,000 searches" in said(executed)
    assert "Put bundles in force" in said(executed)
    assert "MISMATCH" not in said(executed)
    assert plots(executed) == 1


def test_it_is_readable_as_it_stands() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert "Put bundles in force" in said(notebook)
    assert plots(notebook) == 1
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
