"""Durable records and their change log."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.documents import InvalidProduct, catalog_item_from_json, product_from_json, product_to_json
from commerce.errors import InvalidCatalog, UnknownCatalog
from commerce.product import Catalog, CatalogItem, Offer, Product, Quantity, Tier, Variant
from commerce.reading import HIGHEST_PRICE, LARGEST_STOCK, LONGEST_ID
from commerce.records import OfferChange, Records


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR", "en"))
    yield store
    store.close()


def item(identity: str, title: str = "thing", net: str | None = "1.00", stock: int | None = None) -> CatalogItem:
    return CatalogItem(Product(identity, title), Offer(None if net is None else Decimal(net), stock))


def test_what_was_written_is_read_back(records: Records) -> None:
    full = CatalogItem(
        Product("1", "T", "d", "b", "m", ("4006381333931",), ("A > B",), ("http://x/y",),
                {"a": 1.5, "b": True, "c": "x", "d": ("x", "y"), "e": Quantity(2.0, "kg")}),
        Offer(Decimal("12.345"), 3),
        7.0,
    )  # fmt: skip
    assert records.upsert("shop", [full, item("2", net=None)]).written == 2
    assert list(records.items("shop")) == [full, item("2", net=None)]
    assert list(records.items("shop", ids=["2", "nope"])) == [item("2", net=None)]
    assert (records.count("shop"), records.count("other")) == (2, 0)


def test_every_write_is_in_the_log_once(records: Records) -> None:
    records.upsert("shop", [item("1"), item("2")])
    assert records.upsert("shop", [item("1"), item("2", "new")]).unchanged == 1
    assert records.patch_offers("shop", [OfferChange("1", stock=5), OfferChange("nope", stock=1)]) == ["nope"]
    assert records.delete("shop", ["2", "nope"]) == 1
    log = [(change.product_id, change.kind) for change in records.changes_since("shop", 0)]
    assert log == [("1", "upsert"), ("2", "upsert"), ("2", "upsert"), ("1", "offer"), ("2", "delete")]
    assert list(records.items("shop"))[0].offer == Offer(Decimal("1.00"), 5)
    assert records.changes_since("shop", records.last_seq("shop")) == []
    assert len(records.changes_since("shop", 0, limit=2)) == 2


def test_an_offer_change_leaves_what_it_does_not_name(records: Records) -> None:
    records.upsert("shop", [item("1", stock=3)])
    records.patch_offers("shop", [OfferChange("1", net=Decimal("9.99"))])
    assert list(records.items("shop"))[0].offer == Offer(Decimal("9.99"), 3)
    records.patch_offers("shop", [OfferChange("1", net=None)])
    assert list(records.items("shop"))[0].offer == Offer(None, 3)


def test_an_id_of_a_product_and_of_its_variant_means_what_is_sold(records: Records) -> None:
    variants = tuple(Variant(identity, offer=Offer(Decimal(10))) for identity in ("A", "A-2"))
    records.upsert("shop", [CatalogItem(Product("A", "Jacket", variants=variants)), item("B")])
    assert (
        records.patch_known_offers("shop", [OfferChange("A", Decimal(99)), OfferChange("B", Decimal(5))]).written == 2
    )
    assert records.offers("shop", ["A", "B"]) == {
        "A": [("A", Offer(Decimal(99))), ("A-2", Offer(Decimal(10)))],
        "B": [("B", Offer(Decimal(5)))],
    }


def test_an_offer_change_is_counted_once_however_many_products_share_the_variant(records: Records) -> None:
    variants = (Variant("SAME", offer=Offer(Decimal(10))),)
    records.upsert("shop", [CatalogItem(Product(identity, "Coat", variants=variants)) for identity in ("A", "B")])
    before = records.last_seq("shop")
    assert records.patch_known_offers("shop", [OfferChange("SAME", Decimal(7))]).written == 1
    assert {change.product_id for change in records.changes_since("shop", before)} == {"A", "B"}
    assert records.patch_known_offers("shop", [OfferChange("SAME", Decimal(7))]).written == 0


def test_a_write_that_fails_midway_leaves_nothing(records: Records) -> None:
    def broken() -> Iterator[CatalogItem]:
        for at in range(1_200):
            yield item(str(at))
        raise RuntimeError("the file ended")

    with pytest.raises(RuntimeError):
        records.upsert("shop", broken())
    assert (records.count("shop"), records.last_seq("shop")) == (0, 0)


def test_writers_at_once_lose_nothing_and_numbers_ascend(records: Records) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(records.upsert, "shop", [item(f"{n}-{m}")]) for n in range(8) for m in range(5)]:
            done.result()
    numbers = [change.seq for change in records.changes_since("shop", 0)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == records.count("shop") == 40


def test_products_come_in_the_order_of_their_bytes_under_any_locale(records: Records) -> None:
    ids = ["a", "B", "A", "b", "ä", "é", "Z", "_1", "-1", "10", "9", "中", "\U0001f600"]
    records.upsert("shop", [item(identity) for identity in ids])
    assert [each.product.id for each in records.items("shop")] == sorted(ids, key=str.encode)


def test_the_longest_ids_are_kept_in_any_script(records: Records) -> None:
    # Four bytes a character, and nothing in them to compress.
    random = Random(1)
    own, *of_variants = ("".join(chr(random.randrange(0x10000, 0x10FFF)) for _ in range(LONGEST_ID)) for _ in range(4))
    variants = tuple(Variant(identity, offer=Offer(Decimal(1))) for identity in of_variants)
    full = CatalogItem(Product(own, "t", variants=variants))
    records.upsert("shop", [full])
    assert list(records.items("shop")) == [full]
    assert records.patch_offers("shop", [OfferChange(of_variants[1], stock=7)]) == []
    assert {offer.stock for _, offer in records.offers("shop", [own])[own]} == {None, 7}
    assert records.changes_since("shop", 0)[-1].product_id == own
    assert records.delete("shop", [own]) == 1


def test_the_largest_numbers_are_kept_as_they_are(records: Records) -> None:
    offer = Offer(HIGHEST_PRICE - Decimal("0.000001"), LARGEST_STOCK, (Tier(10**9, Decimal("0.000001")),))
    full = CatalogItem(Product("1", "t"), offer, popularity=0.1 + 0.2)
    records.upsert("shop", [full])
    assert list(records.items("shop")) == [full]
    assert records.upsert("shop", [full]).unchanged == 1


def test_control_characters_are_cleaned_before_they_reach_the_database(records: Records) -> None:
    read = catalog_item_from_json({"id": "a\0b", "title": "t\0\x01", "mpn": "\0", "attributes": {"x\0": "y\0z"}})
    records.upsert("shop", [read])
    kept = list(records.items("shop"))[0].product
    assert (kept.id, kept.title, kept.mpn, kept.attributes) == ("a b", "t", None, {"x\0": "y z"})


@pytest.mark.parametrize("identity", ["a\0b", "\ud800", "'; DROP TABLE products; --", "x" * 10_000, ""])
def test_an_id_that_no_product_can_have_is_unknown_and_no_error(records: Records, identity: str) -> None:
    records.upsert("shop", [item("1")])
    assert records.delete("shop", [identity]) == 0
    assert records.patch_offers("shop", [OfferChange(identity, stock=1)]) == [identity]
    assert records.offers("shop", [identity]) == {}
    assert [each.product.id for each in records.items("shop", ids=[identity, "1"])] == ["1"]


@pytest.mark.parametrize("catalog", [Catalog("shop", "EURO"), Catalog("shop", "EUR", "x" * 36), Catalog("Shop", "EUR")])
def test_a_catalogue_that_does_not_fit_is_refused_by_name(records: Records, catalog: Catalog) -> None:
    with pytest.raises(InvalidCatalog, match=catalog.id):
        records.put_catalog(catalog)
    assert records.catalogs() == [Catalog("shop", "EUR", "en")]


def test_an_unknown_catalogue_is_named(records: Records) -> None:
    with pytest.raises(UnknownCatalog, match="nowhere"):
        records.catalog("nowhere")
    assert [catalog.id for catalog in records.catalogs()] == ["shop"]


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ([], [""]),
        ({}, ["/id", "/title"]),
        ({"id": 1, "title": " "}, ["/id", "/title"]),
        ({"id": "x" * 513, "title": "t"}, ["/id"]),
        ({"id": "1", "title": "t", "gtin": "x", "category": [1]}, ["/gtin", "/category"]),
        ({"id": "1", "title": "t", "attributes": {"b/c": [[1]], "d": math.nan}}, ["/attributes/b~1c", "/attributes/d"]),
        ({"id": "1", "title": "t", "attributes": {"a": {"value": "x", "unit": "kg"}}}, ["/attributes/a"]),
        ({"id": "1", "title": "t", "price": "-1", "stock": 1.5, "released": "soon"}, ["/released", "/price", "/stock"]),
        ({"id": "1", "title": "t", "price": {"net": "1e99"}}, ["/price"]),
        ({"id": "1", "title": "t", "price": True, "popularity": -1}, ["/price", "/popularity"]),
        ({"id": "1", "title": "t", "attributes": {f"a{at}": 1 for at in range(5_001)}}, ["/attributes"]),
    ],
)  # fmt: skip
def test_a_product_at_fault_names_each_field(value: object, pointers: list[str]) -> None:
    with pytest.raises(InvalidProduct) as caught:
        catalog_item_from_json(value)
    assert [pointer for pointer, _ in caught.value.problems] == pointers


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool)
SCALARS = st.one_of(TEXT, st.booleans(), st.floats(-1e9, 1e9), st.integers(-1000, 1000))

SEVERAL = st.lists(SCALARS, min_size=1, max_size=3).map(tuple)


@given(
    st.builds(
        Product,
        id=TEXT,
        title=TEXT,
        brand=st.none() | TEXT,
        category=st.lists(TEXT, unique=True, max_size=3).map(tuple),
        attributes=st.dictionaries(
            TEXT.filter(lambda name: "`" not in name),
            st.one_of(SCALARS, st.builds(Quantity, st.floats(-1e6, 1e6), TEXT), SEVERAL),
            max_size=4,
        ),
        released=st.none() | st.datetimes(timezones=st.timezones()),
    )
)  # fmt: skip
def test_a_product_survives_its_json(product: Product) -> None:
    read = product_from_json(orjson.loads(product_to_json(product)))
    assert product_to_json(read) == product_to_json(product)
    assert read.attributes == product.attributes
