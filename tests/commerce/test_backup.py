"""Backups of the records, written while others write, and put back."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from commerce.product import Catalog, CatalogItem, Offer, Product, Variant
from commerce.records import NewerDatabase, OfferChange, Records
from commerce.records.address import database_address
from commerce.records.backup import back_up, restore
from commerce.records.database import known_revisions
from commerce.records.errors import BackupFailed
from tests.databases import PASSWORD


def pair(at: int) -> list[CatalogItem]:
    variants = (Variant(f"left-{at}.ä", offer=Offer(Decimal("0.10"), at)),)
    return [CatalogItem(Product(f"left-{at}", "t", variants=variants)), CatalogItem(Product(f"right-{at}", "t"))]


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    store = Records(database)
    store.put_catalog(Catalog("shop", "EUR", "de"))
    store.put_text("shop", "dictionary", "[weight]\nunit = 'kg'\n")
    for at in range(20):
        store.upsert("shop", pair(at))
    yield store
    store.close()


def content(records: Records) -> object:
    log = [(each.seq, each.product_id, each.kind) for each in records.changes_since("shop", 0)]
    return records.catalogs(), list(records.items("shop")), log, records.text("shop", "dictionary")


def test_what_was_backed_up_comes_back_whatever_happened_since(records: Records, database: str, tmp_path: Path) -> None:
    before, last = content(records), records.last_seq()
    assert back_up(database, tmp_path / "kept") == (tmp_path / "kept").stat().st_size
    records.replace("shop", [CatalogItem(Product("wrong", "t"))])
    records.put_catalog(Catalog("other", "USD"))
    records.put_text("shop", "dictionary", "lost")
    restore(database, tmp_path / "kept")
    # Connections that were open all the time see it, and numbers of the log go on.
    assert content(records) == before
    records.patch_offers("shop", [OfferChange("left-3.ä", stock=7)])
    assert records.last_seq() == last + 1
    assert not list(tmp_path.glob("*.partial"))


def test_a_backup_is_of_one_moment_while_others_write(records: Records, database: str, tmp_path: Path) -> None:
    written, over = Event(), Event()

    def write() -> int:
        other, at = Records(database), 20
        while not over.is_set():
            other.upsert("shop", pair(at))
            written.set()
            at += 1
        other.close()
        return at

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            assert written.wait(60)
            least = records.count("shop")
            back_up(database, tmp_path / "kept")
        finally:
            over.set()
        most = writing.result() * 2
    restore(database, tmp_path / "kept")
    kept = {item.product.id for item in records.items("shop")}
    assert least <= len(kept) <= most
    assert kept == {f"{side}-{at}" for side in ("left", "right") for at in range(len(kept) // 2)}
    assert records.last_seq() == len(kept)


def test_a_backup_of_an_older_version_is_brought_up_to_date(empty_database: str, tmp_path: Path) -> None:
    store = Records(empty_database)
    store.upgrade("0001")
    engine = sa.create_engine(database_address(empty_database))
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO catalogs VALUES ('old', 'EUR', 'en')"))
    engine.dispose()
    back_up(empty_database, tmp_path / "kept")
    store.upgrade()
    store.put_text("old", "dictionary", "newer")
    restore(empty_database, tmp_path / "kept")
    assert store.revision() == "0001"
    store.upgrade()
    assert (store.catalogs(), store.text("old", "dictionary")) == ([Catalog("old", "EUR", "en")], None)
    store.close()


def test_a_backup_of_a_newer_version_is_refused(records: Records, database: str, tmp_path: Path) -> None:
    engine = sa.create_engine(database_address(database))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    back_up(database, tmp_path / "kept")
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{known_revisions()[0]}'"))
    engine.dispose()
    with pytest.raises(NewerDatabase, match="from_tomorrow"):
        restore(database, tmp_path / "kept")
    assert records.count("shop") == 40


def test_a_damaged_backup_leaves_the_records_as_they_are(records: Records, database: str, tmp_path: Path) -> None:
    before = content(records)
    # Enough that the archive is cut within the rows, not in its list of contents.
    records.upsert("shop", [CatalogItem(Product(f"big-{at}", os.urandom(600).hex())) for at in range(300)])
    back_up(database, tmp_path / "kept")
    records.delete("shop", [f"big-{at}" for at in range(300)])
    whole = (tmp_path / "kept").read_bytes()
    log = content(records)
    for name, damaged in (("half", whole[: len(whole) // 2]), ("text", b"no backup"), ("empty", b"")):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(BackupFailed, match=name):
            restore(database, tmp_path / name)
        assert content(records) == log
    assert records.count("shop") == len(before[1])  # type: ignore[index]
    with pytest.raises(BackupFailed, match="no such file"):
        restore(database, tmp_path / "nowhere")


def test_a_place_that_cannot_be_written_is_named(records: Records, database: str, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nowhere"):
        back_up(database, tmp_path / "nowhere" / "kept")


def test_a_backup_is_its_owner_s_alone_and_replaces_the_one_before(
    records: Records, database: str, tmp_path: Path
) -> None:
    target = tmp_path / "kept"
    target.write_text("the one before")
    back_up(database, target)
    assert target.stat().st_mode & 0o777 == 0o600
    restore(database, target)
    assert records.count("shop") == 40


def test_a_sqlite_backup_is_one_file_that_its_own_tools_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    with pytest.raises(BackupFailed, match="nothing to back up"):
        back_up(url, tmp_path / "kept")
    store = Records(url)
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    back_up(url, tmp_path / "kept")
    store.close()
    copy = sqlite3.connect(tmp_path / "kept")
    assert copy.execute("SELECT id FROM catalogs").fetchall() == [("shop",)]
    copy.close()
    assert not (tmp_path / "kept-wal").exists()


@pytest.mark.parametrize("way", ["VACUUM INTO '{}'", ".backup"])
def test_a_copy_that_sqlite_made_itself_is_put_back(tmp_path: Path, way: str) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    store = Records(url)
    store.upgrade()
    store.put_catalog(Catalog("shop", "EUR"))
    with closing(sqlite3.connect(tmp_path / "records.db")) as live, closing(sqlite3.connect(tmp_path / "kept")) as copy:
        if way == ".backup":
            live.backup(copy)
        else:
            copy.close()
            live.execute(way.format(tmp_path / "kept"))
    store.put_catalog(Catalog("other", "EUR"))
    restore(url, tmp_path / "kept")
    assert [catalog.id for catalog in store.catalogs()] == ["shop"]
    store.close()


def test_an_archive_that_pg_dump_made_itself_is_put_back(postgres_database: str, tmp_path: Path) -> None:
    store = Records(postgres_database)
    store.put_catalog(Catalog("shop", "EUR"))
    address = database_address(postgres_database)
    target = f"--dbname=host='{address.query['host']}' user={address.username} dbname={address.database}"
    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={tmp_path / 'kept'}", target]
    subprocess.run(command, env={**os.environ, "PGPASSWORD": PASSWORD}, check=True)
    store.put_catalog(Catalog("other", "EUR"))
    restore(postgres_database, tmp_path / "kept")
    assert [catalog.id for catalog in store.catalogs()] == ["shop"]
    store.close()


def test_postgres_programs_that_are_missing_are_named(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match=r"pg_dump.*postgresql-client"):
        back_up(postgres_database, tmp_path / "kept")
    (tmp_path / "kept").touch()
    with pytest.raises(BackupFailed, match=r"pg_restore.*postgresql-client"):
        restore(postgres_database, tmp_path / "kept")


def test_a_server_that_refuses_a_backup_says_why_without_the_password(postgres_database: str, tmp_path: Path) -> None:
    address = database_address(postgres_database).set(database="nowhere")
    with pytest.raises(BackupFailed, match='"nowhere" does not exist') as caught:
        back_up(address.render_as_string(hide_password=False), tmp_path / "kept")
    assert PASSWORD not in str(caught.value)
    assert not (tmp_path / "kept").exists()
