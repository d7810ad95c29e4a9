"""BMEcat files as streams: broken and hostile ones are refused by line, long ones take no more memory than short."""

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from lxml import etree

from commerce.readers.bmecat import InvalidBmecat, load_bmecat
from commerce.readers.bmecat.source import read_units
from commerce.readers.bmecat.vocabulary import is_known
from commerce.records import Records
from tests.commerce.bmecat_files import bmecat, feature, price, product

DATA = Path(__file__).parents[1] / "data" / "bmecat"
Refusal = Callable[[str | bytes], str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """Load a file that must be refused and return why; nothing may have been written."""

    def run(content: str | bytes, name: str = "bad.xml") -> str:
        records = Records(f"sqlite:///{tmp_path / 'records.db'}")
        records.upgrade()
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(InvalidBmecat) as refused:
            load_bmecat(records, "shop", [file], rejects=tmp_path / "rejects.jsonl")
        assert refused.value.code == "invalid_bmecat"
        assert records.catalogs() == []
        return refused.value.message

    return run


BILLION = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
SECRET = "<!ENTITY x SYSTEM 'file:///etc/hostname'>"
DETAILS = "<DESCRIPTION_LONG>&x;</DESCRIPTION_LONG>"


@pytest.mark.parametrize(
    "declared",
    [f'<!ENTITY l0 "lol">{BILLION}', SECRET, "<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x.dtd'> %p;"],
    ids=["expansion", "external", "parameter"],
)
def test_a_doctype_that_declares_entities_is_refused(declared: str, refusal: Refusal) -> None:
    message = refusal(bmecat(product(details=DETAILS), prolog=f"<!DOCTYPE BMECAT [{declared}]>\n"))
    assert message == "bad.xml line 3: its DOCTYPE declares entities, which are not allowed: take the [ … ] part out"


def test_a_plain_doctype_is_fine_and_its_dtd_is_never_read(tmp_path: Path) -> None:
    # Reading it would fail: a folder is no DTD.
    (tmp_path / "trap.dtd").mkdir()
    file = tmp_path / "shop.xml"
    for identifier in (f'SYSTEM "{(tmp_path / "trap.dtd").as_uri()}"', 'SYSTEM "http://127.0.0.1:9/x.dtd"'):
        file.write_text(bmecat(product(), prolog=f"<!DOCTYPE BMECAT {identifier}>\n"))
        assert [unit.node.value("SUPPLIER_PID") for unit in read_units(file, "products")] == ["A-1"]


def test_an_internal_subset_without_entities_is_fine(tmp_path: Path) -> None:
    file = tmp_path / "shop.xml"
    file.write_text(bmecat(product(), prolog="<!DOCTYPE BMECAT [<!ELEMENT BMECAT ANY>]>\n"))
    assert len(list(read_units(file, "products"))) == 1


def test_an_entity_that_nobody_knows_is_refused_by_line(refusal: Refusal) -> None:
    details = "<DESCRIPTION_LONG>\n&nonsense;</DESCRIPTION_LONG>"
    message = refusal(bmecat(product(details=details), prolog='<!DOCTYPE BMECAT SYSTEM "x.dtd">\n'))
    assert message == "bad.xml line 7: the entity &nonsense; is not known: write the character itself"
    assert "line 6: is not well-formed XML: Entity 'nonsense' not defined" in refusal(bmecat(product(details=details)))


def test_elements_that_stand_too_deep_are_refused(refusal: Refusal) -> None:
    deep = "<X>" * 100 + "</X>" * 100
    assert "more than 64 deep" in refusal(bmecat(product(rest=deep)))


def test_a_part_with_too_many_elements_is_refused(refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commerce.readers.bmecat.source._MOST_ELEMENTS", 1_000)
    assert "more than 1,000 elements" in refusal(bmecat(product(features=feature("A", "1") * 400)))
    assert "more than 1,000 elements" in refusal(bmecat(product(), header="<LANGUAGE>deu</LANGUAGE>" * 1_001))


BROKEN = {
    "cut short": (bmecat(product())[:-20], "line 6: is not well-formed XML"),
    "tags that cross": (bmecat("<PRODUCT><A></PRODUCT></A>"), "line 5: is not well-formed XML: Opening and ending tag"),
    "no XML at all": ("sku;name\n1;Lamp\n", "line 1: is not well-formed XML"),
    "nothing": ("", "is not well-formed XML"),
    "another document": ("<?xml version='1.0'?>\n<html/>", "line 2: is no BMEcat catalogue: its first element is html"),
    "no transaction": ('<BMECAT version="2005"><HEADER/></BMECAT>', "its T_NEW_CATALOG is missing"),
    "another transaction": (bmecat("", transaction="T_NEW_PRODUCTDATA"), "T_NEW_PRODUCTDATA is no transaction"),
    "no currency": (bmecat(product(), header="<LANGUAGE>deu</LANGUAGE>"), "names no currency: add <CURRENCY>EUR"),
}


@pytest.mark.parametrize(("content", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_with_what_and_where(content: str, expected: str, refusal: Refusal) -> None:
    assert expected in refusal(content)


@pytest.mark.parametrize(("name", "packed"), [
    ("bad.xml.zst", zstandard.ZstdCompressor().compress(bmecat(product() * 99).encode())[:200]),
    ("bad.xml.gz", gzip.compress(bmecat(product() * 99).encode())[:200]),
    ("bad.xml.gz", b"no gzip"),
    ("bad.xml.zst", b"no zstd"),
])  # fmt: skip
def test_a_packed_file_that_is_damaged_is_refused(name: str, packed: bytes, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(packed)
    with pytest.raises(InvalidBmecat, match=r"^bad\.xml"):
        list(read_units(file, "products"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidBmecat, match="there is no such file"):
        list(read_units(tmp_path / "none.xml", "products"))


@pytest.mark.parametrize(
    "root",
    ['version="2005"', 'xmlns="http://www.bmecat.org/bmecat/2005" version="2005"', 'xmlns="urn:x" version="1.2"'],
)
def test_any_namespace_or_none_is_read(root: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.xml"
    file.write_text(bmecat(product(), root=root))
    assert [unit.node.value("SUPPLIER_PID") for unit in read_units(file, "products")] == ["A-1"]


def test_an_element_of_another_namespace_is_not_taken_for_one_of_bmecat(tmp_path: Path) -> None:
    file = tmp_path / "shop.xml"
    foreign = '<SUPPLIER_PID xmlns="urn:other">B-2</SUPPLIER_PID>'
    body = product().replace("<SUPPLIER_PID>", foreign + "<SUPPLIER_PID>")
    file.write_text(bmecat(body, root='xmlns="http://www.bmecat.org/bmecat/2005"'))
    (unit,) = read_units(file, "products")
    assert unit.node.value("SUPPLIER_PID") == "A-1"
    assert [child.tag for child in unit.node.children][0] == "{urn:other}SUPPLIER_PID"


def test_lines_are_right_in_long_files(tmp_path: Path) -> None:
    file = tmp_path / "shop.xml"
    file.write_text(bmecat("\n" * 70_000 + product()))
    assert [unit.node.line for unit in read_units(file, "products")] == [70_005]


def written(file: Path, articles: int) -> None:
    features = "".join(feature(f"Merkmal {at}", str(at), unit="MMT") for at in range(5))
    with file.open("w", encoding="utf-8") as out:
        before, after = bmecat("@").split("@")
        out.write(before)
        for at in range(articles):
            out.write(product(f"A-{at}", features=features, prices=price("1")) + "\n")
        out.write(after)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for articles in (500, 4_000):
        file = tmp_path / "shop.xml"
        written(file, articles)
        tracemalloc.start()
        assert sum(1 for _ in read_units(file, "products")) == articles
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_the_parsers_own_tree_holds_one_product_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tree is native memory, which tracemalloc does not see: count its products instead.
    file = tmp_path / "shop.xml"
    written(file, 20_000)
    roots: list[etree._Element] = []
    parse = etree.iterparse

    def watched(*arguments: object, **options: object) -> object:
        for event, element in parse(*arguments, **options):  # type: ignore[arg-type]
            if not roots:
                roots.append(element)
            yield event, element

    monkeypatch.setattr(etree, "iterparse", watched)
    units = 0
    for units, _ in enumerate(read_units(file, "products"), start=1):
        if units % 500 == 0:
            # The parser reads 32 KiB ahead of what it hands out.
            assert sum(1 for _ in roots[0].iter("PRODUCT")) < 60
    assert units == 20_000


def test_every_element_of_the_schema_is_known() -> None:
    schema = etree.parse(DATA / "bmecat_2005_1.xsd")
    names = {str(name) for name in schema.xpath("//@name[parent::*[local-name()='element']]")}
    assert len(names) > 400
    old = {name for name in names if "ARTICLE" in name or name.endswith("_AID") or name.startswith("ART_")}
    assert {name for name in names - old if not is_known(name)} == set()
