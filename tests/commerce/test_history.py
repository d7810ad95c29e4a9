"""The history of loads and the quality figures that belong to them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import LoadRecord, Records

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records(f"sqlite:///{tmp_path / 'shop.db'}")
    records.upgrade()
    records.put_catalog(Catalog("shop", "EUR"))
    yield records
    records.close()


def load(at: datetime, kind: str = "products", accepted: int = 1) -> LoadRecord:
    return LoadRecord("shop", kind, ["shop.csv"], at, at + timedelta(minutes=1), accepted, 2, {"id: empty": 2})


def test_loads_are_read_as_they_were_written_oldest_first(records: Records) -> None:
    first, second = load(START), load(START + timedelta(days=1), "prices", 7)
    records.add_load(first)
    records.add_load(second)
    assert records.loads("shop") == [first, second]
    assert records.loads("shop", limit=1) == [second]
    assert records.loads("other") == []


def test_loads_of_orders_and_events_are_no_part_of_a_catalogue_s_history(records: Records) -> None:
    records.add_load(load(START, "orders"))
    assert records.loads("shop") == []


def test_figures_belong_to_the_last_load_and_are_taken_once(records: Records) -> None:
    assert not records.note_quality("shop", {"products": 1})
    records.add_load(load(START))
    records.add_load(load(datetime.now(UTC)))
    assert records.note_quality("shop", {"products": 1, "mean": 0.5})
    assert not records.note_quality("shop", {"products": 2})
    assert [each.quality for each in records.loads("shop")] == [None, {"products": 1, "mean": 0.5}]


def test_figures_of_a_catalogue_that_changed_behind_its_load_are_not_the_load_s(records: Records) -> None:
    records.add_load(load(START))
    records.upsert("shop", [CatalogItem(Product("1", "lamp"))])
    assert not records.note_quality("shop", {"products": 1})
