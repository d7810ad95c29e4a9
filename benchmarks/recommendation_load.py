"""``python -m benchmarks.recommendation_load HOME``: how many single units a second several workers answer.

`wrk`, a native load generator (Debian: ``apt install wrk``), asks over a few kept connections for units of other
products and buyers each time, of a home that `vitrine demo` prepared. Cores used by each side and the machine's load
before are printed: on a busy machine a share of two cores is all that the service gets, and the figures say so.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson
import psutil

from benchmarks.recommendations import PATH, PERSONAL, SECRET, buyers_and_products, cpu_seconds, token_of
from benchmarks.service import serving

RESULTS = Path(__file__).with_name("recommendation_load.json")
ASKED = {"on products": ("bought_together", "similar", "accessories"), "for all": ("most_popular", "trending"),
         "personal": PERSONAL}  # fmt: skip
_DIFFERENT = 2_000
_BUYERS = 500
_LUA = """
local requests = {}
for line in io.lines("%s") do
  local token, body = line:match("^(%%S*)\\t(.*)$")
  local headers = {["Content-Type"] = "application/json"}
  if token ~= "" then headers["Authorization"] = "Bearer " .. token end
  requests[#requests + 1] = {headers, body}
end
local at = 0
request = function()
  at = at %% #requests + 1
  return wrk.format("POST", nil, requests[at][1], requests[at][2])
end
done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.timeout + summary.errors.connect + summary.errors.read
  local p50, p90, p99 = latency:percentile(50), latency:percentile(90), latency:percentile(99)
  io.write(string.format("%%d %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, p50, p90, p99, failed))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one run: requests a second, milliseconds, failures, and the cores that each side used. ``could`` is
    how many requests a second the machine's cores would answer at the processor time that these took."""

    asked: str
    requests_per_second: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    failed: int
    service_cores: float
    generator_cores: float
    service_ms_per_request: float
    could: float


def main() -> None:
    """Print a line for each kind of unit, and for all of them mixed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--store", action="store_true", help=f"write {RESULTS.name}")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt install wrk")
    os.environ["VITRINE_JWT_SECRET"] = SECRET
    accounts, products = buyers_and_products(given.home)
    busy = os.getloadavg()[0]
    print(f"load of the machine before: {busy:.1f} on {os.cpu_count()} cores")
    print(f"{given.workers} workers, {given.connections} connections, single units of ten products")
    kinds = {**ASKED, "all of them": tuple(each for several in ASKED.values() for each in several)}
    found: list[Load] = []
    with serving(given.home, given.workers) as (port, process):
        for name, strategies in kinds.items():
            lines = _lines(strategies, accounts, products)
            _run(port, process, name, lines, given.connections, 2)
            load = _run(port, process, name, lines, given.connections, given.seconds)
            found.append(load)
            print(
                f"{name:12} {load.requests_per_second:7,.0f}/s  p50 {load.p50_ms:.2f}  p90 {load.p90_ms:.2f}  p99 "
                f"{load.p99_ms:.2f} ms  failed {load.failed}  cores: service {load.service_cores:.2f}, wrk "
                f"{load.generator_cores:.2f}; {load.service_ms_per_request:.2f} ms of processor a unit: "
                f"{load.could:,.0f}/s if all cores were free"
            )
    if given.store:
        about = {"workers": given.workers, "connections": given.connections, "cores": os.cpu_count(), "load": busy}
        RESULTS.write_bytes(orjson.dumps({**about, "runs": found}, option=orjson.OPT_INDENT_2))


def _lines(strategies: Sequence[str], accounts: Sequence[str], products: Sequence[str]) -> list[str]:
    """Return requests as lines: a token or nothing, a tab, a body."""
    random = Random(1)
    tokens = [token_of(account) for account in random.sample(accounts, min(_BUYERS, len(accounts)))]
    lines = []
    for number in range(_DIFFERENT):
        strategy = strategies[number % len(strategies)]
        token = tokens[number % len(tokens)] if strategy in PERSONAL else ""
        context = {} if strategy in PERSONAL else {"product_ids": [random.choice(products)]}
        lines.append(f"{token}\t{orjson.dumps({'strategy': strategy, 'count': 10, 'context': context}).decode()}")
    return lines


def _run(port: int, process: psutil.Process, name: str, lines: Sequence[str], connections: int, seconds: int) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "requests"), Path(folder, "ask.lua")
        listed.write_text("\n".join(lines) + "\n")
        script.write_text(_LUA % listed)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
        before, began = cpu_seconds(process), time.perf_counter()
        wrk = psutil.Popen([*command, f"http://127.0.0.1:{port}{PATH}"], stdout=subprocess.PIPE, text=True)
        asking = 0.0
        while wrk.poll() is None:
            times = wrk.cpu_times()
            asking = times.user + times.system
            time.sleep(0.1)
        output = wrk.stdout.read().splitlines()[-1] if wrk.stdout else ""
        took = time.perf_counter() - began
        served = cpu_seconds(process) - before
    requests, microseconds, p50, p90, p99, failed = (int(each) for each in output.split())
    if failed:
        _tell_failures(port)
    each = served / max(requests, 1)
    could = (os.cpu_count() or 1) / (each + asking / max(requests, 1))
    rate = requests / microseconds * 1e6
    percentiles = (round(p50 / 1e3, 2), round(p90 / 1e3, 2), round(p99 / 1e3, 2))
    cores = (round(served / took, 2), round(asking / took, 2))
    return Load(name, round(rate), *percentiles, failed, *cores, round(each * 1e3, 3), round(could))


def _tell_failures(port: int) -> None:
    """Print which answers the service counted that were no units."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        counted = answer.read().decode().splitlines()
    for line in counted:
        if line.startswith("vitrine_requests_total") and "recommendations" in line and 'status="200"' not in line:
            print(line)


if __name__ == "__main__":
    main()
