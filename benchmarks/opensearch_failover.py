"""Kill a node of a three-node cluster while it is searched and written: what fails, for how long, and what is lost.

Needs `make opensearch-cluster`. Prints one JSON object. The node is started again at the end.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import orjson

from commerce.buyer import ANONYMOUS
from engines.opensearch import OpenSearchEngine, parse_url
from engines.plan import SearchPlan, TextMatch, Word
from engines.port import Document, FieldKind, Schema
from engines.results import StoredProduct
from language.errors import VitrineError

_LOCAL = Path(__file__).parents[1] / "deploy" / "opensearch-local" / "local.py"
_NODES = _LOCAL.parents[2] / ".opensearch" / "nodes"
_URL = "http://127.0.0.1:9201,http://127.0.0.1:9202,http://127.0.0.1:9203"
_KINDS: dict[str, FieldKind] = {"id": "text", "brand": "text"}
_CATALOG = "failover"
_PRODUCTS = 2_000
_QUERIES_A_SECOND = 20
_PLAN = SearchPlan(text=TextMatch((Word("lamp", (("lamp", 1.0),)),), {"title": 1.0}, 1), auto_facets=3)


class Watch:
    """What happened to queries and writes, and when."""

    def __init__(self) -> None:
        self.queries = 0
        self.failures: list[tuple[float, str]] = []
        self.last_success = monotonic()
        self.longest = 0.0
        self.partial = 0
        self.acknowledged: list[str] = []
        self.refused: list[str] = []

    def succeeded(self, *, whole: bool) -> None:
        """Note an answer; the longest time without one is kept."""
        now = monotonic()
        self.longest = max(self.longest, now - self.last_success)
        self.last_success = now
        self.queries += 1
        self.partial += not whole


def main() -> int:
    """Run the whole story once."""
    engine = OpenSearchEngine(parse_url(_URL, shards=2, replicas=1, prefix="bench", timeout=3.0, load_timeout=10.0))
    version = _serve(engine)
    watch, done = Watch(), Event()
    threads = [
        Thread(target=_search, args=(engine, watch, done)),
        Thread(target=_write, args=(engine, version, watch, done)),
    ]
    for thread in threads:
        thread.start()
    sleep(5)
    victim = _primary_holder(engine)
    began = monotonic()
    os.kill(int((_NODES / victim / "pid").read_text()), signal.SIGKILL)
    sleep(25)
    done.set()
    for thread in threads:
        thread.join()
    subprocess.run([sys.executable, _LOCAL, "start", "--nodes", "3"], check=True, capture_output=True)
    fresh = OpenSearchEngine(parse_url(_URL, prefix="bench")).open(_CATALOG)
    assert fresh is not None
    lost = set(watch.acknowledged)
    for at in range(0, len(watch.acknowledged), 500):
        lost -= fresh.get(watch.acknowledged[at : at + 500], ANONYMOUS).keys()
    told = {
        "killed": victim,
        "queries": watch.queries,
        "failed_queries": len(watch.failures),
        "failures": sorted({message[:80] for _, message in watch.failures}),
        "seconds_from_kill_to_last_failure": round(max((at - began for at, _ in watch.failures), default=0.0), 2),
        "longest_seconds_without_an_answer": round(watch.longest, 2),
        "partial_answers": watch.partial,
        "acknowledged_writes": len(watch.acknowledged),
        "lost_writes": len(lost),
        "failed_writes": len(watch.refused),
        "write_errors": sorted(set(watch.refused))[:3],
    }
    print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    return int(bool(lost) or watch.longest > 5.0)


def _serve(engine: OpenSearchEngine) -> int:
    version = engine.create(_CATALOG, Schema(kinds=_KINDS))
    builder = engine.builder(_CATALOG, version)
    builder.write(_document(f"p{at}") for at in range(_PRODUCTS))
    builder.commit(1)
    builder.close()
    engine.connection.patiently("GET", f"/_cluster/health/bench.{_CATALOG}.*", params={"wait_for_status": "green"})
    engine.switch(_CATALOG, version)
    for old in engine.versions(_CATALOG):
        if old != version:
            engine.drop(_CATALOG, old)
    return version


def _search(engine: OpenSearchEngine, watch: Watch, done: Event) -> None:
    while not done.wait(1 / _QUERIES_A_SECOND):
        try:
            engine.refresh()
            index = engine.open(_CATALOG)
            assert index is not None
            watch.succeeded(whole=index.search(_PLAN).exact)
        except VitrineError as error:
            watch.failures.append((monotonic(), error.message))


def _write(engine: OpenSearchEngine, version: int, watch: Watch, done: Event) -> None:
    number = 0
    builder = None
    while not done.wait(0.05):
        keys = [f"w{number}-{at}" for at in range(5)]
        number += 1
        try:
            if builder is None:
                builder = engine.builder(_CATALOG, version)
            builder.write(_document(key) for key in keys)
            builder.commit(number)
            watch.acknowledged += keys
        except VitrineError as error:
            watch.refused.append(error.message[:100])
            builder = None


def _primary_holder(engine: OpenSearchEngine) -> str:
    shards = engine.connection.call("GET", f"/_cat/shards/bench.{_CATALOG}.*", params={"format": "json"})
    return str(next(shard["node"] for shard in shards if shard["prirep"] == "p"))


def _document(identity: str) -> Document:
    stored = StoredProduct(identity, b"{}", f"lamp {identity}", None, None)
    return Document(stored, {"title": stored.title}, {"id": (identity,), "brand": ("Acme",)})


if __name__ == "__main__":
    sys.exit(main())
