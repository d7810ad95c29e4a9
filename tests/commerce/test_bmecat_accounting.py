"""Every element of the sixteen real BMEcat files is accounted for, beside a plain count of the source."""

import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zstandard
from lxml import etree

from commerce.product import Catalog, CatalogItem, Quantity
from commerce.readers.bmecat import BmecatReport, load_bmecat
from commerce.records import Records

DATA = Path(__file__).parents[1] / "data" / "bmecat"
FILES = sorted(DATA.glob("*/*.xml")) + sorted(DATA.glob("*/*.xml.zst"))
WEIDMUELLER = [file for file in FILES if file.suffix == ".zst"]
VALID = date(2001, 3, 1)


@dataclass(frozen=True)
class Load:
    """One file: as it stands, as it was accounted for, and as it was stored."""

    root: etree._Element
    report: BmecatReport
    items: list[CatalogItem]


@cache
def loaded(file: Path) -> Load:
    """Load one file into records of its own."""
    with TemporaryDirectory() as folder:
        records = Records(f"sqlite:///{Path(folder) / 'records.db'}")
        records.upgrade()
        records.put_catalog(Catalog("shop", "EUR", "de"))
        rejects = Path(folder) / "rejects.jsonl"
        report = load_bmecat(records, "shop", [file], rejects=rejects, replace=False, today=VALID)
        items = list(records.items("shop"))
        records.close()
    return Load(source_tree(file), report, items)


def source_tree(file: Path) -> etree._Element:
    content = file.read_bytes()
    if file.suffix == ".zst":
        content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    return etree.fromstring(content)


def local(name: object) -> str:
    return etree.QName(name).localname


def counted(root: etree._Element) -> Counter[str]:
    """Count elements by "PARENT/ELEMENT" and attributes by "PARENT/ELEMENT@attribute"."""
    counts: Counter[str] = Counter()
    for element in root.iter(etree.Element):
        parent = element.getparent()
        kind = local(element) if parent is None else f"{local(parent)}/{local(element)}"
        counts[kind] += 1
        counts.update(f"{kind}@{local(name)}" for name in element.attrib)
    return counts


def number_of_values(item: CatalogItem) -> int:
    sheets = [item.product.attributes, *(texts.attributes for texts in item.product.texts.values())]
    return sum(len(value) if isinstance(value, tuple) else 1 for sheet in sheets for value in sheet.values())


def spelled(value: object) -> str:
    plain = value.value if isinstance(value, Quantity) else value
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


def test_all_sixteen_files_are_here() -> None:
    assert len(FILES) == 16
    assert len(WEIDMUELLER) == 10


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_account_has_every_element_and_attribute_of_the_source(file: Path) -> None:
    load = loaded(file)
    assert {kind: count.read for kind, count in load.report.elements.items()} == dict(counted(load.root))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_left_out_has_a_reason_and_no_element_is_unknown(file: Path) -> None:
    load = loaded(file)
    reasons = {reason for count in load.report.elements.values() for reason in count.left_out}
    assert "no element of BMEcat" not in reasons
    assert sum(load.report.skipped_by_reason.values()) == sum(
        sum(count.left_out.values()) for count in load.report.elements.values()
    )


@pytest.mark.parametrize("file", WEIDMUELLER, ids=lambda file: file.name)
def test_every_value_of_a_feature_is_on_the_attribute_sheet_unless_it_says_nothing(file: Path) -> None:
    load = loaded(file)
    values = [element.text or "" for element in load.root.iter("{*}FVALUE")]
    said = [text for text in values if text.strip() != "-"]
    count = load.report.elements["FEATURE/FVALUE"]
    assert count.kept + count.merged == len(said)
    assert count.left_out.get("says nothing", 0) == len(values) - len(said)
    (item,) = load.items
    shown = Counter(
        spelled(each)
        for sheet in (item.product.attributes, *(texts.attributes for texts in item.product.texts.values()))
        for value in sheet.values()
        for each in (value if isinstance(value, tuple) else (value,))
    )
    missing = Counter(_as_shown(text) for text in said) - shown
    assert missing.total() == count.merged


@pytest.mark.parametrize("file", WEIDMUELLER, ids=lambda file: file.name)
def test_the_sheet_holds_as_many_values_as_the_account_kept(file: Path) -> None:
    load = loaded(file)
    kept = ("FEATURE/FVALUE", "FEATURE/FVALUE_DETAILS", "PRODUCT_DETAILS/MANUFACTURER_TYPE_DESCR",
            "PRODUCT_ORDER_DETAILS/ORDER_UNIT", "PRODUCT_ORDER_DETAILS/CONTENT_UNIT")  # fmt: skip
    (item,) = load.items
    assert number_of_values(item) == sum(load.report.elements[kind].kept for kind in kept)


@pytest.mark.parametrize("file", WEIDMUELLER, ids=lambda file: file.name)
def test_features_that_hold_others_are_no_values_but_lead_names(file: Path) -> None:
    load = loaded(file)
    parents = {element.text for element in load.root.iter("{*}FPARENT_ID")} - {"-1"}
    blocks = {
        feature.findtext("{*}FTEMPLATE/{*}FT_NAME")
        for feature in load.root.iter("{*}FEATURE")
        if feature.findtext("{*}FID") in parents
    }
    (item,) = load.items
    assert blocks
    for name, value in item.product.attributes.items():
        assert name.split(" > ")[-1] != value
    leading = {
        step.rstrip("0123456789").rstrip() for name in item.product.attributes for step in name.split(" > ")[:-1]
    }
    assert {str(block).rstrip("0123456789").rstrip() for block in blocks} >= leading


def _as_shown(text: str) -> str:
    text = " ".join(text.split())
    try:
        number = float(text)
    except ValueError:
        return text
    is_number = not (text.isdigit() and len(text) >= 8) and (text == "0" or not text.startswith("0") or "." in text)
    return f"{number:g}" if is_number else text
