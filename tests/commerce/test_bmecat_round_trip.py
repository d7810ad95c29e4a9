"""Products written out as BMEcat come back as they were, whatever they say."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.product import AttributeValue, CatalogItem, Offer, Product, Quantity, Relation, Texts, Tier
from commerce.readers.bmecat import InvalidBmecat, load_bmecat
from commerce.readers.bmecat.source import read_units
from commerce.records import Records
from tests.commerce.bmecat_files import bmecat

# Letters, digits and signs that XML, HTML and files of text treat in ways of their own.
WORD = st.text(st.sampled_from("aZäßЖ字0 9'\"]>&;#.,-/%²"), min_size=1, max_size=12).map(
    lambda text: "x" + " ".join(text.split())
)
NUMBER = st.decimals(Decimal("-99999"), Decimal("99999"), places=2).map(lambda value: float(value.normalize()))
UNIT = st.sampled_from(["mm", "VLT", "KGM", "°C"])
VALUE: st.SearchStrategy[AttributeValue] = st.one_of(
    WORD,
    NUMBER,
    st.booleans(),
    st.builds(Quantity, NUMBER, UNIT),
    st.lists(WORD, min_size=2, max_size=3).map(tuple),
    st.lists(NUMBER, min_size=2, max_size=3).map(tuple),
    st.builds(
        lambda numbers, unit: tuple(Quantity(each, unit) for each in numbers), st.lists(NUMBER, min_size=2), UNIT
    ),
)
AMOUNT = st.decimals(Decimal(0), Decimal(99999), places=2)
TIERS = st.dictionaries(st.integers(2, 1000), AMOUNT, max_size=3).map(
    lambda found: tuple(Tier(at, found[at]) for at in sorted(found))
)
KEYWORDS = st.lists(WORD, unique=True, max_size=3).map(tuple)
TEXTS = st.builds(Texts, title=WORD, description=WORD, keywords=KEYWORDS)
RELATION = st.builds(Relation, st.just("accessory"), WORD.map("R {}".format))
PRODUCT = st.builds(
    Product,
    id=WORD,
    title=WORD,
    description=WORD,
    brand=WORD,
    mpn=WORD,
    keywords=KEYWORDS,
    attributes=st.dictionaries(WORD.map(lambda name: f"M {name}"), VALUE, max_size=4),
    relations=st.lists(st.builds(Relation, st.just("accessory"), WORD.map("R {}".format)), unique=True, max_size=3).map(
        tuple
    ),
    texts=st.dictionaries(st.sampled_from(["en", "fr"]), TEXTS, max_size=2),
)
ITEM = st.builds(CatalogItem, PRODUCT, st.builds(Offer, net=AMOUNT, tiers=TIERS))
CODES = {"de": "deu", "en": "eng", "fr": "fra"}


def said(text: str) -> str:
    # BMEcat texts may hold HTML, so what looks like it is written as HTML would.
    return escape(escape(text, quote=False))


def element(tag: str, text: str, **attributes: str) -> str:
    return f"<{tag}{''.join(f' {name}={chr(34)}{value}{chr(34)}' for name, value in attributes.items())}>{text}</{tag}>"


def features(attributes: dict[str, AttributeValue]) -> str:
    def spelled(value: object) -> str:
        plain = value.value if isinstance(value, Quantity) else value
        if isinstance(plain, bool):
            return str(plain).lower()
        return said(str(plain)) if isinstance(plain, str) else f"{Decimal(str(plain)):f}"

    found = ""
    for name, value in attributes.items():
        several = value if isinstance(value, tuple) else (value,)
        unit = element("FUNIT", several[0].unit) if isinstance(several[0], Quantity) else ""
        values = "".join(element("FVALUE", spelled(each)) for each in several)
        found += element("FEATURE", element("FNAME", said(name)) + values + unit)
    return element("PRODUCT_FEATURES", found)


def written(item: CatalogItem) -> str:
    product = item.product
    own = Texts(product.title, product.description, (), product.keywords)
    locales = {"de": own, **product.texts}
    details = "".join(
        element(tag, said(text), lang=CODES[locale])
        for tag, name in (("DESCRIPTION_SHORT", "title"), ("DESCRIPTION_LONG", "description"))
        for locale, texts in locales.items()
        if (text := getattr(texts, name))
    )
    details += element("MANUFACTURER_PID", said(product.mpn or "")) + element(
        "MANUFACTURER_NAME", said(product.brand or "")
    )
    for locale, texts in locales.items():
        details += "".join(element("KEYWORD", said(word), lang=CODES[locale]) for word in texts.keywords)
    prices = "".join(
        element(
            "PRODUCT_PRICE",
            element("PRICE_AMOUNT", f"{net:f}") + element("LOWER_BOUND", str(quantity)),
            price_type="net_customer",
        )
        for quantity, net in ((1, item.offer.net), *((tier.min_quantity, tier.net) for tier in item.offer.tiers))
    )
    relations = "".join(
        element("PRODUCT_REFERENCE", element("PROD_ID_TO", escape(each.id)), type="accessories")
        for each in product.relations
    )
    return element(
        "PRODUCT",
        element("SUPPLIER_PID", said(product.id))
        + element("PRODUCT_DETAILS", details)
        + features(dict(product.attributes))
        + element("PRODUCT_PRICE_DETAILS", prices)
        + relations,
    )


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    store = Records(f"sqlite:///{tmp_path_factory.mktemp('records') / 'records.db'}")
    store.upgrade()
    return store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ITEM, min_size=1, max_size=2, unique_by=lambda item: item.product.id))
def test_products_come_back_as_they_were_written(records: Records, folder: Path, items: list[CatalogItem]) -> None:
    file = folder / "shop.xml"
    file.write_text(bmecat("".join(map(written, items))), encoding="utf-8")
    report = load_bmecat(records, "shop", [file], rejects=folder / "rejects.jsonl", today=date(2024, 1, 1))
    assert report.rejects is None
    assert {item.product.id: item for item in records.items("shop")} == {item.product.id: item for item in items}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text("<>/BMECATHEDR &;!?[]='\"", max_size=60).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused(folder: Path, content: bytes) -> None:
    file = folder / "anything.xml"
    file.write_bytes(content)
    with suppress(InvalidBmecat):
        list(read_units(file, "frame"))
