"""What only a database server can do to the records: go away, come back, sort and count in its own ways."""

import traceback
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import Records, RecordsUnavailable, UnusableDatabase
from commerce.records.address import database_address
from tests.databases import PASSWORD, Cluster


@pytest.fixture
def records(postgres_database: str) -> Iterator[Records]:
    store = Records(postgres_database)
    store.put_catalog(Catalog("shop", "EUR"))
    store.upsert("shop", [CatalogItem(Product(f"{at:05}", "t")) for at in range(4_500)])
    yield store
    store.close()


def test_a_connection_that_was_cut_while_it_idled_is_replaced(
    records: Records, postgres: Cluster, postgres_database: str
) -> None:
    for _ in range(2):
        postgres.disconnect(postgres_database)
        assert records.last_seq() == 4_500
        postgres.disconnect(postgres_database)
        assert records.delete("shop", ["nope"]) == 0


def test_a_connection_that_is_cut_in_use_fails_once_and_leaves_nothing_half(
    records: Records, postgres: Cluster, postgres_database: str
) -> None:
    reading = records.items("shop")
    next(reading)
    postgres.disconnect(postgres_database)
    with pytest.raises(RecordsUnavailable, match="try again"):
        list(reading)
    assert len(list(records.items("shop"))) == 4_500

    def cut() -> Iterator[CatalogItem]:
        for at in range(1_200):
            if at == 1_100:
                postgres.disconnect(postgres_database)
            yield CatalogItem(Product(f"new-{at}", "t"))

    with pytest.raises(RecordsUnavailable, match="try again"):
        records.upsert("shop", cut())
    assert (records.count("shop"), records.last_seq()) == (4_500, 4_500)
    assert records.upsert("shop", [CatalogItem(Product("new", "t"))]).written == 1


def test_a_server_that_lost_power_comes_back_with_what_was_written(records: Records, postgres: Cluster) -> None:
    postgres.stop()
    try:
        for ask in (records.catalogs, records.upgrade, lambda: records.delete("shop", ["1"])):
            with pytest.raises(RecordsUnavailable, match="does not answer"):
                ask()
    finally:
        postgres.start()
    assert records.count("shop") == 4_500


def test_many_products_are_read_through_a_cursor_of_the_server(
    records: Records, postgres: Cluster, postgres_database: str
) -> None:
    reading = records.items("shop")
    next(reading)
    name = database_address(postgres_database).database
    running = postgres.execute(
        f"SELECT query, state FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE 'FETCH %'"
    )
    assert [state for _, state in running] == ["idle in transaction"]
    assert "FETCH FORWARD 2000" in str(running[0][0])
    assert sum(1 for _ in reading) == 4_499


def test_a_transaction_isolated_by_default_does_not_hide_what_the_writer_before_wrote(
    records: Records, postgres_database: str
) -> None:
    address = database_address(postgres_database).update_query_dict(
        {"options": "-c default_transaction_isolation=serializable"}
    )
    other = Records(address.render_as_string(hide_password=False))
    other.upsert("shop", [CatalogItem(Product("1", "t"))])
    assert records.upsert("shop", [CatalogItem(Product("1", "t"))]).unchanged == 1
    other.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_an_address_reaches_the_same_database(
    records: Records, postgres_database: str, scheme: str
) -> None:
    store = Records(f"{scheme}{postgres_database[len('postgresql') :]}")
    assert store.count("shop") == 4_500
    store.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://u:hunter2@h/d", "postgresql+psycopg2://u:hunter2@h/d", "sqlite://"]
)
def test_an_address_of_another_kind_is_refused_with_an_example_and_not_repeated(url: str) -> None:
    with pytest.raises(UnusableDatabase, match="postgresql://user:password@host/name") as caught:
        Records(url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_password_is_in_no_error(postgres: Cluster, postgres_database: str) -> None:
    address = database_address(postgres_database)
    wrong = [
        address.set(password="hunter2"),
        address.set(password="hunter2", database="nowhere"),
        address.set(password="hunter2", username="nobody-knows"),
        address.set(password="hunter2", host="127.0.0.1", port=1, query={}),
        address.update_query_dict({"nonsense": "1"}),
    ]
    for each in wrong:
        store = Records(each.render_as_string(hide_password=False))
        with pytest.raises((RecordsUnavailable, sa.exc.SQLAlchemyError)) as caught:
            store.upgrade()
        said = "".join(traceback.format_exception(caught.value))
        assert "hunter2" not in said
        assert PASSWORD not in said
        store.close()
