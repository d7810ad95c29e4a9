"""How long comparisons take over HTTP, on the whole Icecat sample, with both engines.

``python -m benchmarks.comparison HOME`` asks a service over the embedded engine in ``HOME`` (the catalogue ``icecat``
loaded and indexed, ``vitrine demo --prepare-only``), and with ``VITRINE_OPENSEARCH_URL`` set, one over OpenSearch that
was indexed from the same home. Two hundred sets of two to six products of one type, ten from each of the twenty largest
types, are compared by one client over one connection: the first time each set is asked, the importance of its fields
may still have to be counted, the second time it is known. Beside it stands a product page of the same service.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson

from benchmarks.service import serving

TARGET = 10.0
_TYPES, _SETS, _MOST = 20, 10, 6
_HEADERS = {"content-type": "application/json"}


class Asker:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, body: object = None) -> tuple[float, Any]:
        """Return the milliseconds until the whole answer was read, and the answer."""
        content = None if body is None else orjson.dumps(body)
        began = time.perf_counter()
        self._connection.request(method, f"/v1/icecat{path}", content, _HEADERS)
        response = self._connection.getresponse()
        answer = response.read()
        took = (time.perf_counter() - began) * 1e3
        if response.status != 200:
            raise RuntimeError(f"{path}: {answer[:200]!r}")
        return took, orjson.loads(answer)


def main() -> None:
    """Measure each engine that there is; end with 1 where the median is above the target."""
    home = Path(sys.argv[1])
    engines = ["embedded", *(["opensearch"] if os.environ.get("VITRINE_OPENSEARCH_URL") else [])]
    medians = []
    for engine in engines:
        os.environ["VITRINE_ENGINE"] = engine
        with serving(home) as (port, process):
            asker = Asker(port)
            sets = list(_sets(asker))
            first = [asker.ask("POST", "/compare", {"ids": ids})[0] for ids in sets]
            before = process.cpu_times()
            again = [asker.ask("POST", "/compare", {"ids": ids})[0] for ids in sets]
            after = process.cpu_times()
            pages = [asker.ask("GET", f"/products/{ids[0]}")[0] for ids in sets]
        medians.append(statistics.median(again))
        print(f"{engine}: {len(sets)} comparisons of {sum(map(len, sets)) / len(sets):.1f} products")
        busy = (after.user + after.system - before.user - before.system) * 1e3 / len(sets)
        print(f"  the service computes {busy:.1f} ms a comparison, whatever else the machine does")
        for name, took in (("first", first), ("again", again), ("a product page", pages)):
            print(f"  {name:<15} {_spread(took)}")
    sys.exit(any(median > TARGET for median in medians))


def _sets(asker: Asker) -> Iterator[list[str]]:
    chosen = random.Random(1)
    facet = {"facets": ["category"], "facet_limit": _TYPES, "page_size": 1}
    values = asker.ask("POST", "/search", facet)[1]["facets"][0]["values"]
    for value in values[:_TYPES]:
        request = {"filter": f'category = "{value["value"]}"', "page_size": 100, "fields": ["id"], "facets": []}
        ids = [hit["id"] for hit in asker.ask("POST", "/search", request)[1]["hits"]]
        for _ in range(_SETS):
            yield chosen.sample(ids, chosen.randint(2, min(_MOST, len(ids))))


def _spread(took: Sequence[float]) -> str:
    ranked = sorted(took)
    p95, p99 = (ranked[int(share * (len(ranked) - 1))] for share in (0.95, 0.99))
    return f"p50 {statistics.median(ranked):.1f} ms, p95 {p95:.1f}, p99 {p99:.1f}"


if __name__ == "__main__":
    main()
