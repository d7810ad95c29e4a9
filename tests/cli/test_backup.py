"""The drill: load, back up while the shop writes, lose everything, restore, and answer as before."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from cli.main import main
from commerce.product import CatalogItem, Product
from commerce.records import Records
from commerce.records.address import database_address
from tests.cli.shell import MAPPING
from tests.databases import PASSWORD

Vitrine = Callable[..., str]


@pytest.fixture
def vitrine(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Vitrine:
    """Return a function that runs the command line in this process and returns what it said."""
    (tmp_path / "mapping.toml").write_text(MAPPING)
    rows = [f"{at},{'red' if at % 2 else 'blue'} lamp {at},{at}.50" for at in range(1, 41)]
    (tmp_path / "shop.csv").write_text("\n".join(["id,title,price", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VITRINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VITRINE_DATABASE_URL", database)

    def run(*words: str, code: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["vitrine", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, errors = capsys.readouterr()
        assert (ended.value.code or 0) == code, errors
        assert "Traceback" not in errors
        assert PASSWORD not in out + errors
        return out if code == 0 else errors

    return run


def answers(vitrine: Vitrine) -> list[object]:
    found = [json.loads(vitrine("search", "shop", query, "--json", "-n", "100")) for query in ("", "red", "lamp 7")]
    return [(each["total"], [(hit["id"], hit["net"]) for hit in each["hits"]]) for each in found]


def test_after_a_restore_the_shop_answers_as_it_did_when_it_was_backed_up(
    vitrine: Vitrine, database: str, tmp_path: Path
) -> None:
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    vitrine("index", "shop")
    before = answers(vitrine)
    written, over = Event(), Event()

    def write() -> None:
        # Other catalogues change all the while, so that the answers of this one can be compared.
        records, at = Records(database), 0
        while not over.is_set():
            records.upsert("busy", [CatalogItem(Product(str(at), "t"))])
            written.set()
            at += 1
        records.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            assert written.wait(60)
            assert json.loads(vitrine("backup", "kept", "--json"))["bytes"] > 1_000
        finally:
            over.set()
        writing.result()

    # What came later is lost, and with it the home with every index.
    (tmp_path / "shop.csv").write_text("id,title,price\n1,green lamp,1\n")
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    vitrine("index", "shop")
    assert answers(vitrine) != before
    shutil.rmtree(tmp_path / "home")
    assert "--replace" in vitrine("restore", "kept", code=1)
    assert json.loads(vitrine("restore", "kept", "--replace", "--json"))["products"] == {"shop": 40}
    assert answers(vitrine) == before


def test_no_version_of_the_index_from_before_a_restore_can_serve_again(vitrine: Vitrine) -> None:
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    vitrine("backup", "kept")
    for _ in range(2):
        vitrine("index", "shop")
    assert "40 products are back" in vitrine("restore", "kept", "--replace")
    assert "no earlier version" in vitrine("index", "shop", "--rollback", code=1)
    assert json.loads(vitrine("status", "--json"))[0]["pending_changes"] == 0


def test_a_database_of_a_newer_version_is_said_to_be_one_by_every_command(vitrine: Vitrine, database: str) -> None:
    engine = sa.create_engine(database_address(database))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    engine.dispose()
    for words in (("status",), ("load", "shop", "shop.csv", "-m", "mapping.toml"), ("serve", "--port", "0")):
        error = vitrine(*words, code=1)
        assert "from_tomorrow" in error
        assert "install the newer Vitrine" in error
    # The way back needs both of these.
    vitrine("backup", "kept")
    assert "from_tomorrow" in vitrine("restore", "kept", "--replace", code=1)


def test_a_database_that_is_away_is_named_by_its_variable(
    vitrine: Vitrine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "garbage.db").write_bytes(b"no database" * 1_000)
    for url in ("postgresql://me:hunter2@127.0.0.1:1/x", f"sqlite:///{tmp_path / 'garbage.db'}"):
        monkeypatch.setenv("VITRINE_DATABASE_URL", url)
        error = vitrine("status", code=1)
        assert "VITRINE_DATABASE_URL: cannot be opened" in error
        assert "hunter2" not in error
