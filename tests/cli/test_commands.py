"""The command line as a person or a script uses it, in a process of its own."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import jwt
import pytest
import zstandard

from tests.cli.shell import MAPPING, Shell


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
    assert (claims["fallback"], claims["exp"] - claims["iat"], len(claims["jti"])) == (True, 3600, 36)
    assert not {"aud", "iss"} & claims.keys()
    more = ["token", "--sub", "eva", "--no-fallback", "--jti", "t1", "--iss", "me"]
    minted = vitrine(*more, VITRINE_JWT_SECRET=secret, VITRINE_JWT_AUDIENCE="shop").strip()
    claims = jwt.decode(minted, secret, algorithms=["HS256"], audience="shop", issuer="me")
    assert (claims["fallback"], claims["jti"]) == (False, "t1")


def test_a_name_that_no_catalogue_can_have_is_refused_before_anything_is_written(vitrine: Shell) -> None:
    assert "lower-case letters" in vitrine("load", "Bad Name", "shop.csv", "-m", "mapping.toml", code=1)
    assert json.loads(vitrine("status", "--json")) == []


def test_settings_that_cannot_be_used_are_named_and_never_repeated(vitrine: Shell) -> None:
    (vitrine.folder / "file").touch()
    for variable, value, named in (
        ("VITRINE_JWT_SECRET", "hunter2", "openssl rand"),
        ("VITRINE_LOG_LEVEL", "loud", "VITRINE_LOG_LEVEL: "),
        ("VITRINE_DATABASE_URL", "nonsense", "VITRINE_DATABASE_URL: "),
        ("VITRINE_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/x", "VITRINE_DATABASE_URL: "),
        ("VITRINE_HOME", str(vitrine.folder / "file"), "VITRINE_HOME ("),
    ):
        error = vitrine("serve", "--port", "0", code=1, **{variable: value})
        assert named in error
        assert "hunter2" not in error
        assert len(error.splitlines()) == 1
    assert vitrine("status", VITRINE_LOG_LEVEL="INFO", VITRINE_JWT_SECRET="")


def test_an_address_that_is_taken_is_said_at_once(vitrine: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"127.0.0.1:{port} (Address already in use)" in vitrine("serve", "--port", port, code=1)


def test_serve_prints_its_address_once_it_answers_and_ends_in_peace(vitrine: Shell) -> None:
    vitrine("load", "shop", "shop.csv", "-m", "mapping.toml")
    vitrine("index", "shop")
    command = [sys.executable, "-m", "cli", "serve", "--port", "0", "--json"]
    environment = vitrine.environment | {"VITRINE_LOG_LEVEL": "error"}
    with subprocess.Popen(
        command, cwd=vitrine.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as service:
        try:
            assert service.stdout is not None
            address = json.loads(service.stdout.readline())["address"]
            with build_opener(ProxyHandler({})).open(f"{address}health/ready", timeout=20) as answer:
                assert json.load(answer)["catalogs"] == ["shop"]
        finally:
            service.terminate()
            out, errors = service.communicate(timeout=30)
    assert (out, errors) == ("", "")


def test_the_demo_loads_a_sample_again_only_when_it_has_changed(vitrine: Shell) -> None:
    mapping = MAPPING + '[source]\nformat = "csv"\n'
    for catalog, name in (("icecat", "products.jsonl.zst"), ("online_retail", "order_lines.csv.zst")):
        folder = vitrine.folder / "samples" / catalog
        folder.mkdir(parents=True)
        (folder / name).write_bytes(zstandard.compress((vitrine.folder / "shop.csv").read_bytes()))
        (folder / "mapping.toml").write_text(mapping)
    words = ("demo", "--samples", "samples", "--prepare-only", "--json")

    def versions() -> dict[str, int]:
        assert json.loads(vitrine(*words))["catalogs"] == ["icecat", "online_retail"]
        return {row["catalog"]: row["version"] for row in json.loads(vitrine("status", "--json"))}

    assert versions() == {"icecat": 1, "online_retail": 1}
    assert versions() == {"icecat": 1, "online_retail": 1}
    (vitrine.folder / "samples" / "icecat" / "mapping.toml").write_text(mapping + "# changed\n")
    assert versions() == {"icecat": 2, "online_retail": 1}
    assert "--samples" in vitrine("demo", "--samples", "nowhere", "--prepare-only", code=1)


COMMANDS = [
    "", "load", "index", "search", "dictionary", "report catalog", "report prices", "backup", "restore", "serve",
    "status", "token", "demo", "evaluate search",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_worth_reading(vitrine: Shell, command: str) -> None:
    text = vitrine(*command.split(), "--help")
    assert "Usage" in text
    assert len(text) > 400
