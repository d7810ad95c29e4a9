"""Shops' exports through mapping files, clean and dirty."""

import gzip
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import orjson
import pyarrow
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.errors import MappingError, NothingToLoad, TooManyRejects
from commerce.product import CatalogItem
from commerce.readers import LoadReport, load_files, read_mapping
from commerce.records import Records

CSV_MAPPING = """
[catalog]
currency = "EUR"
locale = "de"
[source]
delimiter = ";"
decimal = ","
[product]
id = "sku"
title = "name"
description = "text"
brand = { constant = "Acme" }
gtin = { column = "ean", split = "|" }
category = { column = "path", split = "|" }
released = "since"
[offer]
net = "price"
stock = "stock"
[attributes]
"num_*" = "number"
"flag_*" = "boolean"
colour = "text"
[limits]
max_reject_share = 0.9
"""
HEADER = "sku;name;text;ean;path;since;price;stock;num_weight;flag_new;colour\n"
Load = Callable[..., LoadReport]


@pytest.fixture
def records(tmp_path: Path) -> Records:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    return store


@pytest.fixture
def load(records: Records, tmp_path: Path) -> Load:
    def run(content: bytes, mapping: str = CSV_MAPPING, name: str = "shop.csv", **options: bool) -> LoadReport:
        (tmp_path / name).write_bytes(content)
        (tmp_path / "mapping.toml").write_text(mapping)
        rules = read_mapping(tmp_path / "mapping.toml")
        return load_files(records, "shop", [tmp_path / name], rules, rejects=tmp_path / "rejects.jsonl", **options)

    return run


def test_what_an_article_costs_is_read_beside_its_price(records: Records, load: Load) -> None:
    mapping = CSV_MAPPING.replace('stock = "stock"', 'cost = { column = "stock", divide = 100 }')
    rows = "1;a;;;;;10,50;799;;;\n2;b;;;;;;5;;;\n3;c;;;;;1;;;;\n4;d;;;;;1;cheap;;;\n"
    report = load((HEADER + rows).encode(), mapping)
    offers = [(item.offer.net, item.offer.cost) for item in records.items("shop")]
    assert offers == [(Decimal("10.50"), Decimal("7.99")), (None, Decimal("0.05")), (Decimal(1), None)]
    assert report.rejected == 1


def test_a_csv_row_becomes_a_product(load: Load, records: Records) -> None:
    row = 'A-1;"Stuhl; drehbar";"<p>Sehr&nbsp;<b>gut</b></p>";4006381333931|123;Büro > Stühle;2024-05-01;1.234,50;7;'
    row += "2,5;ja;Blau\n"
    report = load((HEADER + row).encode())
    item = first(records)
    assert (item.product.id, item.product.title, item.product.description) == ("A-1", "Stuhl; drehbar", "Sehr gut")
    assert item.product.brand == "Acme"
    assert item.product.gtin == ("4006381333931",)
    assert item.product.category == ("Büro > Stühle",)
    assert item.product.attributes == {"weight": 2.5, "new": True, "colour": "Blau"}
    assert (item.offer.net, item.offer.stock) == (Decimal("1234.50"), 7)
    assert item.product.released is not None
    assert report.warnings == {"markup taken out of a text": 1, "gtin with a wrong check digit or length": 1}
    assert records.catalog("shop").locale == "de"


def first(records: Records) -> CatalogItem:
    return list(records.items("shop"))[0]


BAD_ROWS = [
    (b";No id;;;;;1;1;;;\n", "id", "must not be empty"),
    (b"x;;;;;;1;1;;;\n", "title", "must not be empty"),
    (b"x;Chair;;;;;1,x;1;;;\n", "price", "not an amount"),
    (b"x;Chair;;;;;-1;1;;;\n", "price", "not negative"),
    (b"x;Chair;;;;;99999999;1;;;\n", "price", "beyond"),
    (b"x;Chair;;;;yesterday;1;1;;;\n", "released", "is not a date"),
    (b"x;Chair\n", "", "has 2 columns instead of 11"),
    (b"x;Ch\xe4ir;;;;;1;1;;;\n", "name", "is not utf-8"),
    (b"good;Again;;;;;1;1;;;\n", "id", "the same id stands in shop.csv line 2"),
    (b"x" * 600 + b";Chair;;;;;1;1;;;\n", "id", "600 characters"),
]


@pytest.mark.parametrize(("row", "field", "reason"), BAD_ROWS)
def test_a_bad_row_is_reported_and_the_load_goes_on(
    load: Load, records: Records, tmp_path: Path, row: bytes, field: str, reason: str
) -> None:
    good, last = b"good;Table;;;;;1;1;;;\n", b"last;Lamp;;;;;2;1;;;\n"
    report = load(HEADER.encode() + good + row + last)
    assert (report.accepted, report.rejected) == (2, 1)
    assert {item.product.id for item in records.items("shop")} == {"good", "last"}
    reject = orjson.loads((tmp_path / "rejects.jsonl").read_bytes())
    assert (reject["file"], reject["line"], reject["field"]) == ("shop.csv", 3, field)
    assert reason in reject["reason"]


