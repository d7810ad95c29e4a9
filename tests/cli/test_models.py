"""Trained models on the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from registry import Registry, Training

ROOT = Path(__file__).parents[2]


def vitrine(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VITRINE_")}
    environment |= {"VITRINE_HOME": str(home), "COLUMNS": "200"}
    command = [sys.executable, "-m", "cli", "models", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_models_are_listed_promoted_and_rolled_back(tmp_path: Path) -> None:
    assert "no models" in vitrine(tmp_path, "list").stdout
    registry = Registry(tmp_path / "models")
    for text in ("one", "two"):
        registry.publish(
            "shop", "ranking", Training("0", metrics={"ndcg": 0.8}), lambda to, text=text: _write(to, text)
        )
    assert "ndcg 0.8" in vitrine(tmp_path, "list").stdout
    assert "version 1 of the model 'ranking' serves" in vitrine(tmp_path, "rollback", "shop", "ranking").stdout
    assert json.loads(vitrine(tmp_path, "promote", "shop", "ranking", "2", "--json").stdout)["version"] == 2
    listed = json.loads(vitrine(tmp_path, "list", "--json").stdout)
    assert [(each["version"], each["promoted"]) for each in listed] == [(1, False), (2, True)]
    missing = vitrine(tmp_path, "promote", "shop", "ranking", "9")
    assert missing.returncode == 1
    assert "there are: 1, 2" in missing.stderr


def _write(folder: Path, text: str) -> None:
    (folder / "model.txt").write_text(text)
