"""Every value of a real German export in parts is in the records, or counted as left out.

The source is counted by a script of its own, which shares no code with the readers.
"""

import csv
import html
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import zstandard

from commerce.product import AttributeValue, CatalogItem, Variant
from commerce.readers import LoadReport, load_files, read_mapping
from commerce.records import Records
from tests.sample import OUTSIDE

SOURCE = OUTSIDE / "certeo_de"
MAPPING = Path(__file__).parents[2] / "samples" / "mappings" / "certeo_de.toml"
Rows = list[dict[str, str]]

pytestmark = pytest.mark.skipif(
    not SOURCE.is_dir(), reason=f"the German catalogue does not ship: it is measured where {SOURCE} exists"
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadReport, dict[str, CatalogItem]]]:
    folder = tmp_path_factory.mktemp("certeo")
    records = Records(f"sqlite:///{folder / 'records.db'}")
    records.upgrade()
    report = load_files(records, "certeo", [SOURCE], read_mapping(MAPPING), rejects=folder / "rejects.jsonl")
    yield report, {item.product.id: item for item in records.items("certeo")}
    records.close()


@pytest.fixture(scope="module")
def report(loaded: tuple[LoadReport, dict[str, CatalogItem]]) -> LoadReport:
    return loaded[0]


@pytest.fixture(scope="module")
def items(loaded: tuple[LoadReport, dict[str, CatalogItem]]) -> dict[str, CatalogItem]:
    return loaded[1]


def rows_of(name: str) -> Rows:
    packed = (SOURCE / f"{name}.csv.zst").read_bytes()
    text = zstandard.ZstdDecompressor().decompressobj().decompress(packed).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def pairs_of(row: dict[str, str], locale: str = "") -> dict[str, str]:
    found = {}
    for number in range(1, 40):
        if key := row.get(f"attribute_key_{number}", ""):
            found[key] = row[f"value_{number}{locale}"].strip()
    return found


def variants_of(items: dict[str, CatalogItem]) -> dict[str, tuple[CatalogItem, Variant]]:
    return {variant.id: (item, variant) for item in items.values() for variant in item.product.variants}


def letters(text: str) -> str:
    """Return a text without markup and spaces, which readers may write in several ways."""
    return "".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def as_text(value: AttributeValue) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_every_row_is_read_and_none_refused(report: LoadReport) -> None:
    assert report.rows == {
        "products": 409,
        "variants": 1_366,
        "prices": 1_365,
        "stock": 1_366,
        "categories": 33,
        "attribute_keys": 228,
    }
    assert (report.accepted, report.variants, report.rejected) == (409, 1_366, 0)
    counts = {
        "products": "product_abstract",
        "variants": "product_concrete",
        "prices": "product_price",
        "stock": "product_stock",
        "categories": "category",
        "attribute_keys": "product_attribute_key",
    }
    assert {part: len(rows_of(name)) for part, name in counts.items()} == report.rows


def test_products_have_their_titles_descriptions_and_keywords(items: dict[str, CatalogItem]) -> None:
    rows = rows_of("product_abstract")
    assert {row["abstract_sku"] for row in rows} == set(items)
    for row in rows:
        product = items[row["abstract_sku"]].product
        assert letters(product.title) == letters(row["name.de_DE"])
        assert letters(product.description) == letters(row["description.de_DE"])
        keywords = [word.strip() for word in row["meta_keywords.de_DE"].split(",")]
        assert product.keywords == tuple(dict.fromkeys(word for word in keywords if word))


def test_variants_have_their_products_titles_prices_and_stock(items: dict[str, CatalogItem]) -> None:
    rows, prices, stock = rows_of("product_concrete"), rows_of("product_price"), rows_of("product_stock")
    cents = {row["concrete_sku"]: int(row["value_net"]) for row in prices}
    pieces = {row["concrete_sku"]: int(row["quantity"]) for row in stock}
    variants = variants_of(items)
    assert len(rows) == len(variants)
    for row in rows:
        item, variant = variants[row["concrete_sku"]]
        assert item.product.id == row["abstract_sku"]
        assert letters(variant.title) == letters(row["name.de_DE"])
        in_cents = cents.get(variant.id)
        assert variant.offer.net == (None if in_cents is None else Decimal(in_cents) / 100)
        assert variant.offer.stock == pieces[variant.id]
    assert [id for id, (_, variant) in variants.items() if variant.offer.net is None] == ["10026C13768"]


def test_descriptions_of_variants_are_their_products_or_counted(
    report: LoadReport, items: dict[str, CatalogItem]
) -> None:
    variants = variants_of(items)
    differing = 0
    for row in rows_of("product_concrete"):
        own = letters(row["description.de_DE"])
        differing += own not in ("", letters(variants[row["concrete_sku"]][0].product.description))
    assert report.warnings.get("description of a product said twice, the first kept", 0) == differing


