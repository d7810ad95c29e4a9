"""The command line in a process of its own, for tests."""

import os
import subprocess
import sys
from pathlib import Path

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
"""The mapping of a table with the columns id, title and price."""


class Shell:
    """Runs ``vitrine`` with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("VITRINE_")}
        self.environment |= {"VITRINE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def __call__(self, *words: str | Path, code: int = 0, **more: str) -> str:
        command = [sys.executable, "-m", "cli", *map(str, words)]
        environment = self.environment | more
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr
