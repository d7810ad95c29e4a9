"""Price lists and assortments on their way from the records into what buyers see."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.buyer import Buyer
from commerce.pricing import Assortment, PriceList, PriceRow, PriceRule, Selected
from commerce.product import Catalog, CatalogItem, Offer, Product
from commerce.records import ListPrices, Records
from engines.embedded import EmbeddedEngine
from engines.embedded.builder import EmbeddedBuilder
from engines.plan import SearchPlan
from indexer import Follower, rebuild
from language.filters import parse_filter

GOLD = Buyer(price_lists=("gold",))
DEALER = Buyer(assortments=("dealer",))


def lamp(identity: str, net: str = "10.00", brand: str = "Acme") -> CatalogItem:
    return CatalogItem(Product(identity, "desk lamp", brand=brand), Offer(Decimal(net)))


def gold(*rows: tuple[str, str], rules: tuple[PriceRule, ...] = ()) -> PriceList:
    return PriceList("gold", "EUR", tuple(PriceRow(article, Decimal(net)) for article, net in rows), rules)


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    store.upsert("shop", [lamp("1"), lamp("2", "20.00", "HP")])
    yield store
    store.close()


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path)


@pytest.fixture
def follower(records: Records, engine: EmbeddedEngine, tmp_path: Path) -> Iterator[Follower]:
    follower = Follower(records, engine, tmp_path)
    yield follower
    follower.stop()


def seen(engine: EmbeddedEngine, buyer: Buyer) -> dict[str, str]:
    index = engine.open("shop")
    assert index is not None
    return {hit.product.id: str(hit.product.net) for hit in index.search(SearchPlan(buyer=buyer, limit=100)).hits}


def test_a_new_version_has_every_list_and_assortment(records: Records, engine: EmbeddedEngine) -> None:
    records.put_price_list("shop", gold(("1", "7.50")))
    records.put_assortment("shop", Assortment("dealer", Selected(frozenset({"2"}))))
    rebuild(records, engine, "shop")
    assert seen(engine, GOLD) == {"1": "7.50", "2": "20.00"}
    assert seen(engine, DEALER) == {"2": "20.00"}
    assert seen(engine, Buyer()) == {"1": "10.00", "2": "20.00"}


def test_changed_and_removed_lists_follow(records: Records, engine: EmbeddedEngine, follower: Follower) -> None:
    rebuild(records, engine, "shop")
    records.put_price_list("shop", gold(("1", "7.50")))
    assert follower.step() == 1
    assert seen(engine, GOLD)["1"] == "7.50"
    rule = PriceRule(filter=parse_filter('brand = "HP"'), percent=Decimal(-10))
    records.put_price_list("shop", gold(("1", "7.00"), rules=(rule,)))
    assert follower.step() == 1
    assert seen(engine, GOLD) == {"1": "7.00", "2": "18.00"}
    records.delete_price_list("shop", "gold")
    assert follower.step() == 1
    assert seen(engine, GOLD) == seen(engine, Buyer())
    assert follower.step() == 0


def test_changed_and_removed_assortments_follow(records: Records, engine: EmbeddedEngine, follower: Follower) -> None:
    rebuild(records, engine, "shop")
    assert seen(engine, DEALER) == {}
    records.put_assortment("shop", Assortment("dealer", exclude=Selected(filter=parse_filter('brand = "HP"'))))
    follower.step()
    assert set(seen(engine, DEALER)) == {"1"}
    records.put_assortment("shop", Assortment("dealer"))
    follower.step()
    assert set(seen(engine, DEALER)) == {"1", "2"}
    records.delete_assortment("shop", "dealer")
    follower.step()
    assert seen(engine, DEALER) == {}


def test_one_batch_may_hold_changes_of_every_kind(records: Records, engine: EmbeddedEngine, follower: Follower) -> None:
    records.put_price_list("shop", PriceList("gone", "EUR"))
    rebuild(records, engine, "shop")
    # One id stands for a product, a list and an assortment.
    records.put_price_list("shop", PriceList("3", "EUR", (PriceRow("3", Decimal(1)),)))
    records.put_assortment("shop", Assortment("3", Selected(frozenset({"3"}))))
    records.upsert("shop", [lamp("3")])
    records.delete("shop", ["2"])
    records.delete_price_list("shop", "gone")
    assert follower.step() == 5
    assert seen(engine, Buyer(price_lists=("3",), assortments=("3",))) == {"3": "1.00"}
    assert set(seen(engine, Buyer())) == {"1", "3"}


def test_many_rows_are_committed_in_portions(
    records: Records, engine: EmbeddedEngine, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedBuilder, "rows_a_commit", 2)
    lists = [ListPrices(f"l{at}", (PriceRow("1", Decimal(at)), PriceRow("2", Decimal(at)))) for at in range(5)]
    records.put_list_prices("shop", lists)
    rebuild(records, engine, "shop")
    assert [seen(engine, Buyer(price_lists=(f"l{at}",)))["2"] for at in range(5)] == [f"{at}.00" for at in range(5)]
    records.put_list_prices("shop", [ListPrices(each.id, (PriceRow("1", Decimal(9)),)) for each in lists])
    assert follower.step() == 5
    assert [seen(engine, Buyer(price_lists=(f"l{at}",)))["1"] for at in range(5)] == ["9.00"] * 5
