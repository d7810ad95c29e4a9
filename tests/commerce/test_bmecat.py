"""BMEcat files into a catalogue: products, texts, features, categories, references, pictures, variants."""

import gzip
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
import zstandard

from commerce.errors import TooManyRejects
from commerce.product import CatalogItem, Quantity, Relation
from commerce.readers.bmecat import BmecatReport, load_bmecat
from commerce.records import Records
from tests.commerce.bmecat_files import HEADER, bmecat, feature, product

DATA = Path(__file__).parents[1] / "data" / "bmecat"
Load = Callable[..., BmecatReport]
TODAY = date(2024, 5, 31)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    return store


@pytest.fixture
def load(records: Records, tmp_path: Path) -> Load:
    def run(*contents: str | Path, today: date = TODAY, replace: bool = True) -> BmecatReport:
        files = []
        for at, content in enumerate(contents):
            file = content if isinstance(content, Path) else tmp_path / f"catalogue{at}.xml"
            if isinstance(content, str):
                file.write_text(content, encoding="utf-8")
            files.append(file)
        rejects = tmp_path / "rejects.jsonl"
        return load_bmecat(records, "shop", files, rejects=rejects, replace=replace, today=today)

    return run


def only(records: Records) -> CatalogItem:
    (item,) = records.items("shop")
    return item


def attributes(records: Records) -> dict[str, object]:
    return dict(only(records).product.attributes)


def told(report: BmecatReport) -> list[tuple[int, str, str]]:
    assert report.rejects is not None
    rows = [orjson.loads(line) for line in report.rejects.read_bytes().splitlines()]
    return [(row["line"], row["field"], row["reason"]) for row in rows]


@pytest.mark.parametrize("name", ["bmecat12_new_catalog.xml", "bmecat2005_new_catalog.xml"])
def test_both_versions_give_the_same_product(name: str, load: Load, records: Records) -> None:
    report = load(DATA / "small" / name, today=date(2001, 3, 1))
    item = only(records)
    assert report.accepted == 1
    assert records.catalog("shop").currency == "EUR"
    assert records.catalog("shop").locale == "de"
    assert item.product.id == "1000"
    assert item.product.title == 'Apple MacBook Pro 13"'
    assert item.product.description == "Das Kraftpaket unter den Notebooks."
    assert (item.product.brand, item.product.mpn) == ("Microsoft", "MPN")
    assert item.product.keywords == ("Notebook", "Hardware")
    assert item.product.classifications == {"ECLASS-5.1": "19010203", "udf_Supplier-1.0": "5"}
    assert item.product.category == ("Hardware > Notebook > Mac",)
    assert item.product.image_urls == ("https://example.com/images/55-K-31.jpg",)
    assert item.product.relations == (Relation("similar", "2000"),)
    assert item.product.attributes["Netzspannung"] == (Quantity(110.0, "VLT"), Quantity(220.0, "VLT"))
    assert item.product.attributes["Lieferzeit"] == Quantity(2.0, "d")
    assert item.product.attributes["Bestelleinheit"] == "Schachtel"
    assert item.offer.net == Decimal("1499.50")
    assert [(tier.min_quantity, tier.net) for tier in item.offer.tiers] == [(100, Decimal("1300.90"))]


def test_a_gtin_with_a_wrong_check_digit_is_left_out_and_counted(load: Load, records: Records) -> None:
    details = (
        "<EAN>4008190397111</EAN><INTERNATIONAL_PID type='gtin'>8712670911213</INTERNATIONAL_PID>"
        "<INTERNATIONAL_PID type='ean'>4008190397111</INTERNATIONAL_PID>"
        "<INTERNATIONAL_PID type='own'>17</INTERNATIONAL_PID>"
    )
    report = load(bmecat(product(details=details)))
    assert only(records).product.gtin == ("4008190397111",)
    count = report.elements["PRODUCT_DETAILS/INTERNATIONAL_PID"]
    assert (count.read, count.kept, count.merged) == (3, 0, 1)
    assert count.left_out == {
        "a GTIN with a wrong check digit or length": 1,
        "Vitrine has no field for it": 1,
    }


