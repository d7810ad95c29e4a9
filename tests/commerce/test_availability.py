"""The rule of what a buyer can have, as a table; and stock by location in the records."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.availability import Availability, Delivery, LocationStock, seen, together
from commerce.documents import InvalidProduct, catalog_item_from_json
from commerce.product import Catalog, CatalogItem, Offer, Product, Variant
from commerce.readers import load_files, load_offers, read_mapping
from commerce.records import OfferChange, Records

TODAY = date(2026, 11, 25)
YESTERDAY, TOMORROW, LATER = date(2026, 11, 24), date(2026, 11, 26), date(2026, 12, 1)
BERLIN = LocationStock("Berlin", 3, 2)
HAMBURG = LocationStock("Hamburg", 0, 5, Delivery(LATER, 40))
KOELN = LocationStock("Köln", None, None, Delivery(LATER, 2))


@pytest.mark.parametrize(
    ("stock", "supply", "location", "expected"),
    [
        (None, (), None, Availability()),
        (7, (), None, Availability(7, available_by=TODAY)),
        (0, (), "Berlin", Availability(0)),
        (None, (BERLIN, HAMBURG), "Berlin", Availability(3, "Berlin", 2, None, TODAY)),
        (9, (BERLIN, HAMBURG), "Hamburg", Availability(0, "Hamburg", 5, Delivery(LATER, 40), LATER)),
        (None, (KOELN,), "Köln", Availability(None, "Köln", None, Delivery(LATER, 2), LATER)),
        (None, (BERLIN, HAMBURG, KOELN), None, Availability(3, None, 2, Delivery(LATER, 42), TODAY)),
        (None, (BERLIN, HAMBURG), "Bonn", Availability(3, None, 2, Delivery(LATER, 40), TODAY)),
        (0, (BERLIN, HAMBURG), None, Availability(0, None, 2, Delivery(LATER, 40), LATER)),
        (0, (LocationStock(None, None, 4), HAMBURG), None, Availability(0, None, 4, Delivery(LATER, 40), LATER)),
        (0, (LocationStock(None, None, 4, Delivery(TOMORROW)), HAMBURG), None,
         Availability(0, None, 4, Delivery(TOMORROW), TOMORROW)),
        (0, (LocationStock("Berlin", 0, 4, Delivery(YESTERDAY, 5)),), "Berlin",
         Availability(0, "Berlin", 4, None, date(2026, 11, 29))),
        (0, (LocationStock("Berlin", 0, None, Delivery(TODAY, 5)),), "Berlin",
         Availability(0, "Berlin", None, Delivery(TODAY, 5), TODAY)),
    ],
)  # fmt: skip
def test_a_buyer_sees_the_own_location_or_all_together(
    stock: int | None, supply: tuple[LocationStock, ...], location: str | None, expected: Availability
) -> None:
    assert seen(stock, supply, location, TODAY) == expected


def test_of_several_articles_the_first_that_can_be_had_counts() -> None:
    soon = seen(0, (LocationStock(None, None, 1),), None, TODAY)
    coming = seen(0, (LocationStock(None, None, None, Delivery(LATER, 40)),), None, TODAY)
    assert together([soon, coming]) == Availability(0, None, 1, Delivery(LATER, 40), TOMORROW)
    assert together([coming, Availability()]).in_stock
    assert not together([coming, soon]).in_stock


ITEM = {
    "id": "lamp",
    "title": "Lamp",
    "price": "9.90",
    "availability": [
        {"location": "Hamburg", "quantity": 0, "lead_time_days": 5,
         "next_delivery": {"date": "2026-12-01", "quantity": 40}},
        {"location": "Berlin", "quantity": 3, "lead_time_days": 2},
    ],
}  # fmt: skip


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    chair = Product("chair", "Chair", variants=(Variant("red"), Variant("blue", offer=Offer(stock=2))))
    store.replace(Catalog("shop", "EUR"), [catalog_item_from_json(ITEM), CatalogItem(chair)])
    yield store
    store.close()


def offer(records: Records, product: str, identity: str) -> Offer:
    return dict(records.offers("shop", [product])[product])[identity]


def test_products_are_read_with_their_stock_by_location(records: Records) -> None:
    assert offer(records, "lamp", "lamp").supply == (BERLIN, HAMBURG)
    assert next(records.items("shop", ids=["lamp"])).offer == Offer(Decimal("9.90"), None, (), (BERLIN, HAMBURG))
    same = records.upsert("shop", [catalog_item_from_json(ITEM)])
    assert (same.written, same.unchanged) == (0, 1)


def test_the_entry_without_location_is_about_all_together() -> None:
    read = catalog_item_from_json({**ITEM, "availability": [{"quantity": 4, "lead_time_days": 3}]}).offer
    assert (read.stock, read.supply) == (4, (LocationStock(None, None, 3),))


@pytest.mark.parametrize(
    ("availability", "pointer"),
    [
        ([{"location": "Berlin"}, {"location": "Berlin"}], "/availability/1/location"),
        ([{"location": "Berlin", "quantity": 1.5}], "/availability/0/quantity"),
        ([{"location": "Berlin", "lead_time_days": -1}], "/availability/0/lead_time_days"),
        ([{"location": "Berlin", "next_delivery": {"date": "soon"}}], "/availability/0/next_delivery/date"),
        ([{"location": "Berlin", "next_delivery": {"date": "9999-01-01"}}], "/availability/0/next_delivery/date"),
        ([{"location": "Berlin", "next_delivery": "2026-12-01"}], "/availability/0/next_delivery"),
        ({"location": "Berlin"}, "/availability"),
    ],
)
def test_what_cannot_be_read_is_named(availability: object, pointer: str) -> None:
    with pytest.raises(InvalidProduct) as refused:
        catalog_item_from_json({**ITEM, "availability": availability})
    assert [at for at, _ in refused.value.problems] == [pointer]


def test_a_change_writes_one_location_and_leaves_the_others(records: Records) -> None:
    before = records.last_seq("shop")
    changes = [
        OfferChange("lamp", stock=8, location="Hamburg"),
        OfferChange("lamp", next_delivery=None, location="Hamburg"),
        OfferChange("lamp", lead_time_days=1, location="Köln"),
        OfferChange("red", stock=1, location="Berlin"),
    ]
    assert records.patch_known_offers("shop", changes).written == 2
    lamp = offer(records, "lamp", "lamp")
    assert lamp.supply == (BERLIN, LocationStock("Hamburg", 8, 5), LocationStock("Köln", None, 1))
    assert (lamp.net, lamp.stock) == (Decimal("9.90"), None)
    assert offer(records, "chair", "red").supply == (LocationStock("Berlin", 1),)
    assert offer(records, "chair", "blue") == Offer(stock=2)
    logged = [(each.product_id, each.kind) for each in records.changes_since("shop", before)]
    assert logged == [("lamp", "offer"), ("chair", "offer")]
    assert records.patch_known_offers("shop", changes).written == 0


def test_a_location_of_which_nothing_is_left_is_gone(records: Records) -> None:
    records.patch_known_offers("shop", [OfferChange("lamp", stock=None, lead_time_days=None, location="Berlin")])
    assert offer(records, "lamp", "lamp").supply == (HAMBURG,)


def test_a_change_without_location_is_about_all_together(records: Records) -> None:
    records.patch_known_offers("shop", [OfferChange("blue", stock=0, lead_time_days=3)])
    assert offer(records, "chair", "blue") == Offer(stock=0, supply=(LocationStock(None, None, 3),))


MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "sku"
title = "name"
[offer]
stock = "pieces"
location = "warehouse"
lead_time_days = "days"
next_delivery = "due"
next_quantity = "coming"
"""
ROWS = """sku,warehouse,pieces,days,due,coming
lamp,Berlin,1,,2026-12-01,12
lamp,Berlin,4,2,,
lamp,,9,,,
blue,Köln,0,6,,
lamp,Bonn,many,,,
lamp,Bonn,1,,tomorrow,
nobody,Bonn,1,,,
"""


