"""``python -m benchmarks.recommendations HOME``: how fast units are, over HTTP, of a home that `vitrine demo` prepared.

First one client asks units of every kind in turn, each time for another buyer or product; then `wrk` (Debian: ``apt
install wrk``) asks single units from several connections at several workers. Cores used by each side, and the machine's
load before, are printed: on a busy machine the figures say little.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import jwt
import numpy as np
import orjson
import psutil

from benchmarks.service import Client, serving
from commerce.records import Records

CATALOG = "online_retail"
PATH = f"/v1/{CATALOG}/recommendations"
PERSONAL = ("next_basket", "for_you", "buy_again")
ON_PRODUCTS = ("bought_together", "viewed_together", "similar", "substitutes", "accessories", "session_next")
ALONE = ("trending", "most_popular", "new_arrivals")
ASKED = 300
WARM_UP = 30
SECRET = "a secret of this benchmark alone, long enough for HS256"
_LUA = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local at = 0
request = function() at = at %% #bodies + 1; return wrk.format(nil, nil, nil, bodies[at]) end
done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.timeout
  local p50, p90, p99 = latency:percentile(50), latency:percentile(90), latency:percentile(99)
  io.write(string.format("%%d %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, p50, p90, p99, failed))
end
"""


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args()
    os.environ["VITRINE_JWT_SECRET"] = SECRET
    records = Records(f"sqlite:///{given.home.resolve() / 'vitrine.db'}")
    accounts = sorted({order.account for order in records.orders(CATALOG) if order.account})
    products = sorted(item.product.id for item in records.items(CATALOG))
    records.close()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with serving(given.home) as (port, process):
        latencies(port, process, accounts, products)
    if shutil.which("wrk") is None:
        print("wrk is not installed: the load is not measured")
        return
    with serving(given.home, given.workers) as (port, process):
        load(port, process, products, given)


def latencies(port: int, process: psutil.Process, accounts: Sequence[str], products: Sequence[str]) -> None:
    """Print milliseconds of single units at one client."""
    client = Client(port)
    print("\none client, ms                p50    p99   server CPU")
    for strategy in (*PERSONAL, *ON_PRODUCTS, *ALONE):
        took: list[float] = []
        began = 0.0
        for number, (body, account) in enumerate(_asked(strategy, accounts, products)):
            if number == WARM_UP:
                began = _cpu(process)
            milliseconds, _ = client.post(body, _token(account) if account else None, PATH)
            took.append(milliseconds)
        measured = np.array(took[WARM_UP:])
        cpu = (_cpu(process) - began) * 1e3 / len(measured)
        print(f"{strategy:24} {np.percentile(measured, 50):8.2f} {np.percentile(measured, 99):6.2f} {cpu:9.2f}")


def load(port: int, process: psutil.Process, products: Sequence[str], given: argparse.Namespace) -> None:
    """Print how many single units a second several workers answer."""
    bodies = [
        orjson.dumps({"strategy": strategy, "count": 10, "context": {"product_ids": [product]}}).decode()
        for product, strategy in zip(
            products[::3], ("bought_together", "most_popular", "trending") * 1_000, strict=False
        )
    ]
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "bodies"), Path(folder, "ask.lua")
        listed.write_text("\n".join(bodies))
        script.write_text(_LUA % listed)
        command = ["wrk", "-t1", f"-c{given.connections}", f"-d{given.seconds}s", "-s", str(script)]
        before, began = _cpu(process), time.perf_counter()
        wrk = psutil.Popen([*command, f"http://127.0.0.1:{port}{PATH}"], stdout=subprocess.PIPE, text=True)
        asking = 0.0
        while wrk.poll() is None:
            times = wrk.cpu_times()
            asking = times.user + times.system
            time.sleep(0.1)
        output = wrk.stdout.read().splitlines()[-1] if wrk.stdout else ""
        seconds = time.perf_counter() - began
        served = _cpu(process) - before
    requests, microseconds, p50, p90, p99, failed = (int(each) for each in output.split())
    rate = requests / microseconds * 1e6
    print(f"\n{given.workers} workers, {given.connections} connections, single units: {rate:,.0f} a second")
    print(f"p50 {p50 / 1e3:.1f} ms, p90 {p90 / 1e3:.1f} ms, p99 {p99 / 1e3:.1f} ms, failed {failed}")
    print(f"cores used: {served / seconds:.2f} by the service, {asking / seconds:.2f} by wrk")


def _asked(
    strategy: str, accounts: Sequence[str], products: Sequence[str]
) -> Iterator[tuple[Mapping[str, object], str | None]]:
    total = WARM_UP + ASKED
    for number in range(total):
        account = accounts[number * len(accounts) // total] if strategy in PERSONAL else None
        seeds = [products[number * len(products) // total]] if strategy in ON_PRODUCTS else []
        yield {"strategy": strategy, "count": 10, "context": {"product_ids": seeds}}, account


def _token(account: str) -> str:
    claims = {"sub": account, "account": account, "exp": int(time.time()) + 3_600}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def _cpu(process: psutil.Process) -> float:
    """Return the seconds that a process and its children computed."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main()
