"""Training the order of hits from the command line, on a small shop with the encoder that ships."""

import csv
import json
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from commerce.event import Event, SearchRecord
from commerce.records import Records
from registry import Registry
from tests.cli.shell import MAPPING, Shell
from tests.sample import SAMPLES

KINDS = ["Notebook", "Notebook case", "Desk lamp", "Office chair", "Printer", "Keyboard", "Camera", "Drill", "Backpack",
         "Headphones", "Monitor", "Kettle"]  # fmt: skip
BRANDS, COLOURS = ("Aspo", "Belan", "Corvi"), ("red", "black", "white")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder: Path = tmp_path_factory.mktemp("shop")
    vitrine = Shell(folder)
    with (folder / "shop.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "title", "price", "category", "brand", "colour"))
        for number, (kind, brand, colour) in enumerate(product(KINDS, BRANDS, COLOURS)):
            rows.writerow((number, f"{brand} {kind} {colour}", 10 + number, kind, brand, colour))
    mapping = MAPPING.replace('title = "title"', 'title = "title"\ncategory = "category"\nbrand = "brand"')
    (folder / "mapping.toml").write_text(mapping + '\n[attributes]\ncolour = "text"\n', encoding="utf-8")
    vitrine("load", "shop", "shop.csv", "--mapping", "mapping.toml")
    Registry(folder / "home" / "models").install(SAMPLES / "icecat" / "models" / "encoder", "shop")
    vitrine("index", "shop")
    return vitrine


def trained(shop: Shell, *words: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(shop("train", "ranking", "shop", "--json", *words))
    return found


def test_the_best_evidence_is_used_and_never_displaced_by_lesser_one(shop: Shell) -> None:
    assert trained(shop)["from"] == "catalogue"
    assert "no two queries with clicks" in shop("train", "ranking", "shop", "--from", "clicks", code=1)
    assert "--judgments" in shop("train", "ranking", "shop", "--from", "judgments", code=2)
    records = Records(f"sqlite:///{shop.folder / 'home' / 'vitrine.db'}")
    now = datetime.now(UTC) - timedelta(days=1)
    kinds = list(enumerate(KINDS))
    searches = [
        SearchRecord(f"{at}-{time}", now, kind.lower(), 9, tuple(str(9 * at + each) for each in range(9)))
        for at, kind in kinds
        for time in range(6)
    ]
    # Everybody wants the last one.
    events = [
        Event(f"{at}-{time}", "click", now, f"c{at}-{time}", query_id=f"{at}-{time}", object_id=str(9 * at + 8))
        for at, _ in kinds
        for time in range(6)
    ]
    records.append_searches("shop", searches)
    records.append_events("shop", events)
    records.close()
    clicks = trained(shop, "--from", "clicks")
    assert (clicks["from"], clicks["queries"]) == ("clicks", len(KINDS))
    until = (now - timedelta(days=2)).date().isoformat()
    assert "no two queries" in shop("train", "ranking", "shop", "--from", "clicks", "--until", until, code=1)
    assert clicks["promoted"]
    lesser = trained(shop)
    assert (lesser["from"], lesser["promoted"]) == ("catalogue", False)
