"""Price lists and assortments from the command line."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records

MAPPING = """
[catalog]
currency = "EUR"
[limits]
max_reject_share = 0.5
[price_lists]
list = "list"
article = "sku"
net = "net"
[assortments]
assortment = "group"
product = "sku"
"""


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path))
    for name in ("VITRINE_DATABASE_URL", "VITRINE_JWT_SECRET", "VITRINE_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    store = Records(f"sqlite:///{tmp_path / 'vitrine.db'}")
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    store.upsert("shop", [CatalogItem(Product("A", "t"))])
    return store


def vitrine(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


def load(kind: str, *words: str) -> str:
    return vitrine("load", "shop", "rows.csv", "--mapping", "mapping.toml", "--kind", kind, *words)


def test_lists_are_loaded_and_checked(records: Records, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("list,sku,net\ngold,A,9\nsilver,A,9.5\ngold,=B,9\ngold,A,8\n")
    assert "2 price lists written, 0 unchanged" in (said := load("price-lists"))
    assert "kept: 1 ids" in said
    assert "rejected 1: article" in said
    report: dict[str, Any] = json.loads(load("price-lists", "--json"))
    assert (report["accepted"], report["written"], report["unchanged"], report["unknown"]) == (3, 0, 2, 1)
    assert [head.id for head in records.price_lists("shop")] == ["gold", "silver"]
    said = vitrine("report", "prices", "shop")
    assert "2 price lists with 3 prices" in said
    assert "unknown_article" in said
    with (tmp_path / "reports" / "shop" / "prices.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [each["article"] for each in csv.DictReader(file)] == ["'=B"]
    figures = json.loads(vitrine("report", "prices", "shop", "--json", "--out", "found.csv"))
    assert (figures["findings"], figures["table"]) == ({"unknown_article": 1}, "found.csv")
    records.delete_price_list("shop", "gold")
    assert "nothing is wrong" in vitrine("report", "prices", "shop")


def test_assortments_are_loaded(records: Records, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("group,sku\ndealers,A\n")
    assert "1 assortments written" in load("assortments")
    assert records.assortment("shop", "dealers").include is not None
