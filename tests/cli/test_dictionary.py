"""People look at the attribute dictionary, correct it in a file, and index again."""

import json
import os
import sys
from pathlib import Path

import pytest

from cli.main import main

MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "id"
title = "title"
[offer]
net = "price"
[attributes]
length = "number"
colour = "text"
"""


class Shell:
    """Runs ``vitrine`` in this process, with a home of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("VITRINE_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("VITRINE_HOME", str(folder / "home"))
        monkeypatch.setenv("COLUMNS", "200")

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        self._monkeypatch.setattr(sys, "argv", ["vitrine", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        assert ended.value.code == code, said.err
        return said.out, said.err

    def entries(self) -> dict[str, dict[str, object]]:
        return {entry["name"]: entry for entry in json.loads(self("dictionary", "shop", "--json")[0])}


@pytest.fixture
def vitrine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    rows = [f"{at},Cable {at % 9 + 1}.5 m,{at}.50,{at % 9 + 1}.5,red" for at in range(1, 41)]
    (tmp_path / "shop.csv").write_text("\n".join(["id,title,price,length,colour", *rows]) + "\n")
    shell = Shell(tmp_path, monkeypatch, capsys)
    shell("load", "shop", "shop.csv", "--mapping", "mapping.toml")
    shell("index", "shop")
    return shell


def test_the_dictionary_is_shown_written_corrected_and_in_force_after_indexing(vitrine: Shell) -> None:
    shown, _ = vitrine("dictionary", "shop")
    assert "length" in shown
    assert "2 attributes" in shown
    assert vitrine.entries()["length"]["unit"] == "m"

    vitrine("dictionary", "shop", "--out", "dictionary.toml")
    file = vitrine.folder / "dictionary.toml"
    content = file.read_text(encoding="utf-8")
    assert "# 40 products, number" in content
    corrected = content.replace("[length]", '[length]\nunit = "cm"\nlabels = { de = "Länge" }')
    file.write_text(corrected + '\n[lenght]\nunit = "m"\n', encoding="utf-8")

    _, said = vitrine("dictionary", "shop", "--set", "dictionary.toml")
    assert "[lenght]: the catalogue has no such attribute" in said
    assert "in force from the next `vitrine index shop`" in said
    vitrine("index", "shop")
    entry = vitrine.entries()["length"]
    assert (entry["unit"], entry["labels"]) == ("cm", {"en": "Length", "de": "Länge"})

    vitrine("dictionary", "shop", "--out", "again.toml")
    assert 'unit = "cm"' in (vitrine.folder / "again.toml").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_used_changes_nothing_and_says_the_mend(vitrine: Shell) -> None:
    (vitrine.folder / "wrong.toml").write_text("[length]\nunti = 'cm'\n")
    _, said = vitrine("dictionary", "shop", "--set", "wrong.toml", code=1)
    assert "[length] unti: there is no such key, use one of" in said
    (vitrine.folder / "latin.toml").write_bytes(b"[length]\nlabels = { de = 'L\xe4nge' }\n")
    _, said = vitrine("dictionary", "shop", "--set", "latin.toml", code=1)
    assert "not UTF-8" in said
    vitrine("index", "shop")
    assert vitrine.entries()["length"]["unit"] == "m"


def test_a_catalogue_that_is_not_there_is_said(vitrine: Shell) -> None:
    _, said = vitrine("dictionary", "shoe", code=1)
    assert "there is no catalogue 'shoe'" in said
