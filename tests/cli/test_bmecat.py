"""``vitrine load`` with BMEcat files, which need no mapping."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import ROOT, Shell

DATA = ROOT / "tests" / "data" / "bmecat"


@pytest.fixture
def vitrine(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_catalogue_of_several_files_loads_without_a_mapping_and_is_found(vitrine: Shell) -> None:
    small = sorted((DATA / "weidmueller").glob("*.zst"))[5:7]
    out = vitrine("load", "shop", *small)
    assert "2 products accepted" in out
    assert "price: has no PRICE_AMOUNT" in out
    rejects = vitrine.folder / "home" / "rejects" / "shop.jsonl"
    assert {json.loads(line)["line"] for line in rejects.read_text().splitlines()} == {3429, 563}
    vitrine("index", "shop")
    assert "1609801044" in vitrine("search", "shop", "Klemmenmarkierer")
    report = json.loads(vitrine("load", "shop", small[0], "--add", "--json"))
    assert (report["unchanged"], report["removed"]) == (1, 0)
    values = report["elements"]["FEATURE/FVALUE"]
    assert values["read"] == values["kept"] + values["merged"] + sum(values["left_out"].values())


def test_what_does_not_go_together_is_said(vitrine: Shell) -> None:
    catalogue = DATA / "small" / "bmecat12_new_catalog.xml"
    (vitrine.folder / "mapping.toml").touch()
    (vitrine.folder / "shop.csv").touch()
    assert "--mapping is needed" in vitrine("load", "shop", "shop.csv", code=2)
    assert "--mapping is needed" in vitrine("load", "shop", "shop.csv", catalogue, code=2)
    assert "BMEcat files say themselves" in vitrine("load", "shop", catalogue, "-m", "mapping.toml", code=2)
    update = DATA / "small" / "bmecat12_update_prices.xml"
    assert "there is no catalogue 'shop'" in vitrine("load", "shop", update, code=1)
    broken = vitrine.folder / "broken.xml"
    broken.write_text("<BMECAT>\n<HEADER>")
    assert "broken.xml line 2: is not well-formed XML" in vitrine("load", "shop", broken, code=1)
