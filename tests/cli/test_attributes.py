"""Training of extraction and comparison, and the report of attributes, on the command line."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from commerce.order import Order, OrderLine
from commerce.records import Records
from tests.cli.shell import Shell

MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "id"
title = "title"
category = "type"
[offer]
net = "price"
[attributes]
colour = "text"
"""
COLOURS = ("Black", "White", "Red", "Blue")


@pytest.fixture
def shop(tmp_path: Path) -> Shell:
    """A shop of lamps whose titles state the colour; one gives another, one none."""
    run = Shell(tmp_path)
    rows = []
    for number in range(120):
        colour = COLOURS[number % 4]
        given = {7: "Green", 8: None}.get(number, colour)
        lamp = {"id": f"l{number}", "title": f"Desk lamp L{number} {colour}", "type": "Lamps", "price": number + 10}
        rows.append(lamp if given is None else lamp | {"colour": given})
    (tmp_path / "lamps.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "mapping.toml").write_text(MAPPING)
    run("load", "shop", tmp_path / "lamps.jsonl", "--mapping", tmp_path / "mapping.toml")
    return run


def test_extraction_is_trained_and_the_report_names_contradictions_and_gaps(shop: Shell) -> None:
    trained = json.loads(shop("train", "extraction", "shop", "--json"))
    assert trained["attributes"] == 1
    assert "extraction" in shop("models", "list")
    said = json.loads(shop("report", "attributes", "shop", "--out", shop.folder / "report", "--json"))
    assert (said["types"], said["contradictions"]) == (1, 1)
    with (shop.folder / "report" / "contradictions.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["given"], row["stated"], row["evidence"]) == ("l7", "Green", "Blue", "Blue (title)")
    with (shop.folder / "report" / "completeness.csv").open(encoding="utf-8", newline="") as file:
        (complete,) = csv.DictReader(file)
    assert (complete["type"], complete["given"], complete["from_texts"]) == ("Lamps", "0.992", "0.008")


def test_comparison_is_trained_from_orders_before_a_date(shop: Shell) -> None:
    records = Records(f"sqlite:///{shop.folder / 'home' / 'vitrine.db'}")
    moments = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 6)]
    records.put_orders(
        "shop",
        [
            Order(f"o{number}", moments[number % 2], (OrderLine(f"l{number * 4 % 120 + 2}", Decimal(1)),), "acme")
            for number in range(60)
        ],
    )
    records.close()
    assert json.loads(shop("train", "comparison", "shop", "--json"))["types"] == 1
    assert json.loads(shop("train", "comparison", "shop", "--until", "2025-01-01", "--json"))["types"] == 0


def test_an_unknown_catalogue_is_named(shop: Shell) -> None:
    for words in (("train", "extraction"), ("train", "comparison"), ("report", "attributes")):
        assert "nowhere" in shop(*words, "nowhere", code=1)
