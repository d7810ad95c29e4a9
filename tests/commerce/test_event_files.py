"""Files of events into the records."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commerce.errors import TooManyRejects, UnknownCatalog
from commerce.product import Catalog, CatalogItem, Product
from commerce.readers import ListsReport, load_events, read_mapping
from commerce.records import Records

LINE = {"action_name": "click", "timestamp": "2026-05-04T09:00:00Z", "client_id": "c", "user_id": "ann",
        "account": "acme",
        "event_attributes": {"object": {"object_id": "p1"}, "position": {"ordinal": 2}}}  # fmt: skip
MAPPING = """
[catalog]
currency = "EUR"
[events]
action = "what"
at = "when"
product = "item"
session = "session"
user = "customer"
position = "place"
quantity = "pieces"
timezone = "Europe/Berlin"
[limits]
max_reject_share = 0.4
"""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(f"sqlite:///{tmp_path / 'records.db'}")
    store.upgrade()
    store.upsert(Catalog("shop", "EUR"), [CatalogItem(Product("p1", "t"))])
    yield store
    store.close()


def load(records: Records, folder: Path, text: str, mapping: str | None = None) -> ListsReport:
    file = folder / ("events.csv" if mapping else "events.jsonl")
    file.write_text(text)
    rules = None
    if mapping:
        (folder / "mapping.toml").write_text(mapping)
        rules = read_mapping(folder / "mapping.toml")
    return load_events(records, "shop", [file], rules, rejects=folder / "rejects.jsonl")


def test_lines_of_events_load_once_and_say_themselves_who_acted(records: Records, tmp_path: Path) -> None:
    other = {**LINE, "event_attributes": {"object": {"object_id": "gone"}}, "personalization": False}
    lines = "\n".join(json.dumps(each) for each in (LINE, other))
    report = load(records, tmp_path, lines)
    assert (report.accepted, report.written, report.unchanged, report.unknown) == (2, 2, 0, 1)
    again = load(records, tmp_path, lines)
    assert (again.written, again.unchanged) == (0, 2)
    assert [(each.user, each.account, each.personal) for each in records.events("shop")] == [
        ("ann", "acme", True), ("ann", "acme", False),
    ]  # fmt: skip


def test_tables_load_by_a_mapping(records: Records, tmp_path: Path) -> None:
    rows = (
        "what,when,item,session,customer,place,pieces\nview,2026-05-04T11:00:00,p1,s,,3,2\nclick,1777885200,p1,,ann,,\n"
    )
    assert load(records, tmp_path, rows, MAPPING).accepted == 2
    first, second = records.events("shop")
    assert first.at == second.at == datetime(2026, 5, 4, 9, tzinfo=UTC)
    assert (first.action, first.session, first.user, first.position, first.quantity) == ("view", "s", None, 3, 2)
    assert (second.action, second.user, second.object_id) == ("click", "ann", "p1")


def test_rows_that_cannot_be_used_are_rejected_by_reason(records: Records, tmp_path: Path) -> None:
    rows = (
        "what,when,item,session,customer,place,pieces\nview,2026-05-04T11:00:00,p1,s,,,\nview,soon,p1,s,,,\n"
        "view,2026-05-04T11:00:01,p1,s,,,\n"
    )
    report = load(records, tmp_path, rows, MAPPING)
    assert (report.accepted, report.rejected) == (2, 1)
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["line"] == 3
    assert not list(tmp_path.glob("*.again"))


def test_too_many_rejects_write_nothing(records: Records, tmp_path: Path) -> None:
    with pytest.raises(TooManyRejects):
        load(records, tmp_path, json.dumps(LINE) + '\n{"timestamp": 1}\n{"a"')
    assert not list(records.events("shop"))


def test_events_of_no_catalogue_do_not_load(records: Records, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text(json.dumps(LINE))
    with pytest.raises(UnknownCatalog):
        load_events(records, "nowhere", [tmp_path / "events.jsonl"], rejects=tmp_path / "rejects.jsonl")
