"""Merchandising rules go to a file, are changed there, and come back."""

import json
from pathlib import Path

from tests.cli.shell import MAPPING, Shell


def test_rules_go_to_a_file_and_come_back(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "p.csv").write_text("id,title,price\n1,red lamp,1.00\n2,blue lamp,2.00\n")
    shell("load", "shop", "p.csv", "--mapping", "m.toml")
    shell("index", "shop")
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "b: {when: {query: {equals: lamp}}, then: {pin: [{id: '2', position: 1}]}}\na: {then: {banner: x}}\n"
    )
    assert "changed 2, would be removed 0" in shell("rules", "import", "shop", "rules.yaml", "--dry-run")
    shell("rules", "import", "shop", "rules.yaml")
    shell("rules", "export", "shop", "out.yaml")
    first = (tmp_path / "out.yaml").read_text()
    done = json.loads(shell("rules", "import", "shop", "out.yaml", "--json"))
    assert (done["rules"], done["changed"], done["removed"]) == (2, [], [])
    rules.write_text("b: {when: {query: {equals: lamp}}, then: {redirect: /lamps}}\n")
    done = json.loads(shell("rules", "import", "shop", "rules.yaml", "--prune", "--json"))
    assert (done["changed"], done["removed"]) == (["b"], ["a"])
    shell("rules", "export", "shop", "out.yaml")
    assert (tmp_path / "out.yaml").read_text() != first
    rules.write_text("c: {then: {hide: ['nothing = 1']}}\nb: {}\n")
    assert "rule 'c'" in shell("rules", "import", "shop", "rules.yaml", code=1)
    assert json.loads(shell("rules", "import", "shop", "out.yaml", "--json"))["changed"] == []


def test_synonyms_and_stop_words_go_to_a_file_and_come_back(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "p.csv").write_text("id,title,price\n1,red lamp,1.00\n")
    shell("load", "shop", "p.csv", "--mapping", "m.toml")
    words = tmp_path / "words.yaml"
    words.write_text(
        "light: {kind: equivalent, from: [lamp], to: [light]}\nfor: {kind: stop, from: [for], locale: en}\n"
    )
    assert "changed 2, would be removed 0" in shell("synonyms", "import", "shop", "words.yaml", "--dry-run")
    shell("synonyms", "import", "shop", "words.yaml")
    shell("synonyms", "export", "shop", "out.yaml")
    done = json.loads(shell("synonyms", "import", "shop", "out.yaml", "--json"))
    assert (done["synonyms"], done["changed"], done["removed"]) == (2, [], [])
    words.write_text("light: {kind: one_way, from: [lamp], to: [light]}\n")
    done = json.loads(shell("synonyms", "import", "shop", "words.yaml", "--prune", "--json"))
    assert (done["changed"], done["removed"]) == (["light"], ["for"])
