"""``python -m benchmarks.visibility``: how soon changes over HTTP are seen by every worker, on OpenSearch.

Needs `make opensearch`. Three workers serve Icecat. Each change is timed from the moment it is sent until thirty new
connections in a row, which the system spreads over the workers, saw it; a connection that did not see it starts the
thirty again. Changes are prices, products put and products deleted, one at a time.
"""

import http.client
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import jwt
import orjson

from api.settings import Settings
from benchmarks.service import serving
from benchmarks.tables import render_visibility, write_into
from commerce.readers import load_files, read_mapping
from commerce.records import Records
from engines.opensearch import OpenSearchEngine, parse_url
from indexer import rebuild

WORKERS = 3
IN_A_ROW = 30
CHANGES = 20
SAMPLE = Path("samples/icecat")
RESULTS = Path("benchmarks/visibility.json")
README = Path("README.md")
URL = os.environ.get("VITRINE_TEST_OPENSEARCH_URL", "http://127.0.0.1:9200")
PREFIX = f"visible{os.getpid()}"
_SECRET = "a secret of the benchmark, which serves loopback only"
_PATIENCE = 60.0
Figures = dict[str, object]


def main() -> int:
    """Measure, print, and store the figures."""
    engine = OpenSearchEngine(parse_url(URL, prefix=PREFIX))
    os.environ.update(
        VITRINE_ENGINE="opensearch",
        VITRINE_OPENSEARCH_URL=URL,
        VITRINE_OPENSEARCH_PREFIX=PREFIX,
        VITRINE_JWT_SECRET=_SECRET,
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        records = Records(Settings(home=home).records_url())
        records.upgrade()
        mapping = read_mapping(SAMPLE / "mapping.toml")
        load_files(records, "icecat", [SAMPLE / "products.jsonl.zst"], mapping, rejects=home / "rejects")
        try:
            products = rebuild(records, engine, "icecat").products
            ids = [item.product.id for item in records.items("icecat")][:CHANGES]
            records.close()
            with serving(home, workers=WORKERS) as (port, _):
                seconds = _measure(_Shop(port), ids)
        finally:
            engine.connection.call("DELETE", f"/{PREFIX}.*", ignore=(404,), timeout=120)
            engine.close()
    figures: Figures = {
        "products": products,
        "workers": WORKERS,
        "connections_in_a_row": IN_A_ROW,
        "changes_of_each_kind": CHANGES,
        "load_average": round(os.getloadavg()[0], 1),
        "seconds": {
            kind: {"median": round(statistics.median(each), 2), "max": round(max(each), 2)}
            for kind, each in seconds.items()
        },
    }
    RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    write_into(README, "visibility", render_visibility(figures))
    print(render_visibility(figures))
    return 0


class _Shop:
    """The service, asked over a new connection each time."""

    def __init__(self, port: int) -> None:
        self._port = port
        claims = {"sub": "benchmark", "scope": "search merchandise admin", "exp": int(time.time()) + 86_400}
        self._headers = {
            "authorization": f"Bearer {jwt.encode(claims, _SECRET, algorithm='HS256')}",
            "content-type": "application/json",
        }

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Send one request and return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        content = None if body is None else orjson.dumps(body)
        connection.request(method, f"/v1/icecat/{path}", content, self._headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def seconds_until_seen(self, change: tuple[str, str, object], seen: Callable[[], bool]) -> float:
        """Send a change and return the seconds until so many connections in a row saw it.

        Raises RuntimeError where it is refused, or not seen in a minute.
        """
        began = time.perf_counter()
        status, answer = self.ask(*change)
        if status >= 300:
            raise RuntimeError(f"{change[0]} {change[1]}: {status} {answer[:300]!r}")
        row = 0
        while row < IN_A_ROW:
            if seen():
                row += 1
                continue
            row = 0
            if time.perf_counter() - began > _PATIENCE:
                raise RuntimeError(f"{change[0]} {change[1]} was not seen by every worker in {_PATIENCE:g} s")
        return time.perf_counter() - began

    def sells_at(self, product: str, net: str) -> bool:
        """Say whether a product has this price."""
        status, answer = self.ask("GET", f"products/{product}")
        price = orjson.loads(answer)["price"] if status == 200 else None
        return price is not None and price["net"] == net

    def is_called(self, product: str, title: str | None) -> bool:
        """Say whether a product has this title; None where it is not there."""
        status, answer = self.ask("GET", f"products/{product}")
        return (orjson.loads(answer)["product"]["title"] if status == 200 else None) == title


def _measure(shop: _Shop, ids: list[str]) -> dict[str, list[float]]:
    offers, puts, deletes = [], [], []
    for at, product in enumerate(ids):
        net = str(Decimal("1000.25") + at)
        offer = ("PATCH", "offers", [{"product_id": product, "net": net}])
        offers.append(shop.seconds_until_seen(offer, partial(shop.sells_at, product, net)))
    new = {f"visible-{at}": f"Seen by every worker {at}" for at in range(len(ids))}
    for product, title in new.items():
        put = ("PUT", "products", [{"id": product, "title": title}])
        puts.append(shop.seconds_until_seen(put, partial(shop.is_called, product, title)))
    for product in new:
        gone = ("DELETE", f"products/{product}", None)
        deletes.append(shop.seconds_until_seen(gone, partial(shop.is_called, product, None)))
    return {"offers": offers, "put": puts, "delete": deletes}


if __name__ == "__main__":
    sys.exit(main())
