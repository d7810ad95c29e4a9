"""The tables' way from every revision to every other, with data in them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from commerce.product import Catalog, CatalogItem, Product
from commerce.records import NewerDatabase, Records
from commerce.records.address import database_address
from commerce.records.tables import metadata

BASE = "base"
VERSIONS = Path(__file__).parents[2] / "commerce" / "records" / "migrations" / "versions"
REVISIONS = [BASE, *sorted(path.name.split("_")[0] for path in VERSIONS.glob("[0-9]*.py"))]
ROWS: dict[str, dict[str, object]] = {
    "catalogs": {"id": "shop", "currency": "EUR", "locale": "de"},
    "products": {"catalog": "shop", "product_id": "ä-1", "document": '{"id": "ä-1", "title": "t"}', "net": "1.50",
                 "stock": 2**40, "popularity": 0.5, "tiers": None, "variants": 1, "cost": "1.20"},
    "variants": {"catalog": "shop", "product_id": "ä-1", "variant_id": "v" * 512, "net": "1.50", "stock": 3,
                 "cost": None},
    "changes": {"catalog": "shop", "product_id": "ä-1", "kind": "upsert", "at": "2026-01-01T00:00:00+00:00"},
    "loads": {"catalog": "shop", "kind": "products", "files": "[]", "started_at": "2026-01-01T00:00:00+00:00",
              "finished_at": "2026-01-01T00:00:01+00:00", "accepted": 1, "rejected": 0, "reasons": "{}",
              "quality": "{}"},
    "catalog_texts": {"catalog": "shop", "name": "dictionary", "content": "[units]\n"},
    "price_lists": {"catalog": "shop", "list_id": "p", "currency": "EUR", "valid_from": "2026-01-01T00:00:00+01:00",
                    "valid_until": None, "rules": None, "prices": 1, "version": 3},
    "price_rows": {"catalog": "shop", "list_id": "l" * 512, "part": 0, "prices": '[["ä-1", 1, "1.50"]]'},
    "assortments": {"catalog": "shop", "assortment_id": "a", "included": None,
                    "excluded": '{"ids": ["ä-1"], "filter": null}', "version": 1},
    "accounts": {"catalog": "shop", "account_id": "4711", "price_lists": '["p"]', "assortments": None,
                 "location": "Köln", "fallback": False, "groups": '["trade"]'},
    "orders": {"catalog": "shop", "order_id": "o" * 512, "placed_at": "2026-01-01T00:00:00.000000+00:00",
               "account": "a", "user_id": None, "lines": '[["ä-1", "-2", "1.50", "EUR"]]'},
    "promotions": {"catalog": "shop", "promotion_id": "p", "terms": '{"ids": ["ä-1"]}', "version": 2},
    "experiments": {"catalog": "shop", "experiment_id": "e", "terms": "{}", "version": 1},
    "rules": {"catalog": "shop", "rule_id": "r" * 512, "terms": None, "version": 0, "draft": "{}"},
    "rule_versions": {"catalog": "shop", "rule_id": "r" * 512, "version": 1, "terms": "{}",
                      "at": "2026-01-01T00:00:00+00:00"},
    "synonyms": {"catalog": "shop", "synonym_id": "s", "terms": "{}"},
    "events": {"catalog": "shop", "event_id": "e", "at": "2026-01-01T00:00:00.000000+00:00", "action": "click",
               "received_at": "2026-01-01T00:00:00.000000+00:00", "client_id": "c" * 512, "personal": True,
               "rest": "{}"},
    "erasures": {"catalog": "shop", "subject": "0" * 64, "at": "2026-01-01T00:00:00+00:00", "report": "{}"},
    "searches": {"catalog": "shop", "query_id": "q", "at": "2026-01-01T00:00:00.000000+00:00", "text": "ä", "total": 1,
                 "page": 1, "rest": "{}"},
    "revocations": {"claim": "jti", "value": "t", "issued_before": None},
}  # fmt: skip


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    made = sa.create_engine(database_address(empty_database))
    yield made
    made.dispose()


def contents(engine: Engine) -> dict[str, list[dict[str, object]]]:
    """Return the rows of every table."""
    tables = sa.MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        return {
            table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }


def fill(engine: Engine) -> None:
    """Add one row to every table that there is, with what columns it has."""
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                row = {name: value for name, value in ROWS[table.name].items() if name in table.c}
                connection.execute(sa.insert(table).values(row))


def move(store: Records, start: str, end: str) -> None:
    up = REVISIONS.index(end) > REVISIONS.index(start)
    store.upgrade(end) if up else store.downgrade(end)


@pytest.mark.parametrize(("start", "end"), list(permutations(REVISIONS, 2)))
def test_what_both_revisions_know_survives_the_way_between_them(
    empty_database: str, engine: Engine, start: str, end: str
) -> None:
    store = Records(empty_database)
    if start != BASE:
        store.upgrade(start)
        fill(engine)
    before = contents(engine)
    move(store, start, end)
    after = contents(engine)
    assert store.revision() == (None if end == BASE else end)
    for table in before.keys() & after.keys():
        assert len(after[table]) == 1
        for name in before[table][0].keys() & after[table][0].keys():
            assert after[table][0][name] == before[table][0][name]
    if end != BASE:
        assert {"catalogs", "products", "changes", "loads"} <= after.keys()
    store.upgrade()
    store.put_catalog(Catalog("other", "USD"))
    store.upsert("other", [CatalogItem(Product("1", "t"))])
    last = store.changes_since("other", 0)[-1].seq
    assert last == store.last_seq()
    store.close()


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_newest_revision_has_the_tables_that_the_code_writes(empty_database: str, engine: Engine) -> None:
    store = Records(empty_database)
    store.upgrade()
    store.close()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_that_fails_leaves_the_revision_before(empty_database: str, engine: Engine) -> None:
    store = Records(empty_database)
    store.upgrade("0001")
    fill(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE catalog_texts (in_the_way INTEGER)"))
    before = contents(engine)
    with pytest.raises(sa.exc.SQLAlchemyError, match="catalog_texts"):
        store.upgrade()
    assert contents(engine) == before
    assert store.revision() == "0001"
    store.close()


def test_processes_that_start_at_once_migrate_once(empty_database: str) -> None:
    stores = [Records(empty_database) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(store.upgrade) for store in stores]:
            done.result()
    stores[0].put_catalog(Catalog("shop", "EUR"))
    assert [catalog.id for catalog in stores[3].catalogs()] == ["shop"]
    for store in stores:
        store.close()


def test_tables_that_a_newer_version_made_are_refused_and_left_alone(database: str) -> None:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR"))
    engine = sa.create_engine(database_address(database))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    before = contents(engine)
    for change in (store.upgrade, lambda: store.downgrade("0001")):
        with pytest.raises(NewerDatabase, match=r"from_tomorrow.*" + REVISIONS[-1] + ".*backup"):
            change()
    assert contents(engine) == before
    engine.dispose()
    store.close()


def test_a_file_that_lost_its_write_ahead_log_gets_it_back(tmp_path: Path) -> None:
    # Some ways to copy a SQLite file end in another mode, in which readers would wait for the writer.
    url = f"sqlite:///{tmp_path / 'records.db'}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    store = Records(url)
    store.upgrade()
    store.close()
    for mode in ("delete", "wal"):
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            connection.exec_driver_sql(f"PRAGMA journal_mode={mode}")
        store.upgrade()
    store.close()
    engine.dispose()