def test_texts_in_other_languages_are_kept_by_locale(load: Load, records: Records) -> None:
    load(DATA / "weidmueller" / "WEI_BMECat_1020000000.xml.zst")
    found = only(records).product
    assert found.title == "Durchgangs-Reihenklemme"
    assert "2.5 mm², 800 V" in found.description
    assert found.texts["en"].title == "Feed-through terminal block"
    assert "2.5 mm², 800 V, 24 A, Dark Beige" in found.texts["en"].description
    assert found.texts["en"].keywords == ("Feed-through terminal block",)
    assert found.texts["en"].attributes["Hersteller > Herstellerartikeltyp"] == "Feed-through terminal block"
    assert found.attributes["Hersteller > Herstellerartikeltyp"] == "Durchgangs-Reihenklemme"
    assert len(found.relations) == 28
    assert {relation.type for relation in found.relations} == {"accessory"}


def test_the_language_marked_as_default_is_the_catalogues(load: Load, records: Records) -> None:
    header = HEADER.replace("<LANGUAGE>deu", "<LANGUAGE>fra</LANGUAGE><LANGUAGE default='true'>eng")
    details = "<DESCRIPTION_SHORT lang='fra'>Lampe</DESCRIPTION_SHORT>"
    load(bmecat(product(title="Lamp", details=details), header=header))
    assert records.catalog("shop").locale == "en"
    assert only(records).product.title == "Lamp"
    assert only(records).product.texts["fr"].title == "Lampe"


def test_a_text_that_only_another_language_has_stands_in_for_the_default(load: Load, records: Records) -> None:
    details = "<DESCRIPTION_SHORT lang='eng'>Lamp</DESCRIPTION_SHORT>"
    features = "<FEATURE><FNAME lang='eng'>Colour</FNAME><FVALUE lang='eng'>red</FVALUE></FEATURE>"
    load(bmecat(product(title="", details=details, features=features)))
    assert only(records).product.title == "Lamp"
    assert attributes(records) == {"Colour": "red"}
    assert only(records).product.texts["en"].attributes == {"Colour": "red"}


def test_markup_and_entities_are_taken_out_of_texts(load: Load, records: Records) -> None:
    details = "<DESCRIPTION_LONG>&lt;p&gt;2 mm&amp;sup2; &lt;b&gt;rund&lt;/b&gt;&lt;/p&gt;</DESCRIPTION_LONG>"
    report = load(bmecat(product(details=details)))
    assert only(records).product.description == "2 mm² rund"
    assert report.warnings["markup taken out of a text"] == 1


def test_entities_of_html_are_read_where_the_doctype_promises_them(load: Load, records: Records) -> None:
    details = "<DESCRIPTION_LONG>gr&uuml;n &amp; wei&szlig;</DESCRIPTION_LONG>"
    load(bmecat(product(details=details), prolog='<!DOCTYPE BMECAT SYSTEM "bmecat_new_catalog.dtd">\n'))
    assert only(records).product.description == "grün & weiß"