def test_too_many_rejects_leave_the_records_as_they_were(load: Load, records: Records) -> None:
    load(f"{HEADER}a;Table;;;;;1;1;;;\n".encode())
    seq = records.last_seq("shop")
    strict = CSV_MAPPING.replace("0.9", "0.4")
    with pytest.raises(TooManyRejects, match="1 of 2 rows"):
        load(f"{HEADER}b;Lamp;;;;;1;1;;;\n;broken;;;;;1;1;;;\n".encode(), strict)
    assert [item.product.id for item in records.items("shop")] == ["a"]
    assert records.last_seq("shop") == seq


def test_a_load_that_is_refused_leaves_the_currency_and_makes_no_catalogue(load: Load, records: Records) -> None:
    bad = f"{HEADER};broken;;;;;1;1;;;\n".encode()
    with pytest.raises(TooManyRejects):
        load(bad)
    assert records.catalogs() == []
    load(f"{HEADER}a;Table;;;;;1;1;;;\n".encode())
    with pytest.raises(TooManyRejects):
        load(bad, CSV_MAPPING.replace("EUR", "USD"))
    assert [each.currency for each in records.catalogs()] == ["EUR"]


@pytest.mark.parametrize(("ours", "theirs"), [('"EUR"', '"USD"'), ('"de"', '"en"')])
def test_products_in_another_currency_or_locale_are_not_added(
    load: Load, records: Records, ours: str, theirs: str
) -> None:
    load(f"{HEADER}a;Table;;;;;1;1;;;\n".encode())
    other = CSV_MAPPING.replace(ours, theirs)
    with pytest.raises(MappingError, match=f"says {theirs[1:-1]}, the catalogue shop has {ours[1:-1]}"):
        load(f"{HEADER}b;Lamp;;;;;1;1;;;\n".encode(), other, replace=False)
    load(f"{HEADER}b;Lamp;;;;;1;1;;;\n".encode(), other)
    assert [item.product.id for item in records.items("shop")] == ["b"]


def test_an_empty_export_does_not_empty_the_catalogue(load: Load, records: Records) -> None:
    assert load(HEADER.encode()).accepted == 0
    load(f"{HEADER}a;Table;;;;;1;1;;;\n".encode())
    with pytest.raises(NothingToLoad, match="the 1 of the catalogue"):
        load(HEADER.encode())
    assert load(HEADER.encode(), replace=False).removed == 0
    assert records.count("shop") == 1


def test_a_whole_load_removes_what_is_missing_and_an_added_one_does_not(load: Load, records: Records) -> None:
    load(f"{HEADER}a;Table;;;;;1;1;;;\nb;Lamp;;;;;1;1;;;\n".encode())
    report = load(f"{HEADER}b;Lamp;;;;;1;1;;;\nc;Chair;;;;;1;1;;;\n".encode())
    assert (report.written, report.removed, report.unchanged) == (1, 1, 1)
    report = load(f"{HEADER}d;Desk;;;;;1;1;;;\n".encode(), replace=False)
    assert (report.written, report.removed) == (1, 0)
    assert [item.product.id for item in records.items("shop")] == ["b", "c", "d"]


