"""Exports in several files that one mapping joins."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.errors import MappingError, TooManyRejects
from commerce.product import CatalogItem, Offer, Relation, Texts, Tier
from commerce.readers import LoadReport, load_files, read_mapping
from commerce.records import Records

MAPPING = """
[catalog]
currency = "EUR"
locale = "de"

[parts.products]
files = "article.csv"
id = "sku"
title = "name"
description = "text"
brand = "maker"
category_keys = { columns = ["shelf", "second_shelf"] }
image_urls = { columns = ["picture_1", "picture_2"] }
texts.en = { title = "name_en", description = "text_en" }
pairs = [{ key = "attribute_#", value = "value_#", texts = { en = "value_#_en" } }]
relations = [{ type = { constant = "accessory" }, id = { column = "accessories", split = "," } }]

[parts.variants]
files = "variant.csv"
id = "code"
product = "sku"
title = "name"
gtin = "ean"
pairs = [{ key = "attribute_#", value = "value_#", texts = { en = "value_#_en" } }]

[parts.prices]
holds = "details"
files = "price*.csv"
id = { columns = ["code", "sku"] }
net = { column = "cents", divide = 100 }
min_quantity = "from"

[parts.stock]
holds = "details"
files = "stock.csv"
id = "code"
stock = { column = "pieces", reduce = "sum" }

[parts.categories]
files = "shelf.csv"
id = "key"
parent = "above"
name = "name"
texts.en = "name_en"
hidden = { column = "key", matches = "^root$" }

[parts.attribute_keys]
files = "attribute.csv"
name = "attribute"
varies = "is_choice"