VALUES: dict[str, tuple[str, dict[str, object]]] = {
    "a number without a unit": (feature("Pole", "4"), {"Pole": 4.0}),
    "a number with a unit": (feature("Breite", "5.1", unit="MMT"), {"Breite": Quantity(5.1, "MMT")}),
    "a unit as people write it": (feature("Breite", "5.1", unit="mm"), {"Breite": Quantity(5.1, "mm")}),
    "several numbers of a unit": (
        feature("U", "110", "220", unit="VLT"),
        {"U": (Quantity(110.0, "VLT"), Quantity(220.0, "VLT"))},
    ),
    "coordinates keep their order and repeats": (feature("Ort", "0", "1.5", "0"), {"Ort": (0.0, 1.5, 0.0)}),
    "numbers beside texts are texts": (feature("Maß", "4", "klein"), {"Maß": ("4", "klein")}),
    "a text with a unit says it": (feature("Maß", "3 x 4", unit="mm"), {"Maß": "3 x 4 mm"}),
    "a leading zero is no number": (feature("Code", "0815"), {"Code": "0815"}),
    "a long number is a part number": (feature("Nr", "1609801044"), {"Nr": "1609801044"}),
    "a decimal comma is no number": (feature("Maß", "1,5"), {"Maß": "1,5"}),
    "true and false": (feature("Neu", "true"), {"Neu": True}),
    "a dash says nothing": (feature("Farbe", "-"), {}),
    "no value at all": (feature("Farbe"), {}),
    "a range of two values": (
        feature("T", "60", "-20", unit="CEL", more="<FVALUE_TYPE>range</FVALUE_TYPE>"),
        {"T (min)": Quantity(-20.0, "CEL"), "T (max)": Quantity(60.0, "CEL")},
    ),
    "a range in one value": (
        feature("T", "-20...+60", unit="CEL"),
        {"T (min)": Quantity(-20.0, "CEL"), "T (max)": Quantity(60.0, "CEL")},
    ),
    "a code with its readable value": (
        "<FEATURE><FNAME>Farbe</FNAME><VALUE_IDREF>0173-1#07-AAA001#001</VALUE_IDREF>"
        "<FVALUE_DETAILS>rot</FVALUE_DETAILS></FEATURE>",
        {"Farbe": "rot"},
    ),
    "a code of ETIM with its readable value": (
        feature("Farbe", "EV000153", more="<FVALUE_DETAILS>rot</FVALUE_DETAILS>"),
        {"Farbe": "rot"},
    ),
    "details of a plain value are not the value": (
        feature("Farbe", "rot", more="<FVALUE_DETAILS>wie Feuer</FVALUE_DETAILS>"),
        {"Farbe": "rot"},
    ),
    "a feature that repeats another": (feature("Pole", "4") + feature("Pole", "4"), {"Pole": 4.0}),
    "features of one name are values of one attribute": (
        feature("Farbe", "rot") + feature("Farbe", "blau"),
        {"Farbe": ("rot", "blau")},
    ),
    "a backquote in a name": (feature("Maß `a`", "4"), {"Maß 'a'": 4.0}),
}


@pytest.mark.parametrize(("features", "expected"), VALUES.values(), ids=VALUES.keys())
def test_values_of_features(features: str, expected: dict[str, object], load: Load, records: Records) -> None:
    load(bmecat(product(features=features)))
    assert attributes(records) == expected


def test_a_tree_of_features_gives_names_that_can_be_told_apart(load: Load, records: Records) -> None:
    def node(name: str, number: str, above: str, value: str = "") -> str:
        more = f"<FID>{number}</FID><FPARENT_ID>{above}</FPARENT_ID>"
        return feature(name, value, more=more) if value else feature(name, more=more)

    features = (
        node("Farbe", "11", "1", "rot") + node("Anschluss", "1", "-1") + node("Anschluss", "2", "-1")
        + node("Verdrahtung", "21", "2") + node("Farbe", "211", "21", "blau") + node("Pole", "3", "-1", "4")
    )  # fmt: skip
    load(bmecat(product(features=features)))
    assert attributes(records) == {
        "Anschluss > Farbe": "rot",
        "Anschluss 2 > Verdrahtung > Farbe": "blau",
        "Pole": 4.0,
    }


def test_features_inside_features_are_a_tree_too(load: Load, records: Records) -> None:
    inner = feature("Farbe", "rot")
    load(bmecat(product(features=f"<FEATURE><FNAME>Anschluss</FNAME>{inner}</FEATURE>")))
    assert attributes(records) == {"Anschluss > Farbe": "rot"}


def test_a_circle_of_features_ends(load: Load, records: Records) -> None:
    features = feature("A", "1", more="<FID>1</FID><FPARENT_ID>2</FPARENT_ID>") + feature(
        "B", "2", more="<FID>2</FID><FPARENT_ID>1</FPARENT_ID>"
    )
    load(bmecat(product(features=features)))
    assert len(attributes(records)) == 2


