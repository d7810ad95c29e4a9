"""`vitrine load` with exports in parts and with deltas."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAPPING = """
[catalog]
currency = "EUR"
[parts.products]
files = "products.csv"
id = "sku"
title = "title"
[parts.variants]
files = "variants.csv"
id = "code"
product = "sku"
[parts.prices]
holds = "details"
files = "prices*.csv"
id = "code"
net = "net"
[parts.stock]
holds = "details"
files = "stock.csv"
id = "code"
stock = "pieces"
optional = true
"""


class Shell:
    """Runs ``vitrine load shop`` with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
        self.environment = kept | {"VITRINE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def __call__(self, *words: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "cli", "load", "shop", "--mapping", "mapping.toml", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr


@pytest.fixture
def load(tmp_path: Path) -> Shell:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    export = tmp_path / "export"
    export.mkdir()
    (export / "products.csv").write_text("sku,title\nA,Mug\nB,Cup\n")
    (export / "variants.csv").write_text("code,sku\nA-1,A\nA-2,A\nB-1,B\n")
    (export / "prices.csv").write_text("code,net\nA-1,5\nA-2,6\nB-1,7\n")
    return Shell(tmp_path)


def test_a_folder_loads_and_its_prices_stock_and_products_change(load: Shell) -> None:
    out = load("export")
    assert "shop: 2 products with 3 variants accepted" in out
    assert "rows read: products 2, variants 3, prices 3" in out
    (load.folder / "prices_new.csv").write_text("code,net\nA-1,5.50\nX,1\n")
    out = load("prices_new.csv", "--kind", "prices")
    assert "shop: 1 articles have their prices" in out
    assert "rejected 1: id: the catalogue has no product or variant …" in out
    (load.folder / "stock.csv").write_text("code,pieces\nA-1,3\nB-1,4\n")
    assert json.loads(load("stock.csv", "--kind", "stock", "--json"))["accepted"] == 2
    (load.folder / "products.csv").write_text("sku\nB\n")
    assert "shop: 1 products removed" in load("products.csv", "--delete")


def test_options_that_do_not_go_together_are_wrong_use(load: Shell) -> None:
    load("export")
    assert "--add and --delete are for products" in load("export", "--add", "--delete", code=2)
    assert "--add and --delete are for products" in load("export", "--kind", "stock", "--add", code=2)
    assert "none of the files is named products.csv" in load("export/prices.csv", code=1)
