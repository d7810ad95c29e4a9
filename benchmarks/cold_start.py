"""From a clean clone to the first search: `make demo` in an empty folder, with what it takes in seconds.

Downloads are those of a warm cache where the machine has one: say so beside the figures. Prints JSON.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
WANTED = 30.0
_GIVE_UP = 900.0
_PAUSE = 0.1


def main() -> None:
    """Clone the committed state, start the demo, and print when it searched and when it was ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("VITRINE_", "UV_PROJECT"))}
        began = time.monotonic()
        make = subprocess.Popen(
            ["make", "demo"],
            cwd=clone,
            env=environment | {"VITRINE_PORT": str(port)},
            stdout=sys.stderr,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            seconds = {"installed": _until(make, (clone / ".venv" / "serving").exists) - began}
            body = json.dumps({"query": "hp notebook", "page_size": 3}).encode()
            seconds["first_search"] = _until(make, lambda: _answers(f"{address}/v1/icecat/search", body)) - began
            seconds["all_ready"] = _until(make, lambda: _answers(f"{address}/health/ready")) - began
        finally:
            os.killpg(make.pid, signal.SIGTERM)
            make.wait(timeout=60)
    figures = {name: round(value, 1) for name, value in seconds.items()}
    print(
        json.dumps({**figures, "wanted_first_search": WANTED, "load_average": round(os.getloadavg()[0], 1)}, indent=2)
    )


def _until(make: subprocess.Popen[bytes], holds: Callable[[], bool]) -> float:
    """Return the moment at which something begins to hold."""
    end = time.monotonic() + _GIVE_UP
    while not holds():
        if make.poll() is not None or time.monotonic() > end:
            raise SystemExit("the demo did not come so far: see its output above")
        time.sleep(_PAUSE)
    return time.monotonic()


def _answers(url: str, body: bytes | None = None) -> bool:
    asked = urllib.request.Request(url, body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main()