def test_a_parent_that_is_missing_is_told_by_line(load: Load, records: Records) -> None:
    report = load(bmecat("\n" + product(features=feature("A", "1", more="<FPARENT_ID>77</FPARENT_ID>"))))
    assert told(report) == [(6, "feature", "FPARENT_ID '77' is no FID of this product")]
    assert attributes(records) == {"A": 1.0}


def test_names_and_values_are_looked_up_in_the_files_own_classification(load: Load, records: Records) -> None:
    system = """<CLASSIFICATION_SYSTEM><CLASSIFICATION_SYSTEM_NAME>OWN</CLASSIFICATION_SYSTEM_NAME>
    <ALLOWED_VALUES><ALLOWED_VALUE><ALLOWED_VALUE_ID>V1</ALLOWED_VALUE_ID>
    <ALLOWED_VALUE_NAME lang="deu">rot</ALLOWED_VALUE_NAME><ALLOWED_VALUE_NAME lang="eng">red</ALLOWED_VALUE_NAME>
    </ALLOWED_VALUE></ALLOWED_VALUES><CLASSIFICATION_SYSTEM_FEATURE_TEMPLATES>
    <CLASSIFICATION_SYSTEM_FEATURE_TEMPLATE><FT_ID>F1</FT_ID><FT_NAME>Farbe</FT_NAME>
    </CLASSIFICATION_SYSTEM_FEATURE_TEMPLATE><CLASSIFICATION_SYSTEM_FEATURE_TEMPLATE><FT_ID>F2</FT_ID>
    <FT_NAME>Breite</FT_NAME><FEATURE_CONTENT><FT_UNIT>MMT</FT_UNIT></FEATURE_CONTENT>
    </CLASSIFICATION_SYSTEM_FEATURE_TEMPLATE></CLASSIFICATION_SYSTEM_FEATURE_TEMPLATES></CLASSIFICATION_SYSTEM>"""
    features = (
        "<FEATURE><FT_IDREF>F1</FT_IDREF><VALUE_IDREF>V1</VALUE_IDREF></FEATURE>"
        "<FEATURE><FT_IDREF>F2</FT_IDREF><FVALUE>5</FVALUE></FEATURE>"
        "<FEATURE><FT_IDREF>F3</FT_IDREF><FVALUE>7</FVALUE></FEATURE>"
    )
    load(bmecat(system + product(features=features)))
    assert attributes(records) == {"Farbe": "rot", "Breite": Quantity(5.0, "MMT"), "F3": 7.0}
    assert only(records).product.texts["en"].attributes["Farbe"] == "red"


def test_the_catalogues_own_groups_are_the_categories_whatever_their_order(load: Load, records: Records) -> None:
    def group(number: str, name: str, above: str, kind: str = "node") -> str:
        names = f"<GROUP_NAME>{name}</GROUP_NAME><GROUP_NAME lang='eng'>{name} (en)</GROUP_NAME>"
        return (
            f"<CATALOG_STRUCTURE type='{kind}'><GROUP_ID>{number}</GROUP_ID>{names}"
            f"<PARENT_ID>{above}</PARENT_ID></CATALOG_STRUCTURE>"
        )

    groups = group("3", "Tischlampen", "2", "leaf") + group("1", "Katalog", "0", "root") + group("2", "Lampen", "1")
    system = f"<CATALOG_GROUP_SYSTEM><GROUP_SYSTEM_ID>1</GROUP_SYSTEM_ID>{groups}</CATALOG_GROUP_SYSTEM>"
    placed = (
        "<PRODUCT_TO_CATALOGGROUP_MAP><PROD_ID>A-1</PROD_ID>"
        "<CATALOG_GROUP_ID>3</CATALOG_GROUP_ID></PRODUCT_TO_CATALOGGROUP_MAP>"
    )
    load(bmecat(system + product() + placed))
    assert only(records).product.category == ("Lampen > Tischlampen",)
    assert only(records).product.texts["en"].category == ("Lampen (en) > Tischlampen (en)",)


