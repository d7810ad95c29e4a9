"""The command line as a person or a script uses it, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

ROOT = Path(__file__).parents[2]
MAPPING = """
[catalog]
currency = "EUR"
[product]
id = "id"
title = "title"
[offer]
net = "price"
"""


class Shell:
    """Runs ``vitrine`` with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("VITRINE_")}
        self.environment |= {"VITRINE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def __call__(self, *words: str, code: int = 0, **more: str) -> str:
        command = [sys.executable, "-m", "cli", *words]
        environment = self.environment | more
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr


@pytest.fixture
def vitrine(tmp_path: Path) -> Shell:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    rows = [f"{at},{'red' if at % 2 else 'blue'} lamp {at},{at}.50" for at in range(1, 41)]
    (tmp_path / "shop.csv").write_text("\n".join(["id,title,price", *rows, ",nameless,1"]) + "\n")
    return Shell(tmp_path)


def test_a_newcomer_loads_indexes_and_searches(vitrine: Shell) -> None:
    assert "no catalogue is loaded" in vitrine("status")
    out = vitrine("load", "shop", "shop.csv", "--mapping", "mapping.toml")
    assert "40 products accepted" in out
    assert "rejected 1: id: must not be empty" in out
    assert "not indexed" in vitrine("status")
    assert "serves 40 products" in vitrine("index", "shop")
    found = vitrine("search", "shop", "red lamps", "-n", "3")
    assert "20 products" in found
    assert "EUR" in found
    assert "searched for: lamp" in vitrine("search", "shop", "lampp")


def test_json_is_for_programs(vitrine: Shell) -> None:
    loaded = json.loads(vitrine("load", "shop", "shop.csv", "-m", "mapping.toml", "--json"))
    assert (loaded["accepted"], loaded["rejected"]) == (40, 1)
    reject = json.loads((vitrine.folder / "home" / "rejects" / "shop.jsonl").read_text())
    assert (reject["file"], reject["line"], reject["field"]) == ("shop.csv", 42, "id")
    assert json.loads(vitrine("index", "shop", "--json"))["version"] == 1
    assert json.loads(vitrine("search", "shop", "red", "--json"))["total"] == 20
    status = json.loads(vitrine("status", "--json"))
    assert (status[0]["serving"], status[0]["pending_changes"]) == (40, 0)


def test_the_version_before_can_be_served_again(vitrine: Shell) -> None:
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    vitrine("index", "shop")
    assert "no earlier version" in vitrine("index", "shop", "--rollback", code=1)
    vitrine("index", "shop")
    assert "version 1 serves again" in vitrine("index", "shop", "--rollback")


def test_errors_name_the_file_the_line_and_the_mend(vitrine: Shell) -> None:
    assert "vitrine load" in vitrine("search", "shop", "x", code=1)
    assert "nowhere.toml" in vitrine("load", "shop", "shop.csv", "-m", "nowhere.toml", code=1)
    assert "no such file" in vitrine("load", "shop", "nowhere.csv", "-m", "mapping.toml", code=1)
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    assert "vitrine index shop" in vitrine("search", "shop", "x", code=1)
    vitrine("index", "shop")
    (vitrine.folder / "bad.csv").write_text("query,product_id,rating\nlamp,1,good\n")
    assert "bad.csv line 2" in vitrine("evaluate", "search", "shop", "--judgments", "bad.csv", code=1)
    assert "32 bytes" in vitrine("status", code=1, VITRINE_JWT_SECRET="short")


def test_wrong_use_is_exit_code_2(vitrine: Shell) -> None:
    vitrine("load", "shop", code=2)
    vitrine("nonsense", code=2)
    vitrine("search", "shop", "x", "--limit", "0", code=2)


def test_judgments_are_scored(vitrine: Shell) -> None:
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    vitrine("index", "shop")
    (vitrine.folder / "judged.csv").write_text("query,product_id,rating\nlamp 7,7,3\nlamp 7,8,0\nnothing,1,0\n")
    figures = json.loads(vitrine("evaluate", "search", "shop", "--judgments", "judged.csv", "--json"))
    assert (figures["ndcg"]["value"], figures["left_out"]) == (1.0, 1)


def test_a_token_carries_its_claims(vitrine: Shell) -> None:
    secret = "a secret for tests that is long enough to be used"
    assert "VITRINE_JWT_SECRET is not set" in vitrine("token", "--sub", "eva", code=1)
    words = ["--sub", "eva", "--account", "4711", "--price-lists", "a, b", "--scope", "admin", "--consent", "analytics"]
    claims = jwt.decode(vitrine("token", *words, VITRINE_JWT_SECRET=secret).strip(), secret, algorithms=["HS256"])
    assert (claims["sub"], claims["account"], claims["price_lists"]) == ("eva", "4711", ["a", "b"])
    assert (claims["scope"], claims["consent"]) == ("admin", {"analytics": True})


COMMANDS = ["", "load", "index", "search", "serve", "status", "token", "demo", "evaluate search"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_worth_reading(vitrine: Shell, command: str) -> None:
    text = vitrine(*command.split(), "--help")
    assert "Usage" in text
    assert len(text) > 400
