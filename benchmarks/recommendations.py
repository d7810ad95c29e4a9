"""``python -m benchmarks.recommendations HOME``: how fast units are, over HTTP, of a home that `vitrine demo` prepared.

One client asks units of every kind in turn, each time for another buyer or product, and then the same ones again. The
machine's load before is printed: on a busy machine milliseconds say little, the processor's seconds a bit more.
"""

import argparse
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import jwt
import numpy as np
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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    given = parser.parse_args()
    os.environ["VITRINE_JWT_SECRET"] = SECRET
    accounts, products = buyers_and_products(given.home)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with serving(given.home) as (port, process):
        latencies(port, process, accounts, products)


def buyers_and_products(home: Path) -> tuple[Sequence[str], Sequence[str]]:
    """Return the accounts that ordered and the products of a home."""
    records = Records(f"sqlite:///{home.resolve() / 'vitrine.db'}")
    accounts = sorted({order.account for order in records.orders(CATALOG) if order.account})
    products = sorted(item.product.id for item in records.items(CATALOG))
    records.close()
    return accounts, products


def latencies(port: int, process: psutil.Process, accounts: Sequence[str], products: Sequence[str]) -> None:
    """Print milliseconds of single units at one client."""
    client = Client(port)
    print("\none client, ms           first p50    p99  server CPU    again p50    p99  server CPU")
    # Each personal strategy has buyers of its own: the units of one buyer share the ranking, which is what costs.
    shares = {name: accounts[at :: len(PERSONAL)] for at, name in enumerate(PERSONAL)}
    for strategy in (*PERSONAL, *ON_PRODUCTS, *ALONE):
        shown = f"{strategy:20}"
        asked = list(_asked(strategy, shares.get(strategy, ()), products))
        for _ in ("first", "again"):
            took: list[float] = []
            began = 0.0
            for number, (body, account) in enumerate(asked):
                if number == WARM_UP:
                    began = cpu_seconds(process)
                milliseconds, _answer = client.post(body, token_of(account) if account else None, PATH)
                took.append(milliseconds)
            measured = np.array(took[WARM_UP:])
            cpu = (cpu_seconds(process) - began) * 1e3 / len(measured)
            shown += f"{np.percentile(measured, 50):13.2f} {np.percentile(measured, 99):6.2f} {cpu:11.2f}"
        print(shown)


def _asked(
    strategy: str, accounts: Sequence[str], products: Sequence[str]
) -> Iterator[tuple[Mapping[str, object], str | None]]:
    total = WARM_UP + ASKED
    for number in range(total):
        account = accounts[number * len(accounts) // total] if strategy in PERSONAL else None
        seeds = [products[number * len(products) // total]] if strategy in ON_PRODUCTS else []
        yield {"strategy": strategy, "count": 10, "context": {"product_ids": seeds}}, account


def token_of(account: str) -> str:
    """Return a token of an account's buyer."""
    claims = {"sub": account, "account": account, "exp": int(time.time()) + 3_600}
    return jwt.encode(claims, SECRET, algorithm="HS256")


def cpu_seconds(process: psutil.Process) -> float:
    """Return the seconds that a process and its children computed."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main()
