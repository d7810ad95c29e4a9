"""The report's page and tables: whatever a catalogue says, it stays text."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import LoadRecord
from commerce.records.history import CATALOG_KINDS
from evaluation.catalog_quality.page.labels import LOCALES, Labels
from evaluation.catalog_quality.report import ReportFiles, measure_into, write_report
from evaluation.catalog_quality.tables import guarded, write
from evaluation.pages.markup import element

HOSTILE = "<script>alert(1)</script> $\\frac{1}{2}$ & \"'><img src=http://evil.example/x> 漢字 \ufffe"
FORMULA = '=HYPERLINK("http://evil.example";"click")'
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def items() -> list[tuple[CatalogItem, str | None]]:
    """Lamps whose every text is hostile somewhere, with one price far off and two that stand twice."""
    found: list[tuple[CatalogItem, str | None]] = []
    for at in range(40):
        attributes = {HOSTILE: "x" if at % 5 else 3.0, "watts": 60_000.0 if at == 7 else 6.0}
        product = Product(
            f"p{at}", f"{HOSTILE} {at}", brand=FORMULA, mpn="1" if at < 2 else None, attributes=attributes
        )
        net = Decimal(90_000) if at == 3 else Decimal(20 + at)
        found.append((CatalogItem(product, Offer(net)), HOSTILE))
    return [
        (replace(item, product=replace(item.product, title=FORMULA)), t) if at == 9 else (item, t)
        for at, (item, t) in enumerate(found)
    ]


def load(at: int, quality: Mapping[str, float] | None, rejected: int = 0) -> LoadRecord:
    moment = START + timedelta(days=at)
    return LoadRecord("shop", "products", [f"/data/{HOSTILE}.csv"], moment, moment, 40, rejected, {HOSTILE: 1}, quality)


def report(folder: Path, loads: Sequence[LoadRecord] = (), locale: str = "en") -> ReportFiles:
    pairs = items()
    known = {item.product.id: item.product for item, _ in pairs}
    rejects = folder / "rejects.jsonl"
    reject = {"file": HOSTILE, "line": 7, "field": "id", "reason": HOSTILE, "value": FORMULA}
    rejects.write_bytes(orjson.dumps(reject) + b"\n")
    quality = measure_into(folder, pairs)
    catalog = Catalog("shop", "EUR")

    def look_up(ids: Sequence[str]) -> Mapping[str, Product]:
        return {identity: known[identity] for identity in ids if identity in known}

    return write_report(folder, catalog, quality, loads, rejects, look_up, START, locale)


def parsed(files: ReportFiles) -> html.HtmlElement:
    return html.fromstring(files.page.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def rows(files: ReportFiles, name: str) -> list[dict[str, str]]:
    path = next(path for path in files.tables if path.stem == name)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("locale", LOCALES)
def test_hostile_texts_stay_texts_in_page_and_plots(tmp_path: Path, locale: str) -> None:
    page = parsed(report(tmp_path, [load(0, {"missing_gtin": 30}), load(1, {"missing_gtin": 40}, 1)], locale))
    assert page.xpath("//script | //img | //link | //iframe | //object | //*[@onload or @onclick or @onerror]") == []
    text = page.text_content()
    assert text.count("<script>alert(1)</script> $\\frac{1}{2}$") > 10
    assert "漢字" in text
    assert page.get("lang") == locale


def test_the_page_asks_for_nothing_else(tmp_path: Path) -> None:
    page = parsed(report(tmp_path, [load(0, {"missing_gtin": 30}), load(1, {"missing_gtin": 40})]))
    for node in page.iter(etree.Element):
        for name, value in node.attrib.items():
            assert name not in {"src", "action", "data", "poster", "srcset", "background"}
            assert name != "href" or value.startswith("#")
            assert all(target.startswith("#") for target in value.split("url(")[1:])
    [style] = page.xpath("//style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    [policy] = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")
    assert len(page.xpath("//svg")) == 4


def test_links_and_ids_within_the_page_agree(tmp_path: Path) -> None:
    page = parsed(report(tmp_path, [load(0, {"missing_gtin": 30}), load(1, {"missing_gtin": 40})]))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//@href")} <= set(ids)


def test_the_page_shows_what_changed_since_the_load_before(tmp_path: Path) -> None:
    page = parsed(report(tmp_path, [load(0, {"missing_gtin": 30}), load(1, None)]))
    [row] = page.xpath("//tr[td/a[text()='Without GTIN']]")
    assert [cell.text_content() for cell in row][1:] == ["40", "100%", "+10"]
    assert "second load" in page.text_content()


def test_tables_name_each_product_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    files = report(tmp_path, [load(0, {"missing_gtin": 30}), load(1, None)])
    assert {row["id"] for row in rows(files, "missing")} == {f"p{at}" for at in range(40)}
    assert [row["lacks_mpn"] for row in rows(files, "missing")].count("x") == 38
    outliers = {(row["field"], row["id"]): row for row in rows(files, "outliers")}
    assert set(outliers) >= {("price", "p3"), ("attributes.watts", "p7")}
    assert float(outliers["attributes.watts", "p7"]["ratio"]) > 9_000
    assert {row["id"] for row in rows(files, "duplicates") if row["sign"] == "part_number"} == {"p0", "p1"}
    assert next(row for row in rows(files, "coverage") if row["attribute"] == "watts")["having"] == "40"
    assert rows(files, "kinds")[0]["values_left_out"] == "8"
    assert [row["value"] for row in rows(files, "rejects")] == ["'" + FORMULA]
    assert [row["missing_gtin"] for row in rows(files, "trend")] == ["30", ""]
    for path in files.tables:
        for row in rows(files, path.stem):
            assert not any(cell.startswith(("=", "@")) for cell in row.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    assert [guarded(cell) for cell in (-5.0, 3, None, "a-b", "")] == [-5.0, 3, None, "a-b", ""]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_table_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    write(path, ["h"] * len(cells), [cells])
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.reader(file))[1]
    expected = [str(guarded(cell)).encode(errors="replace").decode() for cell in cells]
    assert read == expected or cells == [""]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"))))
def test_markup_gives_a_text_back_as_it_was(text: str) -> None:
    page = html.fromstring(f"<div>{element('p', text, title=text)}</div>")
    [paragraph] = page.iter("p")
    assert (paragraph.text or "") == text
    assert paragraph.get("title") == text


@pytest.mark.parametrize("text", ["\x00", "\x1b[0m", "\ud800", "\ufffe", "\x85"])
def test_what_no_page_may_hold_is_replaced(text: str) -> None:
    assert element("p", f"a{text}b").startswith("<p>a\ufffd")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_load_has_a_name(locale: str) -> None:
    labels = Labels(locale)
    assert all(labels(f"load_{kind}") for kind in CATALOG_KINDS)


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    folder = Path(__file__).parents[2] / "evaluation/catalog_quality/page/texts"
    english, german = (orjson.loads((folder / f"{locale}.json").read_bytes()) for locale in LOCALES)
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert sorted(part.split("}")[0] for part in text.split("{")[1:]) == sorted(
            part.split("}")[0] for part in german[key].split("{")[1:]
        ), key


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", ["1,234,567", "0.0346", "12,345", "100%", "< 0.1%", "> 99.9%", "7.5%", "+3", "−1,000"]),
        ("de", ["1.234.567", "0,0346", "12.345", "100\xa0%", "< 0,1\xa0%", "> 99,9\xa0%", "7,5\xa0%", "+3", "−1.000"]),
    ],
)
def test_numbers_are_written_as_each_language_writes_them(locale: str, shown: list[str]) -> None:
    labels = Labels(locale)
    shares = [labels.share(share) for share in (1, 0.00001, 0.99999, 0.075)]
    numbers = [labels.count(1_234_567), labels.number(0.0346), labels.number(12_345.4)]
    assert [*numbers, *shares, labels.signed(3), labels.signed(-1_000)] == shown