def test_files_of_stock_have_a_row_for_each_location(records: Records, tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "stock.csv").write_text(ROWS)
    rules, rejects = read_mapping(tmp_path / "mapping.toml"), tmp_path / "rejects.jsonl"
    rules = rules.model_copy(update={"limits": rules.limits.model_copy(update={"max_reject_share": 1.0})})
    report = load_offers(records, "shop", [tmp_path / "stock.csv"], rules, "stock", rejects=rejects)
    assert (report.accepted, report.rejected) == (2, 3)
    lamp = offer(records, "lamp", "lamp")
    assert (lamp.net, lamp.stock, lamp.supply) == (Decimal("9.90"), 9, (LocationStock("Berlin", 4, 2), HAMBURG))
    assert offer(records, "chair", "blue") == Offer(stock=2, supply=(LocationStock("Köln", 0, 6),))


def test_files_of_products_may_name_a_location(records: Records, tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "products.csv").write_text("sku,name,warehouse,pieces,days,due,coming\nbox,Box,Berlin,3,2,,\n")
    rules = read_mapping(tmp_path / "mapping.toml")
    load_files(records, "shop", [tmp_path / "products.csv"], rules, rejects=tmp_path / "rejects.jsonl")
    assert offer(records, "box", "box").supply == (BERLIN,)