def test_pictures_come_best_first_and_documents_are_left_out(load: Load, records: Records) -> None:
    def mime(source: str, kind: str = "image/jpeg", purpose: str = "normal") -> str:
        return (
            f"<MIME><MIME_TYPE>{kind}</MIME_TYPE><MIME_SOURCE>{source}</MIME_SOURCE>"
            f"<MIME_PURPOSE>{purpose}</MIME_PURPOSE></MIME>"
        )

    media = (
        mime("small.jpg", purpose="thumbnail") + mime("side.jpg", purpose="detail") + mime("a\\front.jpg")
        + mime("sheet.pdf", "application/pdf", "data_sheet") + mime("https://other.example/x.png", "image/png")
        + mime("javascript:alert(1)") + mime("logo.jpg", purpose="logo")
    )  # fmt: skip
    header = HEADER + "<MIME_ROOT>https://example.com/media/</MIME_ROOT>"
    report = load(bmecat(product(rest=f"<MIME_INFO>{media}</MIME_INFO>"), header=header))
    assert only(records).product.image_urls == (
        "https://example.com/media/a/front.jpg",
        "https://other.example/x.png",
        "https://example.com/media/side.jpg",
    )
    assert sum(report.elements["MIME_INFO/MIME"].left_out.values()) == 4


def test_references_name_what_they_relate(load: Load, records: Records) -> None:
    kinds = {
        "accessories": "accessory", "sparepart": "spare_part", "similar": "similar", "followup": "follow_up",
        "mandatory": "mandatory", "select": "select", "diff_orderunit": "other_order_unit", "consists_of": "part",
        "base_product": "base_product", "others": "other", "house_type": "house_type",
    }  # fmt: skip
    rest = "".join(
        f"<PRODUCT_REFERENCE type='{kind}'><PROD_ID_TO>B-{at}</PROD_ID_TO></PRODUCT_REFERENCE>"
        for at, kind in enumerate(kinds)
    )
    rest += "<PRODUCT_REFERENCE type='similar'><PROD_ID_TO>A-1</PROD_ID_TO></PRODUCT_REFERENCE>"
    rest += "<PRODUCT_REFERENCE type='similar'><PROD_ID_TO>C</PROD_ID_TO><CATALOG_ID>X</CATALOG_ID></PRODUCT_REFERENCE>"
    report = load(bmecat(product(rest=rest)))
    expected = tuple(Relation(name, f"B-{at}") for at, name in enumerate(kinds.values()))
    assert only(records).product.relations == expected
    left = report.elements["PRODUCT_REFERENCE/PROD_ID_TO"].left_out
    assert left == {"points to the product itself": 1, "points into another catalogue": 1}


def test_variants_have_numbers_of_their_own_and_the_products_price(load: Load, records: Records) -> None:
    def choice(name: str, order: int, **options: str) -> str:
        variants = "".join(
            f"<VARIANT><FVALUE>{value}</FVALUE><SUPPLIER_AID_SUPPLEMENT>{more}</SUPPLIER_AID_SUPPLEMENT></VARIANT>"
            for more, value in options.items()
        )
        return f"<FEATURE><FNAME>{name}</FNAME><VARIANTS>{variants}<VORDER>{order}</VORDER></VARIANTS></FEATURE>"

    features = choice("Länge", 2, S="10", L="20") + choice("Farbe", 1, r="rot", b="blau")
    cost = "<PRODUCT_PRICE price_type='net_list'><PRICE_AMOUNT>5</PRICE_AMOUNT></PRODUCT_PRICE>"
    load(bmecat(product(features=features, prices=cost)))
    variants = {variant.id: variant for variant in only(records).product.variants}
    assert list(variants) == ["A-1rS", "A-1rL", "A-1bS", "A-1bL"]
    assert variants["A-1bL"].attributes == {"Farbe": "blau", "Länge": 20.0}
    assert {variant.offer.net for variant in variants.values()} == {Decimal("5.00")}


