"""Files that change prices, stock or the assortment of a catalogue that is there."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.errors import MappingError, TooManyRejects, UnknownCatalog
from commerce.product import Catalog, CatalogItem, Offer, Product, Tier, Variant
from commerce.readers import DeltaReport, LoadReport, delete_products, load_files, load_offers, read_mapping
from commerce.records import Records

SINGLE = """
[catalog]
currency = "EUR"
[product]
id = "sku"
title = "name"
[offer]
net = { column = "cents", divide = 100 }
stock = "pieces"
[delete]
column = "status"
matches = "^D"
"""
PARTS = """
[catalog]
currency = "EUR"
[parts.products]
files = "articles.csv"
id = "sku"
title = "name"
[parts.prices]
holds = "details"
files = "prices*.csv"
id = "sku"
net = "net"
min_quantity = "from"
[parts.warehouses]
holds = "details"
files = "stock*.csv"
id = "sku"
stock = { column = "pieces", reduce = "sum" }
"""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    store.replace(
        "shop",
        [
            CatalogItem(Product("lamp", "Lamp"), Offer(Decimal("20"), 5, (Tier(10, Decimal("18")),))),
            CatalogItem(
                Product(
                    "chair",
                    "Chair",
                    variants=(
                        Variant("chair-red", offer=Offer(Decimal("50"), 1)),
                        Variant("chair-blue", offer=Offer(Decimal("50"), 2)),
                    ),
                )
            ),
            CatalogItem(Product("desk", "Desk")),
        ],
    )
    yield store
    store.close()


class Shop:
    """Writes files into a folder and loads them."""

    def __init__(self, records: Records, folder: Path) -> None:
        self.records = records
        self.folder = folder

    def delta(self, kind: str, content: str, *, mapping: str = SINGLE, name: str = "delta.csv") -> DeltaReport:
        (self.folder / name).write_text(content)
        (self.folder / "mapping.toml").write_text(mapping)
        rules, files = read_mapping(self.folder / "mapping.toml"), [self.folder / name]
        if kind == "prices" or kind == "stock":
            return load_offers(self.records, "shop", files, rules, kind, rejects=self.folder / "rejects.jsonl")
        return delete_products(self.records, "shop", files, rules, rejects=self.folder / "rejects.jsonl")

    def products(self, content: str, *, replace: bool) -> LoadReport:
        (self.folder / "products.csv").write_text(content)
        (self.folder / "mapping.toml").write_text(SINGLE)
        rules, files = read_mapping(self.folder / "mapping.toml"), [self.folder / "products.csv"]
        return load_files(self.records, "shop", files, rules, rejects=self.folder / "rejects.jsonl", replace=replace)

    def rejects(self) -> list[tuple[int, str, str]]:
        lines = (self.folder / "rejects.jsonl").read_bytes().splitlines()
        return [(each["line"], each["field"], each["reason"]) for each in map(orjson.loads, lines)]

    def offers(self) -> dict[str, Offer]:
        return {identity: offer for item in self.records.items("shop") for identity, offer in item.offers()}


@pytest.fixture
def shop(records: Records, tmp_path: Path) -> Shop:
    return Shop(records, tmp_path)


def test_a_price_file_changes_prices_of_products_and_variants_and_nothing_else(shop: Shop) -> None:
    report = shop.delta("prices", "sku,cents\nlamp,1999\nchair-blue,4500\n")
    assert (report.accepted, report.rejected, report.rows) == (2, 0, {"product": 2})
    assert shop.offers() == {
        "lamp": Offer(Decimal("19.99"), 5, (Tier(10, Decimal("18")),)),
        "chair-red": Offer(Decimal("50"), 1),
        "chair-blue": Offer(Decimal("45"), 2),
        "desk": Offer(),
    }
    assert [(change.product_id, change.kind) for change in shop.records.changes_since("shop", 3)] == [
        ("lamp", "offer"),
        ("chair", "offer"),
    ]


def test_a_stock_file_leaves_prices_alone(shop: Shop) -> None:
    shop.delta("stock", "sku,pieces,cents\nlamp,0,1\nchair-red,-3,1\n")
    assert (shop.offers()["lamp"].net, shop.offers()["lamp"].stock) == (Decimal("20"), 0)
    assert (shop.offers()["chair-red"].net, shop.offers()["chair-red"].stock) == (Decimal("50"), 0)


@pytest.mark.parametrize("kind", ["prices", "stock"])
def test_the_same_file_again_changes_nothing(shop: Shop, kind: str) -> None:
    content = "sku,cents,pieces\nlamp,1999,7\nchair-red,4000,8\n"
    shop.delta(kind, content)
    seq = shop.records.last_seq("shop")
    shop.delta(kind, content)
    assert shop.records.last_seq("shop") == seq


def test_unknown_ids_are_rejects_and_the_rest_is_written(shop: Shop) -> None:
    report = shop.delta("prices", "sku,cents\nsofa,1\nlamp,100\nbed,2\n")
    assert (report.accepted, report.rejected) == (1, 2)
    assert shop.rejects() == [
        (4, "id", "the catalogue has no product or variant 'bed'"),
        (2, "id", "the catalogue has no product or variant 'sofa'"),
    ]
    assert shop.offers()["lamp"].net == 1


def test_a_file_that_is_mostly_broken_changes_nothing(shop: Shop) -> None:
    with pytest.raises(TooManyRejects, match="2 of 3 rows"):
        shop.delta("prices", "sku,cents\nlamp,100\nchair-red,x\nchair-blue,-1\n")
    assert shop.offers()["lamp"].net == 20


def test_an_empty_price_is_a_price_on_request_and_a_row_without_one_is_a_reject(shop: Shop) -> None:
    shop.delta("prices", "sku,cents\nlamp,\n")
    assert shop.offers()["lamp"].net is None
    lax = SINGLE + "[limits]\nmax_reject_share = 1\n"
    report = shop.delta("prices", '{"sku": "chair-red"}\n', mapping=lax, name="delta.jsonl")
    assert (report.accepted, shop.rejects()) == (0, [(1, "net", "has no cents")])
    assert shop.offers()["chair-red"].net == 50


def test_of_several_rows_of_one_article_the_last_counts(shop: Shop) -> None:
    shop.delta("prices", "sku,cents\nlamp,100\nlamp,300\n")
    assert shop.offers()["lamp"].net == 3


def test_tiers_of_a_price_file_replace_the_tiers(shop: Shop) -> None:
    content = "sku,from,net\nlamp,1,19\nlamp,50,15\nlamp,5,17\nchair-red,20,40\n"
    shop.delta("prices", content, mapping=PARTS, name="prices_today.csv")
    assert shop.offers()["lamp"] == Offer(Decimal("19"), 5, (Tier(5, Decimal("17")), Tier(50, Decimal("15"))))
    # Without a row for one piece its price stays.
    assert shop.offers()["chair-red"] == Offer(Decimal("50"), 1, (Tier(20, Decimal("40")),))
    shop.delta("prices", "sku,from,net\nlamp,1,19\n", mapping=PARTS, name="prices_today.csv")
    assert shop.offers()["lamp"] == Offer(Decimal("19"), 5)


def test_stock_of_several_warehouses_is_folded_as_the_mapping_says(shop: Shop) -> None:
    shop.delta("stock", "sku,pieces\nlamp,3\nchair-red,1\nlamp,4\n", mapping=PARTS, name="stock.csv")
    assert (shop.offers()["lamp"].stock, shop.offers()["chair-red"].stock) == (7, 1)


def test_conditions_of_the_mapping_hold_for_deltas_too(shop: Shop) -> None:
    where = SINGLE + '[[where]]\ncolumn = "list"\nmatches = "^DEFAULT$"\nreason = "another price list"\n'
    report = shop.delta("prices", "sku,cents,list\nlamp,100,DEFAULT\nlamp,1,VIP\n", mapping=where)
    assert report.skipped_by_reason == {"another price list": 1}
    assert shop.offers()["lamp"].net == 1


@pytest.mark.parametrize(
    ("kind", "mapping", "message"),
    [
        ("prices", SINGLE.replace('"EUR"', '"CHF"'), "catalog.currency: is CHF"),
        ("prices", SINGLE.replace('net = { column = "cents", divide = 100 }', ""), "net: the mapping says in no rule"),
        ("stock", SINGLE + '[source]\ngroup_by = "sku"\n', "source.group_by"),
        (
            "prices",
            PARTS.replace("prices*", "*").replace("articles.csv", '*.csv"\nnet = "net'),
            "belongs to several parts that can say prices",
        ),
        ("prices", PARTS.replace('id = "sku"\ntitle', 'net = "n"\nid = "sku"\ntitle'), "belongs to no part"),
        ("stock", SINGLE, "offer.stock: delta.csv has no column 'pieces'"),
        ("stock", PARTS, "parts.warehouses.stock: delta.csv has no column 'pieces'"),
    ],
)
def test_a_mapping_that_cannot_say_it_names_the_key(shop: Shop, kind: str, mapping: str, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        shop.delta(kind, "sku,cents,net,from\nlamp,1,1,1\n", mapping=mapping)
    assert message in caught.value.message


def test_deltas_need_a_catalogue(shop: Shop, tmp_path: Path) -> None:
    shop.delta("prices", "sku,cents\nlamp,1\n")
    rules = read_mapping(tmp_path / "mapping.toml")
    with pytest.raises(UnknownCatalog):
        load_offers(shop.records, "nowhere", [tmp_path / "delta.csv"], rules, "prices", rejects=tmp_path / "r.jsonl")


@pytest.mark.parametrize(("mapping", "name"), [(SINGLE, "gone.csv"), (PARTS, "gone.csv"), (PARTS, "articles.csv")])
def test_a_file_of_ids_removes_products(shop: Shop, mapping: str, name: str) -> None:
    report = shop.delta("deletions", "sku\nlamp\nchair\nsofa\nlamp\n", mapping=mapping, name=name)
    assert (report.accepted, report.rejected) == (2, 1)
    assert shop.rejects() == [(4, "id", "the catalogue has no product 'sofa'")]
    assert [item.product.id for item in shop.records.items("shop")] == ["desk"]
    again = shop.delta("deletions", "sku\nlamp\n", mapping=mapping, name=name)
    assert (again.accepted, again.rejected) == (0, 1)


def test_rows_marked_as_deletions_remove_products_when_files_are_added(shop: Shop) -> None:
    content = "sku,name,status,cents,pieces\nlamp,,D,,\nsofa,Sofa,A,100,1\nstool,,D,,\n"
    report = shop.products(content, replace=False)
    assert (report.accepted, report.written, report.removed, report.rejected) == (1, 1, 1, 0)
    assert [item.product.id for item in shop.records.items("shop")] == ["chair", "desk", "sofa"]


def test_rows_marked_as_deletions_are_left_out_of_a_whole_catalogue(shop: Shop) -> None:
    report = shop.products("sku,name,status,cents,pieces\nlamp,Lamp,D,,\nsofa,Sofa,A,100,1\n", replace=True)
    assert [item.product.id for item in shop.records.items("shop")] == ["sofa"]
    assert report.skipped_by_reason == {"marked as deleted": 1}


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(["lamp", "chair-red", "chair-blue", "sofa"]), st.integers(0, 10**9)), max_size=30
    )
)
def test_any_price_file_leaves_the_last_price_of_each_known_id(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    store = Records(f"sqlite:///{folder / 'records.db'}")
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    variants = (Variant("chair-red"), Variant("chair-blue"))
    store.replace(
        "shop",
        [CatalogItem(Product("lamp", "Lamp")), CatalogItem(Product("chair", "Chair", variants=variants))],
    )
    content = "sku,cents\n" + "".join(f"{identity},{cents}\n" for identity, cents in rows)
    shop = Shop(store, folder)
    report = shop.delta("prices", content)
    last = {identity: Decimal(cents) / 100 for identity, cents in rows}
    assert {id: offer.net for id, offer in shop.offers().items()} == {
        identity: last.get(identity) for identity in ("chair-red", "chair-blue", "lamp")
    }
    assert report.rejected == sum(identity == "sofa" for identity, _ in rows)
    store.close()
