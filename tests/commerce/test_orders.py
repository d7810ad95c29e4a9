"""Orders as durable records, from JSON and from files."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import MappingError, TooManyRejects
from commerce.order import Order, OrderLine
from commerce.order_documents import InvalidOrder, orders_from_json
from commerce.product import Catalog, CatalogItem, Product
from commerce.readers import load_orders, read_mapping
from commerce.records import Records

MORNING = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
MAPPING = """
[catalog]
currency = "EUR"
[orders]
order = "no"
placed_at = "when"
product = "sku"
quantity = "pieces"
net = "price"
account = "customer"
timezone = "Europe/Berlin"
cancellation = { column = "no", matches = "^C" }
[limits]
max_reject_share = 0.5
"""


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


def order(identity: str, *products: str, at: datetime = MORNING, account: str | None = "acme") -> Order:
    lines = tuple(OrderLine(product, Decimal(2), Decimal("1.50"), "EUR") for product in products)
    return Order(identity, at, lines, account, account)


def load(records: Records, folder: Path, rows: str, mapping: str = MAPPING) -> tuple[int, int, int, int]:
    (folder / "orders.csv").write_text("no,when,sku,pieces,price,customer\n" + rows)
    (folder / "mapping.toml").write_text(mapping)
    rejects = folder / "rejects.jsonl"
    rules = read_mapping(folder / "mapping.toml")
    report = load_orders(records, "shop", [folder / "orders.csv"], rules, rejects=rejects)
    return report.accepted, report.written, report.unchanged, report.rejected


def test_an_order_is_read_back_as_it_was_written(records: Records) -> None:
    late = replace(order("b/ä", "x"), account=None, user=None)
    early = order("a", "x", "y", at=MORNING - timedelta(days=1))
    assert records.put_orders("shop", [late, early]).written == 2
    assert list(records.orders("shop")) == [early, late]
    assert list(records.orders("shop", until=MORNING)) == [early]
    assert list(records.orders("shop", account="acme")) == [early]
    extent = records.order_extent("shop")
    assert (extent.orders, extent.first, extent.last) == (2, early.placed_at, MORNING)


def test_an_order_that_is_given_again_changes_nothing_and_a_corrected_one_takes_its_place(records: Records) -> None:
    assert records.put_orders("shop", [order("a", "x")]).written == 1
    again = records.put_orders("shop", [order("a", "x")])
    assert (again.written, again.unchanged) == (0, 1)
    assert records.put_orders("shop", [order("a", "y")]).written == 1
    assert list(records.orders("shop")) == [order("a", "y")]


def test_orders_of_one_catalogue_are_not_those_of_another(records: Records) -> None:
    records.put_catalog(Catalog("other", "EUR"))
    records.put_orders("other", [order("a", "x")])
    assert not list(records.orders("shop"))
    assert records.order_extent("shop").first is None


def test_every_field_at_fault_is_named() -> None:
    good = {"product_id": "x", "quantity": 1}
    values = [
        3,
        {"order_id": "", "placed_at": "soon", "lines": []},
        {"order_id": "1", "lines": [good]},
        {"order_id": "1", "placed_at": "2026-01-01T00:00:00Z", "lines": [{"quantity": 0, "net": "-1"}, 7]},
        {"order_id": "1", "placed_at": "2026-01-01T00:00:00Z", "lines": [{**good, "currency": "€"}]},
    ]
    with pytest.raises(InvalidOrder) as refused:
        orders_from_json(values)
    assert [at for at, _ in refused.value.problems] == [
        "/0", "/1/order_id", "/1/placed_at", "/1/lines", "/2/placed_at", "/3/lines/0/product_id", "/3/lines/0/quantity",
        "/3/lines/0/net", "/3/lines/1", "/4/lines/0/currency",
    ]  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["order_id", "placed_at", "lines", "product_id", "quantity", "net", "account"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_an_order_or_is_refused_in_words(value: object) -> None:
    try:
        found = orders_from_json([value])
    except InvalidOrder as refused:
        problems = refused.problems
        found = []
    else:
        problems = []
    assert len(found) == 1 or problems


def test_lines_of_a_file_become_orders_and_cancellations_are_negative(records: Records, tmp_path: Path) -> None:
    records.upsert("shop", [CatalogItem(Product("x", "t"))])
    rows = (
        "1,2026-05-04 10:30:00,x,2,1.50,acme\n2,2026-05-05,y,1,,\n"
        "1,2026-05-04 10:30:00,y,3,2,acme\nC3,2026-05-06,x,1,1.50,acme\n"
    )
    assert load(records, tmp_path, rows) == (4, 3, 0, 0)
    first, guest, back = records.orders("shop")
    assert (first.placed_at, first.account, len(first.lines)) == (MORNING, "acme", 2)
    assert guest.account is None
    assert guest.lines[0].net is None
    assert back.lines == (OrderLine("x", Decimal(-1), Decimal("1.50"), "EUR"),)
    assert load(records, tmp_path, rows) == (4, 0, 3, 0)


def test_a_line_that_cannot_be_read_is_a_reject_of_its_field(records: Records, tmp_path: Path) -> None:
    good, others = "1,2026-05-04,x,2,1,a\n", "2,yesterday,x,1,1,a\n3,2026-05-04,x,0,1,a\n4,2026-05-04,x,1,-1,a\n"
    rows = good + "1,2026-05-04,,2,1,a\n" + others
    with pytest.raises(TooManyRejects, match="4 of 5 rows"):
        load(records, tmp_path, rows)
    assert not list(records.orders("shop"))
    assert load(records, tmp_path, rows, MAPPING.replace("0.5", "0.9")) == (1, 1, 0, 4)


def test_a_mapping_without_orders_is_refused(records: Records, tmp_path: Path) -> None:
    mapping = '[catalog]\ncurrency = "EUR"\n[product]\nid = "sku"\ntitle = "sku"\n'
    with pytest.raises(MappingError, match="orders"):
        load(records, tmp_path, "", mapping)


def test_the_sample_loads_with_cancellations_and_without_postage(records: Records, tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "samples" / "online_retail"
    with zstandard.open(sample / "order_lines.csv.zst", "rt", encoding="utf-8") as whole:
        lines = list(islice(whole, 5_000))
    (tmp_path / "lines.csv").write_text("".join(lines), encoding="utf-8")
    rules = read_mapping(sample / "mapping.toml")
    report = load_orders(records, "shop", [tmp_path / "lines.csv"], rules, rejects=tmp_path / "rejects.jsonl")
    kept = [
        row
        for row in csv.DictReader(lines)
        if re.fullmatch(r"\d{5}[A-Za-z]*", row["StockCode"]) and float(row["UnitPrice"]) > 0
    ]
    found = [(each.id, line) for each in records.orders("shop") for line in each.lines]
    assert report.rejected == 0
    assert report.accepted == len(kept) == len(found) > 4_000
    assert {identity for identity, line in found if line.quantity < 0} == {
        row["InvoiceNo"] for row in kept if row["InvoiceNo"].startswith("C")
    }