def test_every_category_is_on_a_path_in_german_and_english(items: dict[str, CatalogItem]) -> None:
    tree = {row["category_key"]: row for row in rows_of("category")}

    def path(key: str, column: str) -> str:
        row = tree[key]
        above = tree[row["parent_category_key"]]
        return row[column] if above["is_root"] == "1" else f"{path(above['category_key'], column)} > {row[column]}"

    for row in rows_of("product_abstract"):
        product = items[row["abstract_sku"]].product
        assert product.category == (path(row["category_key"], "name.de_DE"),)
        english = path(row["category_key"], "name.en_US")
        assert product.texts["en"].category == (english,)
    seen = {
        " > ".join(steps[: at + 1])
        for item in items.values()
        for steps in [item.product.category[0].split(" > ")]
        for at in range(len(steps))
    }
    without_root = [row for row in tree.values() if row["is_root"] != "1"]
    assert len(seen) == len(without_root) == 32


def test_every_attribute_value_is_the_variants_or_its_products(items: dict[str, CatalogItem]) -> None:
    above = {row["abstract_sku"]: pairs_of(row) for row in rows_of("product_abstract")}
    variants = variants_of(items)
    values = 0
    for row in rows_of("product_concrete"):
        item, variant = variants[row["concrete_sku"]]
        expected = above[row["abstract_sku"]] | pairs_of(row)
        actual = dict(item.product.attributes) | dict(variant.attributes)
        assert {name: as_text(value) for name, value in actual.items()} == {
            # One attribute is written "2.0"; it is a number.
            name: "2" if value == "2.0" else value
            for name, value in expected.items()
        }
        values += len(pairs_of(row))
    assert values == 20_457
    assert sum(map(len, above.values())) == 5_139


def test_values_of_products_that_no_variant_shows_are_none(items: dict[str, CatalogItem]) -> None:
    for row in rows_of("product_abstract"):
        product = items[row["abstract_sku"]].product
        for name, value in pairs_of(row).items():
            there = [product.attributes.get(name), *(each.attributes.get(name) for each in product.variants)]
            assert value in {as_text(each) for each in there if each is not None} or value == "2.0"


def test_attributes_are_numbers_where_every_value_is_one(items: dict[str, CatalogItem]) -> None:
    rows = [*rows_of("product_abstract"), *rows_of("product_concrete")]
    values: dict[str, set[str]] = {}
    for row in rows:
        for name, value in pairs_of(row).items():
            values.setdefault(name, set()).add(value)
    numbers = {name for name, each in values.items() if all(re.fullmatch(r"\d+(\.\d+)?", text) for text in each)}
    assert len(numbers) == 22
    kinds: dict[str, set[type]] = {}
    for item in items.values():
        for attributes in (item.product.attributes, *(variant.attributes for variant in item.product.variants)):
            for name, kept in attributes.items():
                kinds.setdefault(name, set()).add(type(kept))
    assert {name for name, each in kinds.items() if each == {float}} == numbers
    assert all(each == {str} for name, each in kinds.items() if name not in numbers)
    assert set(kinds) == set(values) == {row["attribute_key"] for row in rows_of("product_attribute_key")}


def test_super_attributes_and_what_differs_stand_at_the_variants(items: dict[str, CatalogItem]) -> None:
    varying = {row["attribute_key"] for row in rows_of("product_attribute_key") if row["is_super"] == "1"}
    assert len(varying) == 97
    for item in items.values():
        assert not varying & set(item.product.attributes)
        for variant in item.product.variants:
            assert not set(variant.attributes) & set(item.product.attributes)
        shared = set.intersection(*(set(variant.attributes) for variant in item.product.variants))
        for name in shared - varying:
            assert len({variant.attributes[name] for variant in item.product.variants}) > 1


def test_texts_of_the_other_locale_are_kept_or_counted(report: LoadReport, items: dict[str, CatalogItem]) -> None:
    repeated, untranslated = 0, 0
    for name, columns in (
        ("product_abstract", ("name", "description", "meta_keywords")),
        ("product_concrete", ("name", "description")),
    ):
        for row in rows_of(name):
            repeated += sum(bool(row[f"{column}.en_US"].strip()) for column in columns)
            assert all(row[f"{column}.en_US"] == row[f"{column}.de_DE"] for column in columns)
            untranslated += len(pairs_of(row, ".en_US"))
            assert all(value == key for key, value in pairs_of(row, ".en_US").items())
    assert report.skipped_by_reason == {
        "file of the folder that belongs to no part": 2,
        "text in en that only repeats the catalogue's own": repeated,
        "attribute value in en that is only the attribute's name": untranslated,
    }
    for item in items.values():
        texts = item.product.texts["en"]
        assert (texts.title, texts.description, texts.keywords, dict(texts.attributes)) == ("", "", (), {})
