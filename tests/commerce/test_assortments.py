"""Assortments as durable records, and their way into the change log."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from commerce.errors import InvalidAssortment, UnknownAssortment
from commerce.pricing import Assortment, Selected
from commerce.product import Catalog, CatalogItem, Product
from commerce.records import ListedProducts, Records
from language.filters import parse_filter

HP = parse_filter('brand = "HP"')


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    yield store
    store.close()


def ids(*named: str) -> Selected:
    return Selected(frozenset(named))


def logged(records: Records) -> list[tuple[str, str]]:
    return [(change.product_id, change.kind) for change in records.changes_since("shop", 0)]


def test_an_assortment_is_read_back_as_it_was_written(records: Records) -> None:
    for written in (
        Assortment("all"),
        Assortment("nothing", Selected()),
        Assortment("dealer/ä", Selected(frozenset({"1", "ä"}), HP), Selected(frozenset({"2"}), HP)),
    ):
        records.put_assortment("shop", written)
        assert records.assortment("shop", written.id) == replace(written, version=1)
    assert [each.id for each in records.assortments("shop")] == ["all", "dealer/ä", "nothing"]
    assert [each.id for each in records.assortments("shop", after="all", limit=1)] == ["dealer/ä"]


def test_only_what_changes_is_written_and_logged(records: Records) -> None:
    records.upsert("shop", [CatalogItem(Product("1", "t"))])
    first = Assortment("a", ids("1", "2"))
    written = records.put_assortment("shop", first)
    assert (written.version, written.changed, written.unknown) == (1, True, 1)
    assert not records.put_assortment("shop", first).changed
    dry = records.put_assortment("shop", Assortment("a"), dry_run=True)
    assert (dry.version, dry.changed) == (2, True)
    assert records.assortment("shop", "a").version == 1
    assert records.put_assortment("shop", Assortment("a")).version == 2
    assert records.delete_assortment("shop", "a")
    assert not records.delete_assortment("shop", "a")
    assert not records.delete_assortment("shop", "\0")
    with pytest.raises(UnknownAssortment):
        records.assortment("shop", "a")
    assert logged(records)[1:] == [("a", "assort")] * 3


def test_listed_products_leave_filters(records: Records) -> None:
    records.put_assortment("shop", Assortment("a", Selected(frozenset({"1"}), HP), Selected(frozenset({"2"}), HP)))
    listed = [ListedProducts("a", frozenset({"3"})), ListedProducts("b", frozenset({"1"}), frozenset({"2"}))]
    done = records.put_listed_products("shop", listed)
    assert (done.written, done.unchanged) == (2, 0)
    assert records.put_listed_products("shop", listed).unchanged == 2
    expected = Assortment("a", Selected(frozenset({"3"}), HP), Selected(frozenset({"2"}), HP), 2)
    assert records.assortment("shop", "a") == expected
    assert records.assortment("shop", "b") == Assortment("b", ids("1"), ids("2"), 1)


@pytest.mark.parametrize("identity", ["", "a\0", "\ud800"])
def test_an_unusable_id_is_refused(records: Records, identity: str) -> None:
    with pytest.raises(InvalidAssortment):
        records.put_assortment("shop", Assortment(identity))