JSONL_MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "id"
title = "title"
image_urls = { columns = ["big", "small"] }
[offer]
net = { column = "cents", divide = 100 }
[attributes]
"attr_n_*" = "number"
"attr_b_*" = "boolean"
"attr_t_*" = "text"
"""


def test_json_lines_end_at_line_feeds_only(load: Load, records: Records) -> None:
    lines = [{"id": "1", "title": "one\u2029two\u0085three", "cents": 4995}, {"id": "2", "title": "four"}]
    report = load(b"\r\n".join(map(orjson.dumps, lines)) + b"\n\n", JSONL_MAPPING, "shop.jsonl")
    assert report.accepted == 2
    assert [item.offer.net for item in records.items("shop")] == [Decimal("49.95"), None]


def test_an_attribute_in_two_kinds_keeps_the_number(load: Load, records: Records) -> None:
    line = {"id": "1", "title": "x", "attr_t_a": "many", "attr_n_a": 3, "attr_b_c": False, "attr_n_d": "huh"}
    report = load(orjson.dumps(line), JSONL_MAPPING, "shop.jsonl")
    assert first(records).product.attributes == {"a": 3, "c": False}
    assert report.warnings == {"attribute given in two kinds": 1, "attribute value is no number": 1}


@pytest.mark.parametrize("line", [b"{", b"[]", b'"x"', b'{"id": "\xff"}', b"null"])
def test_a_broken_json_line_is_a_reject(load: Load, line: bytes) -> None:
    many = b"".join(orjson.dumps({"id": str(at), "title": "x"}) + b"\n" for at in range(30))
    assert load(many + line, JSONL_MAPPING, "shop.jsonl").rejected == 1


@pytest.mark.parametrize("suffix", [".zst", ".gz", ""])
def test_files_are_read_compressed_or_plain(load: Load, suffix: str) -> None:
    content = b"".join(orjson.dumps({"id": str(at), "title": "x"}) + b"\n" for at in range(5))
    pack = {".zst": zstandard.compress, ".gz": gzip.compress, "": bytes}[suffix]
    assert load(pack(content), JSONL_MAPPING, f"shop.jsonl{suffix}").accepted == 5


def test_parquet_rows_become_products(load: Load, records: Records, tmp_path: Path) -> None:
    table = pyarrow.table({"id": ["1", "2"], "title": ["one", None], "cents": [100, 200], "attr_n_a": [1.5, None]})
    pyarrow.parquet.write_table(table, tmp_path / "made.parquet")
    mapping = JSONL_MAPPING + "[limits]\nmax_reject_share = 0.6\n"
    report = load((tmp_path / "made.parquet").read_bytes(), mapping, "shop.parquet")
    assert (report.accepted, report.rejected) == (1, 1)
    assert first(records).product.attributes == {"a": 1.5}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("[catalog", "is not TOML"),
        ("[product]\nid = 'a'\ntitle = 'b'", "catalog: is needed"),
        (JSONL_MAPPING.replace("EUR", "euro"), "catalog.currency"),
        (JSONL_MAPPING + "[typo]\n", "typo: is no key"),
        (JSONL_MAPPING.replace('title = "title"', 'title = { column = "t", constant = "x" }'), "product.title"),
        (JSONL_MAPPING.replace("divide = 100", "divide = 0"), "offer.net.divide"),
        (JSONL_MAPPING.replace('title = "title"', 'title = { column = "t", matches = "(" }'), "pattern"),
    ],
)
def test_a_mapping_at_fault_names_the_key(load: Load, mapping: str, message: str) -> None:
    with pytest.raises(MappingError, match=r"mapping\.toml") as caught:
        load(b"", mapping)
    assert message in caught.value.message


def test_a_missing_or_unknown_file_says_so(load: Load, records: Records, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot tell its format"):
        load(b"", name="shop.xyz")
    rules = read_mapping(tmp_path / "mapping.toml")
    with pytest.raises(MappingError, match="no such file"):
        load_files(records, "shop", [tmp_path / "nowhere.csv"], rules, rejects=tmp_path / "r.jsonl")


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
def test_any_title_survives_reading_but_for_its_spaces(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    store = Records(f"sqlite:///{folder / 'r.db'}")
    store.upgrade()
    lines = [orjson.dumps({"id": f"i{at}", "title": f"x{title}"}) for at, title in enumerate(titles)]
    (folder / "a.jsonl").write_bytes(b"\n".join(lines))
    (folder / "m.toml").write_text(JSONL_MAPPING)
    report = load_files(store, "c", [folder / "a.jsonl"], read_mapping(folder / "m.toml"), rejects=folder / "r.jsonl")
    store.close()
    assert report.accepted == len(titles)


SAMPLES = Path(__file__).parents[2] / "samples"


def test_the_icecat_sample_loads_whole(records: Records, tmp_path: Path) -> None:
    folder = SAMPLES / "icecat"
    rules = read_mapping(folder / "mapping.toml")
    report = load_files(records, "icecat", [folder / "products.jsonl.zst"], rules, rejects=tmp_path / "r.jsonl")
    assert (report.accepted, report.rejected, report.rejects) == (19_406, 0, None)
    item = list(records.items("icecat", ids=["3920564"]))[0]
    assert (item.product.mpn, item.product.brand, item.offer.net) == ("006R90321", "Xerox", Decimal("49.95"))
    assert item.product.attributes["black_toner_page_yield"] == 23000
    assert len({name for each in records.items("icecat") for name in each.product.attributes}) > 5_000


def test_the_order_lines_sample_becomes_products(records: Records, tmp_path: Path) -> None:
    folder = SAMPLES / "online_retail"
    rules = read_mapping(folder / "mapping.toml")
    report = load_files(records, "retail", [folder / "order_lines.csv.zst"], rules, rejects=tmp_path / "r.jsonl")
    items = {item.product.id: item for item in records.items("retail")}
    assert 3_500 < len(items) == report.accepted < 3_900
    assert items["85123A"].product.title == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert items["85123A"].popularity > 1_000
    assert items["21703"].product.title == "BAG 125g SWIRLY MARBLES"
    notes = {
        "damaged",
        "found",
        "check",
        "?",
        "thrown away",
        "sold as set on dotcom",
        "amazon",
        "wet/rusty",
        "Dotcom sales",
    }
    assert not notes & {item.product.title for item in items.values()}
    assert not {"POST", "DOT", "M", "BANK CHARGES", "C2"} & set(items)
    assert all(item.offer.net is None or item.offer.net > 0 for item in items.values())
    assert len({identity.casefold() for identity in items}) < len(items)