[limits]
max_reject_share = 0.9
"""
FILES = {
    "article.csv": (
        "sku,name,text,maker,shelf,second_shelf,picture_1,picture_2,name_en,text_en,accessories,"
        "attribute_1,value_1,value_1_en,attribute_2,value_2,value_2_en\n"
        "T,Tisch,<b>Stabil</b> &amp; schön,Acme,tables,new,http://a/1.jpg,http://a/2.jpg,Table,,"
        '"S,L",material,Holz,wood,gewicht_kg,"12,5",\n'
        "S,Stuhl,,Acme,chairs,,,,Stuhl,,,material,Stahl,material,gewicht_kg,7,\n"
    ),
    "variant.csv": (
        "code,sku,name,ean,attribute_1,value_1,value_1_en,attribute_2,value_2,value_2_en\n"
        "T-1,T,Tisch rot,4006381333931,farbe,rot,red,form,rund,round\n"
        "T-2,T,Tisch blau,,farbe,blau,blue,form,rund,round\n"
    ),
    "price.csv": "code,sku,cents,from\nT-1,,10000,1\nT-1,,9500,10\nT-2,,11000,0\n,S,4550,1\n",
    "stock.csv": "code,pieces\nT-1,3\nT-1,4\nS,9\n",
    "shelf.csv": (
        "key,above,name,name_en\nroot,,Alles,All\nfurniture,root,Möbel,Furniture\ntables,furniture,Tische,Tables\n"
        "chairs,furniture,Stühle,\nnew,root,Neu,New\n"
    ),
    "attribute.csv": "attribute,is_choice\nmaterial,0\nfarbe,1\nform,0\ngewicht_kg,0\n",
}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    yield store
    store.close()


def load(
    records: Records, folder: Path, files: Mapping[str, str], mapping: str = MAPPING, *, order: list[str] | None = None
) -> LoadReport:
    export = folder / "export"
    export.mkdir(exist_ok=True)
    for old in export.iterdir():
        old.unlink()
    for name, content in files.items():
        (export / name).write_text(content)
    (folder / "mapping.toml").write_text(mapping)
    paths = [export] if order is None else [export / name for name in order]
    return load_files(records, "shop", paths, read_mapping(folder / "mapping.toml"), rejects=folder / "rejects.jsonl")


def items_of(records: Records) -> dict[str, CatalogItem]:
    return {item.product.id: item for item in records.items("shop")}


def rejects_of(folder: Path) -> list[tuple[str, int, str, str]]:
    lines = (folder / "rejects.jsonl").read_bytes().splitlines()
    return [(each["file"], each["line"], each["field"], each["reason"]) for each in map(orjson.loads, lines)]


def with_line(name: str, line: str) -> dict[str, str]:
    return FILES | {name: f"{FILES[name]}{line}\n"}


def test_parts_are_joined_by_their_keys(records: Records, tmp_path: Path) -> None:
    report = load(records, tmp_path, FILES)
    assert (report.accepted, report.variants, report.rejected) == (2, 2, 0)
    assert report.rows == {
        "products": 2, "variants": 2, "prices": 4, "stock": 3, "categories": 5, "attribute_keys": 4,
    }  # fmt: skip
    table, chair = items_of(records)["T"], items_of(records)["S"]
    assert (table.product.title, table.product.description, table.product.brand) == ("Tisch", "Stabil & schön", "Acme")
    assert table.product.image_urls == ("http://a/1.jpg", "http://a/2.jpg")
    assert table.product.relations == (Relation("accessory", "S"), Relation("accessory", "L"))
    assert [(variant.id, variant.title, variant.gtin) for variant in table.product.variants] == [
        ("T-1", "Tisch rot", ("4006381333931",)),
        ("T-2", "Tisch blau", ()),
    ]
    assert dict(table.offers()) == {
        "T-1": Offer(Decimal("100"), 7, (Tier(10, Decimal("95")),)),
        "T-2": Offer(Decimal("110")),
    }
    assert (chair.offer, chair.product.variants) == (Offer(Decimal("45.50"), 9), ())


def test_category_keys_become_paths_below_the_hidden_root(records: Records, tmp_path: Path) -> None:
    load(records, tmp_path, FILES)
    items = items_of(records)
    assert items["T"].product.category == ("Möbel > Tische", "Neu")
    assert items["S"].product.category == ("Möbel > Stühle",)
    # A category without a name in English keeps its German one.
    assert items["S"].product.texts["en"].category == ("Furniture > Stühle",)


def test_an_attribute_stands_once_at_the_product_or_at_the_variants(records: Records, tmp_path: Path) -> None:
    load(records, tmp_path, FILES)
    table = items_of(records)["T"].product
    # "form" is the same in all variants; "farbe" is one that buyers choose.
    assert table.attributes == {"material": "Holz", "gewicht_kg": 12.5, "form": "rund"}
    assert [dict(variant.attributes) for variant in table.variants] == [{"farbe": "rot"}, {"farbe": "blau"}]


def test_another_locale_holds_only_what_it_says_differently(records: Records, tmp_path: Path) -> None:
    report = load(records, tmp_path, FILES)
    items = items_of(records)
    assert items["T"].product.texts == {
        "en": Texts("Table", "", ("Furniture > Tables", "New"), (), {"material": "wood", "form": "round"})
    }
    assert items["S"].product.texts["en"].title == ""
    assert report.skipped_by_reason == {
        "text in en that only repeats the catalogue's own": 1,
        "attribute value in en that is only the attribute's name": 1,
    }
    assert report.warnings["attribute value of a variant in en, which has no place"] == 2


def test_a_variant_that_differs_takes_the_attribute_to_all_variants(records: Records, tmp_path: Path) -> None:
    files = with_line("variant.csv", "T-3,T,Tisch klein,,material,Glas,glass,form,eckig,square")
    load(records, tmp_path, files)
    table = items_of(records)["T"].product
    assert table.attributes == {"gewicht_kg": 12.5}
    assert [dict(variant.attributes) for variant in table.variants] == [
        {"farbe": "rot", "form": "rund", "material": "Holz"},
        {"farbe": "blau", "form": "rund", "material": "Holz"},
        {"form": "eckig", "material": "Glas"},
    ]


ORPHANS = [
    ("variant.csv", "X-1,X,Bett,,,,,,,", ("variant.csv", 4, "product", "there is no product 'X'")),
    ("price.csv", "X-1,,100,1", ("price.csv", 6, "id", "there is no product or variant 'X-1'")),
    ("stock.csv", "X-1,1", ("stock.csv", 5, "id", "there is no product or variant 'X-1'")),
]
BROKEN = [
    ("article.csv", "," * 16, ("article.csv", 4, "id", "must not be empty")),
    ("article.csv", "T,Tisch" + "," * 15, ("article.csv", 4, "id", "the same id stands in article.csv line 2")),
    ("article.csv", "B" + "," * 16, ("article.csv", 4, "title", "must not be empty")),
    ("article.csv", "B,Bett", ("article.csv", 4, "", "has 2 columns instead of 17")),
    ("variant.csv", "T-1,S,Stuhl,,,,,,,", ("variant.csv", 4, "id", "the same id stands in variant.csv line 2")),
    ("variant.csv", "T-9,,Stuhl,,,,,,,", ("variant.csv", 4, "product", "must not be empty")),
    ("price.csv", "T-2,,12x,1", ("price.csv", 6, "net", "'12x' is not an amount of money")),
    ("price.csv", "T-2,,-1,1", ("price.csv", 6, "net", "a price is not negative: -0.01")),
    ("price.csv", "T-2,,1,1.5", ("price.csv", 6, "min_quantity", "'1.5' is not a whole number up to 1,000,000,000")),
    ("stock.csv", "T-2,many", ("stock.csv", 5, "stock", "'many' is not a number")),
    ("shelf.csv", "tables,,Tafeln,", ("shelf.csv", 7, "id", "the same id stands in shelf.csv line 4")),
    ("shelf.csv", "loop,loop,Kreis,", ("shelf.csv", 7, "parent", "its parents lead in a circle")),
    ("shelf.csv", "x,,,", ("shelf.csv", 7, "name", "must not be empty")),
]


@pytest.mark.parametrize(("name", "line", "reject"), ORPHANS + BROKEN)
def test_a_bad_row_of_any_part_is_reported_and_the_rest_goes_on(
    records: Records, tmp_path: Path, name: str, line: str, reject: tuple[str, int, str, str]
) -> None:
    load(records, tmp_path, FILES)
    good = items_of(records)
    report = load(records, tmp_path, with_line(name, line))
    assert rejects_of(tmp_path) == [reject]
    assert report.rejected == 1
    assert items_of(records) == good


def test_rows_of_a_refused_product_are_rejects_too(records: Records, tmp_path: Path) -> None:
    files = FILES | {"article.csv": FILES["article.csv"].replace("T,Tisch", "T,")}
    report = load(records, tmp_path, files)
    because = "its product was refused: article.csv line 2"
    assert set(rejects_of(tmp_path)) == {
        ("article.csv", 2, "title", "must not be empty"),
        ("variant.csv", 2, "product", because),
        ("variant.csv", 3, "product", because),
        ("price.csv", 2, "product", because),
        ("price.csv", 3, "product", because),
        ("price.csv", 4, "product", because),
        ("stock.csv", 2, "product", because),
        ("stock.csv", 3, "product", because),
    }
    assert (report.accepted, report.rejected) == (1, 8)


def test_a_refused_variant_does_not_take_its_product_along(records: Records, tmp_path: Path) -> None:
    long = "x" * 100_001
    files = with_line("variant.csv", f"T-3,T,{long},,,,,,,")
    files["stock.csv"] += "T-3,1\n"
    report = load(records, tmp_path, files)
    assert {(file, line, field) for file, line, field, _ in rejects_of(tmp_path)} == {
        ("variant.csv", 4, "title"),
        ("stock.csv", 5, "id"),
    }
    assert (report.accepted, report.variants) == (2, 2)


def test_two_prices_of_one_article_are_a_reject_unless_the_mapping_folds_them(records: Records, tmp_path: Path) -> None:
    files = with_line("price.csv", "T-2,,12000,1")
    load(records, tmp_path, files)
    [(file, line, field, reason)] = rejects_of(tmp_path)
    assert (file, line, field) == ("price.csv", 6, "net")
    assert "another value stands in price.csv line 4" in reason
    assert dict(items_of(records)["T"].offers())["T-2"].net == 110
    folded = MAPPING.replace("divide = 100 }", 'divide = 100, reduce = "last" }')
    assert load(records, tmp_path, files, folded).rejected == 0
    assert dict(items_of(records)["T"].offers())["T-2"].net == 120


def test_a_category_that_does_not_exist_is_counted(records: Records, tmp_path: Path) -> None:
    files = FILES | {"shelf.csv": FILES["shelf.csv"].replace("\ntables,", "\nbenches,").replace("new,root", "new,gone")}
    report = load(records, tmp_path, files)
    assert items_of(records)["T"].product.category == ("Neu",)
    assert report.warnings["category key that no category has"] == 1
    assert report.warnings["category whose parent is not in the files, taken as the top"] == 1


@settings(deadline=None, max_examples=15)
@given(order=st.permutations(list(FILES)), packed=st.sets(st.sampled_from(list(FILES))))
def test_the_order_of_the_files_and_their_packing_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], packed: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    store = Records(f"sqlite:///{folder / 'records.db'}")
    store.upgrade()
    load(store, folder, FILES)
    expected, seq = items_of(store), store.last_seq("shop")
    for name in packed:
        (folder / "export" / name).unlink()
        (folder / "export" / f"{name}.zst").write_bytes(zstandard.compress(FILES[name].encode()))
    paths = [folder / "export" / (f"{name}.zst" if name in packed else name) for name in order]
    rules = read_mapping(folder / "mapping.toml")
    report = load_files(store, "shop", paths, rules, rejects=folder / "rejects.jsonl")
    assert items_of(store) == expected
    assert (report.unchanged, store.last_seq("shop")) == (2, seq)
    store.close()


NUMBERS = [
    (["1", "2,5", "2.5"], [1.0, 2.5, 2.5]),
    (["1.250,5", "-3"], [1250.5, -3.0]),
    (["1.250.000"], [1_250_000.0]),
    (["0.125"], [0.125]),
    (["1", "zwei"], ["1", "zwei"]),
    (["007", "8"], ["007", "8"]),
    (["1234567890123456"], ["1234567890123456"]),
    (["12 mm"], ["12 mm"]),
    (["1e5"], ["1e5"]),
    (["1,2,3"], ["1,2,3"]),
]
LONG_FORMAT = """
[catalog]
currency = "EUR"
[parts.products]
files = "a.csv"
id = "id"
title = "title"
[parts.values]
holds = "details"
files = "values.jsonl"
id = "id"
pairs = [{ key = "name", value = "value" }]
"""


@pytest.mark.parametrize(("texts", "values"), NUMBERS)
def test_attributes_are_numbers_where_all_their_values_are(
    records: Records, tmp_path: Path, texts: list[str], values: list[float | str]
) -> None:
    rows = [{"id": f"p{at}", "name": "size", "value": text} for at, text in enumerate(texts)]
    articles = "id,title\n" + "".join(f"{row['id']},x\n" for row in rows)
    content = "\n".join(orjson.dumps(row).decode() for row in rows)
    load(records, tmp_path, {"a.csv": articles, "values.jsonl": content}, LONG_FORMAT)
    kept = [items_of(records)[row["id"]].product.attributes["size"] for row in rows]
    assert [repr(value) for value in kept] == [repr(value) for value in values]


@pytest.mark.parametrize(("decimal", "value"), [(".", 1.25), (",", 1250.0)])
def test_a_number_that_reads_both_ways_follows_the_files_sign(
    records: Records, tmp_path: Path, decimal: str, value: float
) -> None:
    mapping = LONG_FORMAT + f'[source]\ndecimal = "{decimal}"\n'
    content = '{"id": "a", "name": "size", "value": "1.250"}'
    load(records, tmp_path, {"a.csv": "id,title\na,x\n", "values.jsonl": content}, mapping)
    assert items_of(records)["a"].product.attributes == {"size": value}


def test_several_rows_of_one_attribute_are_several_values(records: Records, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "name": "colour", "value": "red"},
        {"id": "a", "name": "colour", "value": ["blue", "red"]},
        {"id": "a", "name": "size", "value": 3},
    ]
    content = "\n".join(orjson.dumps(row).decode() for row in rows)
    load(records, tmp_path, {"a.csv": "id,title\na,x\n", "values.jsonl": content}, LONG_FORMAT)
    assert items_of(records)["a"].product.attributes == {"colour": ("red", "blue"), "size": 3.0}


ONE_FILE = """
[catalog]
currency = "EUR"
[parts.products]
files = "*.csv"
where = [{ column = "type", matches = "^product$", reason = "a row of a variant" }]
id = "sku"
title = "title"
delete = { column = "state", matches = "gone" }
[parts.variants]
files = "*.csv"
where = [{ column = "type", matches = "^variant$", reason = "a row of a product" }]
id = "sku"
product = "parent"
net = "price"
attributes = { colour = "text", size = "auto" }
"""


def test_one_file_may_hold_the_rows_of_several_parts(records: Records, tmp_path: Path) -> None:
    content = (
        "type,sku,parent,title,price,colour,size,state\nvariant,A-1,A,,5.50,red,1,\nproduct,A,,Mug,,,,\n"
        "variant,A-2,A,,6,blue,2,\nproduct,B,,Cup,,,,gone\nvariant,B-1,B,,6,blue,2,\n"
    )
    report = load(records, tmp_path, {"all.csv": content}, ONE_FILE)
    item = items_of(records)["A"]
    assert dict(item.offers()) == {"A-1": Offer(Decimal("5.50")), "A-2": Offer(Decimal("6"))}
    assert [dict(each.attributes) for each in item.product.variants] == [
        {"colour": "red", "size": 1.0},
        {"colour": "blue", "size": 2.0},
    ]
    assert report.skipped_by_reason == {
        "a row of a variant": 3,
        "a row of a product": 2,
        "belongs to a product marked as deleted": 1,
        "marked as deleted": 1,
    }
    assert report.rejected == 0


def test_too_many_rejects_in_any_part_keep_nothing(records: Records, tmp_path: Path) -> None:
    load(records, tmp_path, FILES)
    seq = records.last_seq("shop")
    files = FILES | {"price.csv": FILES["price.csv"].replace("T-", "X-")}
    with pytest.raises(TooManyRejects, match="3 of 20 rows"):
        load(records, tmp_path, files, MAPPING.replace("0.9", "0.1"))
    assert records.last_seq("shop") == seq


def test_a_locale_has_one_spelling_whatever_the_files(records: Records, tmp_path: Path) -> None:
    shouting = MAPPING.replace('locale = "de"', 'locale = "DE"').replace("texts.en", "texts.EN")
    assert shouting != MAPPING
    load(records, tmp_path, FILES, shouting)
    assert records.catalog("shop").locale == "de"
    assert {locale for item in records.items("shop") for locale in item.product.texts} == {"en"}


WRONG = [
    (MAPPING.replace('files = "price*.csv"', ""), "parts.prices.files: is needed"),
    (MAPPING.replace('\nholds = "details"\nfiles = "price', '\nfiles = "price'), "prices.holds: say what its rows are"),
    (MAPPING.replace('product = "sku"', ""), "product: parts of variants, and only they"),
    (MAPPING.replace("texts.en = {", "texts.de = {"), "parts.products: texts are for other locales"),
    (MAPPING.replace("value_#_en", "value_en"), "write one # in each of the columns"),
    (MAPPING.replace("parts.categories]", 'parts.others]\nholds = "attribute_keys"'), "parts.others.id: is no key"),
    (MAPPING + '[product]\nid = "a"\ntitle = "b"\n', "product: with parts this stands in the parts"),
    ('[catalog]\ncurrency = "EUR"\n', "product: is needed"),
    (MAPPING.replace("net =", "nett ="), "parts.prices.nett: is no key"),
]


@pytest.mark.parametrize(("mapping", "message"), WRONG)
def test_a_mapping_of_parts_at_fault_names_the_key(
    records: Records, tmp_path: Path, mapping: str, message: str
) -> None:
    with pytest.raises(MappingError, match=r"mapping\.toml") as caught:
        load(records, tmp_path, FILES, mapping)
    assert message in caught.value.message


def test_a_part_without_a_file_says_so_unless_it_is_optional(records: Records, tmp_path: Path) -> None:
    files = {name: content for name, content in FILES.items() if name != "stock.csv"}
    with pytest.raises(MappingError, match=r"parts\.stock\.files: none of the files is named stock\.csv"):
        load(records, tmp_path, files)
    report = load(records, tmp_path, files, MAPPING.replace('"stock.csv"', '"stock.csv"\noptional = true'))
    assert (report.accepted, dict(items_of(records)["T"].offers())["T-1"].stock) == (2, None)


def test_a_file_that_belongs_to_no_part_says_so(records: Records, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"readme\.csv: belongs to no part"):
        load(records, tmp_path, FILES | {"readme.csv": ""}, order=["readme.csv"])
    report = load(records, tmp_path, FILES | {"readme.csv": ""})
    assert report.skipped_by_reason["file of the folder that belongs to no part"] == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"cents"', '"net"', "parts.prices.net: price.csv has no column 'net'; it has code, sku, cents, from"),
        ('"is_choice"', '"choice"', "parts.attribute_keys.varies: attribute.csv has no column 'choice'"),
        ('"attribute_#"', '"key_#"', "parts.products.pairs: article.csv has no column 'key_#'"),
    ],
)
def test_a_column_that_a_file_lacks_says_so(records: Records, tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        load(records, tmp_path, FILES, MAPPING.replace(old, new))
    assert message in caught.value.message


def test_a_folder_needs_a_mapping_of_parts(records: Records, tmp_path: Path) -> None:
    single = '[catalog]\ncurrency = "EUR"\n[product]\nid = "sku"\ntitle = "name"\n'
    with pytest.raises(MappingError, match="is a folder: name its files"):
        load(records, tmp_path, FILES, single)