def test_extensions_that_are_flat_become_attributes(load: Load, records: Records) -> None:
    rest = (
        "<USER_DEFINED_EXTENSIONS><UDX.ACME.COLOUR>rot</UDX.ACME.COLOUR>"
        "<UDX.ACME.PARTS><UDX.ACME.PART>x</UDX.ACME.PART></UDX.ACME.PARTS></USER_DEFINED_EXTENSIONS>"
    )
    report = load(bmecat(product(rest=rest)))
    assert attributes(records) == {"ACME.COLOUR": "rot"}
    assert report.elements["UDX.ACME.PARTS/UDX.ACME.PART"].left_out == {"a user-defined extension": 1}


def test_an_element_that_bmecat_does_not_have_is_counted(load: Load) -> None:
    report = load(bmecat(product(rest="<PRODCUT_FEATURES><X>1</X></PRODCUT_FEATURES>")))
    assert report.elements["PRODUCT/PRODCUT_FEATURES"].left_out == {"no element of BMEcat": 1}
    assert report.elements["PRODCUT_FEATURES/X"].left_out == {"no element of BMEcat": 1}


def test_text_that_stands_between_elements_is_counted(load: Load) -> None:
    report = load(bmecat(product(rest="<MIME_INFO>stray<MIME/></MIME_INFO>")))
    assert report.elements["PRODUCT/MIME_INFO/#text"].left_out == {"text between elements": 1}


def test_a_product_without_number_or_title_is_rejected_by_line(load: Load, records: Records) -> None:
    good = "\n".join(product(f"A-{at}") for at in range(60))
    bad = "\n<PRODUCT><PRODUCT_DETAILS/></PRODUCT>\n" + product("B-1", title="") + "\n" + product("A-7")
    report = load(bmecat(good + bad))
    assert told(report) == [
        (65, "id", "has no SUPPLIER_PID"),
        (66, "title", "has no DESCRIPTION_SHORT"),
        (67, "id", "the same id stands in catalogue0.xml line 12"),
    ]
    assert report.rejected == 3
    assert report.accepted == records.count("shop") == 60
    count = report.elements["T_NEW_CATALOG/PRODUCT"]
    assert count.read == 63


def test_too_many_rejects_keep_nothing(load: Load, records: Records) -> None:
    load(bmecat(product("OLD")))
    with pytest.raises(TooManyRejects, match="id: has no SUPPLIER_PID"):
        load(bmecat(product() + "<PRODUCT/>"))
    assert only(records).product.id == "OLD"


def test_several_files_together_are_one_catalogue(load: Load, records: Records) -> None:
    report = load(bmecat(product("A")), bmecat(product("B")))
    assert report.accepted == 2
    load(bmecat(product("C")), replace=False)
    assert [item.product.id for item in records.items("shop")] == ["A", "B", "C"]
    load(bmecat(product("D")))
    assert [item.product.id for item in records.items("shop")] == ["D"]


@pytest.mark.parametrize("suffix", [".zst", ".gz"])
def test_packed_files_are_read_as_they_are(suffix: str, load: Load, records: Records, tmp_path: Path) -> None:
    content = bmecat(product()).encode()
    packed = zstandard.ZstdCompressor().compress(content) if suffix == ".zst" else gzip.compress(content)
    file = tmp_path / f"shop.xml{suffix}"
    file.write_bytes(packed)
    load(file)
    assert only(records).product.id == "A-1"


def test_a_second_load_of_the_same_file_changes_nothing(load: Load) -> None:
    content = bmecat(product(features=feature("U", "110", "220", unit="VLT")))
    load(content)
    report = load(content)
    assert (report.written, report.unchanged) == (0, 1)


def test_a_header_without_a_language_is_taken_as_english_and_told(load: Load, records: Records) -> None:
    report = load(bmecat(product(), header="<CURRENCY>EUR</CURRENCY>"))
    assert records.catalog("shop").locale == "en"
    assert told(report)[0] == (3, "language", "has no LANGUAGE: add it, such as <LANGUAGE>deu</LANGUAGE>")
