"""BMEcat updates of products and prices on a catalogue that is there."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.errors import NothingToLoad, UnknownCatalog
from commerce.product import CatalogItem, Tier
from commerce.readers.bmecat import BmecatReport, load_bmecat
from commerce.records import OfferChange, Records
from tests.commerce.bmecat_files import bmecat, price, product

DATA = Path(__file__).parents[1] / "data" / "bmecat" / "small"
VALID, EXPIRED = date(2001, 3, 1), date(2024, 5, 31)
Load = Callable[..., BmecatReport]

GROUPS = """<CATALOG_GROUP_SYSTEM>
<CATALOG_STRUCTURE type="root"><GROUP_ID>1</GROUP_ID><GROUP_NAME>Alles</GROUP_NAME></CATALOG_STRUCTURE>
<CATALOG_STRUCTURE><GROUP_ID>2</GROUP_ID><GROUP_NAME>Lampen</GROUP_NAME><PARENT_ID>1</PARENT_ID></CATALOG_STRUCTURE>
<CATALOG_STRUCTURE><GROUP_ID>3</GROUP_ID><GROUP_NAME>Tische</GROUP_NAME><PARENT_ID>1</PARENT_ID></CATALOG_STRUCTURE>
</CATALOG_GROUP_SYSTEM>"""


def placed(number: str, group: str, mode: str = "new") -> str:
    return (
        f'<PRODUCT_TO_CATALOGGROUP_MAP mode="{mode}"><PROD_ID>{number}</PROD_ID>'
        f"<CATALOG_GROUP_ID>{group}</CATALOG_GROUP_ID></PRODUCT_TO_CATALOGGROUP_MAP>"
    )


@pytest.fixture
def records(tmp_path: Path) -> Records:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    return store


@pytest.fixture
def load(records: Records, tmp_path: Path) -> Load:
    def run(*contents: str | Path, today: date = VALID, replace: bool = True) -> BmecatReport:
        files = []
        for at, content in enumerate(contents):
            file = content if isinstance(content, Path) else tmp_path / f"catalogue{at}.xml"
            if isinstance(content, str):
                file.write_text(content, encoding="utf-8")
            files.append(file)
        return load_bmecat(records, "shop", files, rejects=tmp_path / "rejects.jsonl", replace=replace, today=today)

    return run


def by_id(records: Records) -> dict[str, CatalogItem]:
    return {item.product.id: item for item in records.items("shop")}


def test_products_are_updated_and_deleted_and_others_stay(load: Load, records: Records) -> None:
    load(DATA / "bmecat12_new_catalog.xml", bmecat(product("2000")), bmecat(product("3000")))
    records.patch_offers("shop", [OfferChange("1000", stock=7)])
    report = load(DATA / "bmecat12_update_products.xml")
    assert (report.accepted, report.removed) == (2, 1)
    found = by_id(records)
    assert set(found) == {"1000", "3000"}
    assert found["1000"].offer.stock == 7
    assert found["1000"].offer.net == Decimal("1499.50")
    # The update names no classification: the group's name was kept from the catalogue before.
    assert found["1000"].product.category == ("Hardware > Notebook > Mac",)


def test_a_catalogue_without_products_does_not_empty_the_one_that_is_there(load: Load, records: Records) -> None:
    load(bmecat(product("A")))
    with pytest.raises(NothingToLoad):
        load(bmecat(""))
    assert set(by_id(records)) == {"A"}


def test_an_update_without_prices_leaves_the_price(load: Load, records: Records) -> None:
    load(bmecat(product("A", prices=price("5"))))
    load(bmecat(product("A", title="Neu", prices=None, mode="update"), transaction="T_UPDATE_PRODUCTS"))
    item = by_id(records)["A"]
    assert (item.product.title, item.offer.net) == ("Neu", Decimal("5.00"))


def test_an_update_of_a_product_that_was_not_there_adds_it_and_says_so(load: Load, records: Records) -> None:
    load(bmecat(product("A")))
    body = product("B", mode="update") + product("C", mode="new") + product("D", mode="delete")
    report = load(bmecat(body, transaction="T_UPDATE_PRODUCTS"))
    assert set(by_id(records)) == {"A", "B", "C"}
    assert report.warnings == {
        "update of a product that was not there: added": 1,
        "deletion of a product that was not there": 1,
    }


def test_an_update_moves_products_between_groups(load: Load, records: Records) -> None:
    load(bmecat(GROUPS + product("A") + product("B") + placed("A", "2") + placed("B", "2")))
    assert by_id(records)["A"].product.category == ("Lampen",)
    body = product("B", mode="update") + placed("A", "2", "delete") + placed("A", "3")
    load(bmecat(body, transaction="T_UPDATE_PRODUCTS"))
    assert by_id(records)["A"].product.category == ("Tische",)
    assert by_id(records)["B"].product.category == ("Lampen",)


def test_an_unknown_mode_is_rejected(load: Load) -> None:
    load(bmecat(product("A")))
    body = "".join(product(f"N-{at}", mode="new") for at in range(20)) + product("A", mode="remove")
    report = load(bmecat(body, transaction="T_UPDATE_PRODUCTS"))
    assert report.rejected_by_reason == {"mode: … is no mode": 1}


def test_prices_change_for_products_that_are_there_and_nothing_else_does(load: Load, records: Records) -> None:
    load(bmecat(product("1000", prices=price("5"))))
    records.patch_offers("shop", [OfferChange("1000", stock=7)])
    body = "".join(
        f"<PRODUCT><SUPPLIER_PID>{number}</SUPPLIER_PID><PRODUCT_PRICE_DETAILS>{cost}</PRODUCT_PRICE_DETAILS></PRODUCT>"
        for number, cost in (("1000", price("4") + price("3", more="<LOWER_BOUND>9</LOWER_BOUND>")), ("X", price("1")))
    )
    report = load(bmecat(body, transaction="T_UPDATE_PRICES"))
    (item,) = records.items("shop")
    assert item.product.title == "Lampe"
    assert (item.offer.net, item.offer.stock, item.offer.tiers) == (Decimal("4.00"), 7, (Tier(9, Decimal("3.00")),))
    assert (report.accepted, report.written, report.rejected) == (1, 1, 0)
    assert report.warnings == {"id: is no product of the catalogue": 1}
    assert report.elements["T_UPDATE_PRICES/PRODUCT"].left_out == {"is no product of the catalogue": 1}


def test_a_price_update_may_name_a_variant(load: Load, records: Records) -> None:
    variants = "".join(
        f"<VARIANT><FVALUE>{name}</FVALUE><SUPPLIER_AID_SUPPLEMENT>-{name}</SUPPLIER_AID_SUPPLEMENT></VARIANT>"
        for name in ("rot", "blau")
    )
    choice = f"<FEATURE><FNAME>Farbe</FNAME><VARIANTS>{variants}</VARIANTS></FEATURE>"
    load(bmecat(product("A", features=choice, prices=price("5"))))
    cost = f"<PRODUCT_PRICE_DETAILS>{price('7')}</PRODUCT_PRICE_DETAILS>"
    body = f"<PRODUCT><SUPPLIER_PID>A-rot</SUPPLIER_PID>{cost}</PRODUCT>"
    report = load(bmecat(body, transaction="T_UPDATE_PRICES"))
    nets = {variant.id: variant.offer.net for variant in by_id(records)["A"].product.variants}
    assert nets == {"A-rot": Decimal("7.00"), "A-blau": Decimal("5.00")}
    assert (report.accepted, report.written) == (1, 1)
    assert [change.kind for change in records.changes_since("shop", 0)] == ["upsert", "offer"]


def test_the_real_price_update_is_taken_while_it_is_valid(load: Load, records: Records) -> None:
    load(bmecat(product("1000", prices=price("5"))))
    report = load(DATA / "bmecat12_update_prices.xml", today=EXPIRED)
    assert by_id(records)["1000"].offer.net == Decimal("5.00")
    assert report.warnings == {"no usable price: the one before stays": 1}
    assert report.elements["ARTICLE/ARTICLE_PRICE_DETAILS"].left_out == {"the price has expired": 1}
    load(DATA / "bmecat12_update_prices.xml", today=VALID)
    assert by_id(records)["1000"].offer.net == Decimal("1499.50")
    assert by_id(records)["1000"].offer.tiers == (Tier(100, Decimal("1300.90")),)


def test_catalogue_and_updates_may_come_in_one_load(load: Load, records: Records) -> None:
    files = ("bmecat12_update_prices.xml", "bmecat12_new_catalog.xml", "bmecat12_update_products.xml")
    report = load(*(DATA / name for name in files))
    assert report.accepted == 4
    assert set(by_id(records)) == {"1000"}


@pytest.mark.parametrize("name", ["bmecat12_update_prices.xml", "bmecat12_update_products.xml"])
def test_an_update_needs_a_catalogue(name: str, load: Load) -> None:
    with pytest.raises(UnknownCatalog, match="load one first"):
        load(DATA / name)


def test_variants_take_the_new_price_and_keep_their_stock(load: Load, records: Records) -> None:
    variants = (
        "<FEATURE><FNAME>Farbe</FNAME><VARIANTS><VARIANT><FVALUE>rot</FVALUE>"
        "<SUPPLIER_AID_SUPPLEMENT>-r</SUPPLIER_AID_SUPPLEMENT></VARIANT><VARIANT><FVALUE>blau</FVALUE>"
        "<SUPPLIER_AID_SUPPLEMENT>-b</SUPPLIER_AID_SUPPLEMENT></VARIANT></VARIANTS></FEATURE>"
    )
    load(bmecat(product("A", features=variants, prices=price("5"))))
    records.patch_offers("shop", [OfferChange("A-r", stock=3)])
    body = product("A", features=variants, prices=price("6"), mode="update")
    load(bmecat(body, transaction="T_UPDATE_PRODUCTS"))
    offers = {variant.id: variant.offer for variant in by_id(records)["A"].product.variants}
    assert (offers["A-r"].net, offers["A-r"].stock) == (Decimal("6.00"), 3)
    assert (offers["A-b"].net, offers["A-b"].stock) == (Decimal("6.00"), None)
    cost = f"<PRODUCT_PRICE_DETAILS>{price('7')}</PRODUCT_PRICE_DETAILS>"
    load(bmecat(f"<PRODUCT><SUPPLIER_PID>A</SUPPLIER_PID>{cost}</PRODUCT>", transaction="T_UPDATE_PRICES"))
    offers = {variant.id: variant.offer for variant in by_id(records)["A"].product.variants}
    assert (offers["A-r"].net, offers["A-r"].stock) == (Decimal("7.00"), 3)
