"""Training and evaluation of recommendations on the command line, from files of sequences and sessions."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.shell import Shell

MAPPINGS = Path(__file__).parents[2] / "samples" / "mappings"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A catalogue of sequences: 150 users of even items and of odd ones."""
    shell = Shell(tmp_path_factory.mktemp("sequences"))
    random = np.random.default_rng(5)
    lines = [
        f"u{user} " + " ".join(f"i{2 * item + user % 2}" for item in random.integers(0, 10, 9)) for user in range(150)
    ]
    file = shell.folder / "sequences.txt"
    file.write_text("\n".join([*lines, "alone", ""]))
    for kind in ("products", "orders"):
        done = json.loads(
            shell("load", "seq", file, "--mapping", MAPPINGS / "sequences.toml", "--kind", kind, "--json")
        )
        assert done["accepted"] == (20 if kind == "products" else 1_350)
    return shell


def test_sequences_are_trained_on_and_say_what_each_strategy_has(shell: Shell) -> None:
    done = json.loads(shell("train", "recommender", "seq", "--json"))
    assert done["promoted"]
    assert (done["data"]["orders"], done["data"]["buyers"]) == (1_350, 150)
    assert not done["strategies"]["buy_again"]["is_fallback"]
    again = shell("train", "recommender", "seq", "--keep-trees")
    assert "version 2 of the recommender serves now" in again
    assert "viewed_together" in again


def test_an_evaluation_leaves_a_report_and_a_baseline_that_guards(shell: Shell) -> None:
    cut = ("evaluate", "recommender", "seq", "--cut", "2019-12-15")
    found = json.loads(shell(*cut, "--html", "report.html", "--save", "figures.json", "--json"))
    names = {row["name"] for row in found["cuts"]["2019-12-15"]}
    assert {"Vitrine's blend", "EASE", "implicit ALS"} <= names
    assert "<svg" in (shell.folder / "report.html").read_text()
    figures = json.loads((shell.folder / "figures.json").read_text())
    assert figures["recall@20 all"] == 1  # each user's twenty are all that there are
    (shell.folder / "better.json").write_text(json.dumps({**figures, "ndcg@10 all": 1.0}))
    assert "ndcg@10 all fell from 1.0000" in shell(*cut, "--baseline", "better.json", code=1)


def test_sessions_load_as_events_by_the_shipped_mapping(shell: Shell) -> None:
    rows = [f"s{at},i{step},2026-01-{1 + at % 28:02d}T10:0{step}:00Z" for at in range(30) for step in range(3)]
    (shell.folder / "sessions.csv").write_text("\n".join(["session_id,item_id,timestamp", *rows]))
    for kind in ("products", "events"):
        shell("load", "visits", "sessions.csv", "--mapping", MAPPINGS / "sessions.toml", "--kind", kind)
    done = json.loads(shell("train", "recommender", "visits", "--json"))
    assert done["data"]["visits"] == 30
    assert not done["strategies"]["session_next"]["is_fallback"]
