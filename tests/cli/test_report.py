"""The quality report and the dry run of indexing, from the command line."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from typer.testing import CliRunner

from cli.main import app
from commerce.product import AttributeValue, Catalog, CatalogItem, Product
from commerce.records import Records
from tests.sample import icecat_items

MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "id"
title = "title"
gtin = "gtin"
[offer]
net = "price"
[attributes]
size = "number"
"""


class Vitrine:
    """Runs commands in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._runner = CliRunner()

    def __call__(self, *words: str, code: int = 0) -> str:
        done = self._runner.invoke(app, list(words))
        assert done.exit_code == code, (done.output, done.exception)
        return done.stdout

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code))

    def load(self, *rows: str) -> None:
        (self.home.parent / "shop.csv").write_text("\n".join(["id,title,gtin,price,size", *rows]) + "\n")
        (self.home.parent / "mapping.toml").write_text(MAPPING + "[limits]\nmax_reject_share = 0.5\n")
        self("load", "shop", str(self.home.parent / "shop.csv"), "-m", str(self.home.parent / "mapping.toml"))


@pytest.fixture
def vitrine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vitrine:
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    for name in ("VITRINE_DATABASE_URL", "VITRINE_JWT_SECRET", "VITRINE_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    return Vitrine(tmp_path / "home")


def lamps(count: int = 30) -> list[str]:
    return [f"{at},Desk lamp {at},,{at}.50,{at}" for at in range(1, count + 1)]


def page_of(path: Path) -> Any:
    return html.fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_report_of_a_real_catalogue_is_a_page_and_tables(vitrine: Vitrine, tmp_path: Path) -> None:
    vitrine.home.mkdir()
    records = Records(f"sqlite:///{vitrine.home / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("icecat", "EUR"))
    records.replace("icecat", icecat_items())
    records.upsert("icecat", [CatalogItem(Product("evil", "<script>alert(1)</script>"))])
    count = records.count("icecat")
    records.close()
    out = tmp_path / "report"
    answer = vitrine.json("report", "catalog", "icecat", "--out", str(out))
    assert answer["figures"]["products"] == count
    assert answer["figures"]["missing_category"] == count
    assert answer["figures"]["missing_price"] == 1
    assert {Path(each).name for each in answer["tables"]} == {path.name for path in out.glob("*.csv")}
    page = page_of(Path(answer["page"]))
    assert page.xpath("//script | //img | //link") == []
    assert all(href.startswith("#") for href in page.xpath("//@href"))
    assert len(page.xpath("//table[@class='heat']//tbody/tr")) == 12
    assert len(rows(out / "missing.csv")) == count
    [evil] = [row for row in rows(out / "missing.csv") if row["id"] == "evil"]
    assert evil["title"] == "<script>alert(1)</script>"
    assert (evil["lacks_price"], evil["lacks_brand"], evil["lacks_title"]) == ("x", "x", "")
    known = {row["id"] for row in rows(out / "missing.csv")}
    assert {row["product_id"] for row in rows(out / "outliers.csv")} <= known
    assert {row["id"] for row in rows(out / "duplicates.csv")} <= known


def test_the_trend_goes_from_load_to_load(vitrine: Vitrine) -> None:
    vitrine.load(*lamps())
    vitrine("index", "shop")
    vitrine.load(*lamps(20), "99,Desk lamp 99,,,1", ",nameless,,1,1")
    vitrine("report", "catalog", "shop", "--locale", "de")
    folder = vitrine.home / "reports" / "shop"
    trend = rows(folder / "trend.csv")
    assert [row["products"] for row in trend] == ["30", "21"]
    assert [row["missing_price"] for row in trend] == ["0", "1"]
    assert [row["rejected"] for row in trend] == ["0", "1"]
    assert [(row["line"], row["field"]) for row in rows(folder / "rejects.csv")] == [("23", "id")]
    page = page_of(folder / "catalog-quality.html")
    [row] = page.xpath("//tr[td/a[text()='Ohne Preis']]")
    assert [cell.text_content() for cell in row][1:] == ["1", "4,8\xa0%", "+1"]
    assert len(page.xpath("//svg")) == 4


def test_rows_of_a_load_that_was_refused_are_shown_as_such(vitrine: Vitrine) -> None:
    vitrine.load(*lamps())
    vitrine("report", "catalog", "shop")
    page = vitrine.home / "reports" / "shop" / "catalog-quality.html"
    assert "nothing was kept" not in page.read_text()
    (vitrine.home.parent / "shop.csv").write_text("id,title,gtin,price,size\n,nameless,,1,1\n")
    words = [str(vitrine.home.parent / "shop.csv"), "-m", str(vitrine.home.parent / "mapping.toml")]
    vitrine("load", "shop", *words, code=1)
    vitrine("report", "catalog", "shop")
    assert "nothing was kept" in page.read_text()
    assert "nameless" not in page.read_text()
    assert [row["line"] for row in rows(vitrine.home / "reports" / "shop" / "rejects.csv")] == ["2"]


def test_figures_of_a_load_are_those_that_indexing_took(vitrine: Vitrine) -> None:
    vitrine.load(*lamps())
    vitrine("index", "shop")
    figures = vitrine.json("report", "catalog", "shop")["figures"]
    [taken] = rows(vitrine.home / "reports" / "shop" / "trend.csv")
    assert {name: int(taken[name]) for name in figures} == figures


def test_a_dry_run_writes_nothing_and_says_what_is_missing(vitrine: Vitrine) -> None:
    vitrine.load(*lamps(), "31,Desk lamp 31,,,31")
    text = vitrine("index", "shop", "--dry-run")
    assert "31 products, 0 variants; nothing was written" in text
    assert "without price: 1 (3.23%), such as 31" in text
    answer = vitrine.json("index", "shop", "--dry-run")
    assert answer["would_index"]["documents"] == 31
    assert answer["would_index"]["failed"] == 0
    assert answer["figures"]["missing_price"] == 1
    assert vitrine.json("status")[0]["version"] is None


def test_a_dry_run_names_values_of_another_kind(vitrine: Vitrine) -> None:
    records = Records(f"sqlite:///{vitrine.home / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    sizes: tuple[AttributeValue, ...] = (1.0, 2.0, "large")
    records.replace(
        "shop", [CatalogItem(Product(str(at), f"Rug {at}", attributes={"size": size})) for at, size in enumerate(sizes)]
    )
    records.close()
    assert "attribute size is of kind number: 1 text left out, such as 2" in vitrine("index", "shop", "--dry-run")
    [left_out] = vitrine.json("index", "shop", "--dry-run")["left_out"]
    assert (left_out["attribute"], left_out["kind"], left_out["left_out"]) == ("size", "number", 1)


def test_a_dry_run_fails_where_indexing_would(vitrine: Vitrine, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer import rehearsal

    def refuse(item: CatalogItem, *_: object) -> None:
        if item.product.id == "7":
            raise ValueError("no document of this one")

    vitrine.load(*lamps())
    monkeypatch.setattr(rehearsal, "to_document", refuse)
    answer = vitrine.json("index", "shop", "--dry-run", code=1)
    assert answer["would_index"]["failures"] == [{"id": "7", "error": "ValueError: no document of this one"}]
    assert answer["would_index"]["documents"] == 29


@pytest.mark.parametrize("command", [("report",), ("report", "catalog")])
def test_the_commands_explain_themselves(vitrine: Vitrine, command: tuple[str, ...]) -> None:
    assert "catalog" in vitrine(*command, "--help")


def test_rollback_and_dry_run_do_not_go_together(vitrine: Vitrine) -> None:
    vitrine("index", "shop", "--rollback", "--dry-run", code=2)


def test_without_matplotlib_the_report_says_what_to_install(vitrine: Vitrine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("evaluation.catalog_quality.")]:
        if name.rsplit(".", 1)[-1] == "report" or ".page" in name:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(Exception, match=r"vitrine\[reports\]"):
        CliRunner().invoke(app, ["report", "catalog", "shop"], catch_exceptions=False)


def test_a_catalogue_that_is_not_there_is_named(vitrine: Vitrine) -> None:
    with pytest.raises(Exception, match="'nowhere'"):
        CliRunner().invoke(app, ["report", "catalog", "nowhere"], catch_exceptions=False)
    assert not (vitrine.home / "reports").exists()
