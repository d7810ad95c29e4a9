"""The notebook for merchandisers runs from its first cell to its last, and is committed with what it showed."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import nbformat
import papermill
import pytest

from commerce.order import Order
from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import Records
from recommender.training import train_recommender
from registry import Registry
from tests.recommender.conftest import ARTICLES, BEGIN, checker_board

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "tune_recommendations.ipynb"
__all__ = ["checker_board"]


@pytest.fixture
def home(tmp_path: Path, checker_board: Sequence[Order]) -> Path:  # noqa: F811 - pytest finds fixtures by name
    records = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    records.upsert("shop", [CatalogItem(Product(each, f"Article {each}", brand=each[-1]), Offer()) for each in ARTICLES])
    records.put_orders("shop", checker_board)
    train_recommender(records, Registry(tmp_path / "models"), "shop", code_version="test")
    records.close()
    return tmp_path


def test_the_notebook_runs_and_saves_the_units_request(home: Path, tmp_path: Path) -> None:
    parameters = {
        "home": str(home),
        "catalog": "shop",
        "product": "a00",
        "account": "b000",
        "cut": f"{BEGIN + timedelta(days=200):%Y-%m-%d}",
        "save_to": str(tmp_path / "unit.json"),
    }
    papermill.execute_notebook(NOTEBOOK, tmp_path / "done.ipynb", parameters, progress_bar=False, cwd=NOTEBOOK.parents[1])
    saved = json.loads((tmp_path / "unit.json").read_text())
    assert saved["strategy"] == "for_you"
    assert saved["weights"]["relevance"] == 1.0


def test_the_committed_notebook_has_its_outputs_and_no_error() -> None:
    cells = [each for each in nbformat.read(NOTEBOOK, as_version=4).cells if each.cell_type == "code"]
    outputs = [output for each in cells for output in each.outputs]
    assert sum(bool(each.outputs) for each in cells) >= 8
    assert not [each for each in outputs if each.output_type == "error"]
    assert all(each.execution_count for each in cells)
