"""``make bench-scale``: a million products recombined from real ones: load, index, size, memory, search, offer updates.

Every step is the command that an operator runs, as a process of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import jwt
import numpy as np
import orjson

from benchmarks.generated import write_catalogue
from benchmarks.memory import anonymous_memory, watched
from benchmarks.offers import update_offers
from benchmarks.queries import distinct_queries
from benchmarks.service import Client, serving
from benchmarks.tables import render_scale, write_into
from commerce.records import Records

SEED = 20_261_125
PRODUCTS = 1_000_000
QUERIES = 1_000
WARM_UP = 100
OFFERS = 100_000
SAMPLE = Path("samples/icecat")
RESULTS = Path("benchmarks/scale.json")
README = Path("README.md")
_SECRET = "a secret of the benchmark, which serves loopback only"
Figures = dict[str, object]


def main() -> None:
    """Measure, print, and store the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--products", type=int, default=PRODUCTS)
    options.add_argument("--home", type=Path, help="keep the catalogue here, and take what an earlier run left")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        figures: Figures = {"products": given.products, "seed": SEED, "python": sys.version.split()[0]}
        figures.update(_build(home, given.products))
        figures.update(_serve(home))
    if given.products == PRODUCTS:
        RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        write_into(README, "scale", render_scale(figures))
        print(f"stored in {RESULTS} and {README}")


def _build(home: Path, products: int) -> Figures:
    home.mkdir(parents=True, exist_ok=True)
    built = home / "build.json"
    if built.exists():
        earlier: Figures = orjson.loads(built.read_bytes())
        print(f"built before: {earlier}")
        return earlier
    file = home / "products.jsonl.zst"
    if not file.exists():
        write_catalogue(file, SAMPLE, products, SEED)
    figures: Figures = {}
    mapping = str(SAMPLE / "mapping.toml")
    steps = {"load": ("load", "icecat", str(file), "--mapping", mapping), "index": ("index", "icecat", "--json")}
    for step, command in steps.items():
        seconds, anonymous, answer = _run(home, command)
        if step == "index":
            # The command goes on to take the catalogue's quality figures once the version serves.
            seconds = orjson.loads(answer)["seconds"]
        figures[f"{step}_s"] = round(seconds, 1)
        figures[f"{step}_anonymous_mb"] = round(anonymous / 1e6)
        print(f"{step:8}{seconds:8.1f} s, {anonymous / 1e9:.2f} GB anonymous memory at most")
    size = sum(path.stat().st_size for path in (home / "index").rglob("*") if path.is_file())
    figures["index_gb"] = round(size / 1e9, 2)
    figures["records_gb"] = round((home / "vitrine.db").stat().st_size / 1e9, 2)
    print(f"size    records {figures['records_gb']} GB, index {figures['index_gb']} GB")
    print("wanted  index in at most 900 s and 4 GB")
    built.write_bytes(orjson.dumps(figures))
    return figures


def _serve(home: Path) -> Figures:
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    ids, titles = [], []
    for at, item in enumerate(records.items("icecat")):
        if at % 10 == 0:
            ids.append(item.product.id)
            titles.append(item.product.title)
    queries = distinct_queries(titles, QUERIES + WARM_UP, SEED)
    os.environ["VITRINE_JWT_SECRET"] = _SECRET
    token = jwt.encode({"sub": "benchmark", "scope": "admin"}, _SECRET, algorithm="HS256")
    with serving(home) as (port, process):
        client = Client(port)
        took = [client.search(query)[0] for query in queries][WARM_UP:]
        p50, p95, p99 = (round(float(each), 1) for each in np.percentile(took, (50, 95, 99)))
        memory = anonymous_memory(process.pid)
        print(f"search  p50 {p50} ms, p95 {p95} ms (wanted: at most 60), p99 {p99} ms; one client, automatic facets")
        resident = process.memory_info().rss
        print(f"serving {memory / 1e9:.2f} GB anonymous memory, {resident / 1e9:.2f} GB with mapped files")
        load = update_offers(port, token, ids[:OFFERS], queries)
        after = anonymous_memory(process.pid)
        print(
            f"offers  {load.updates:,} in {load.seconds:.1f} s until the last was visible: {load.rate:,.0f}/s "
            f"(wanted: 5,000); {load.queries} queries meanwhile, {load.failed} failed, p95 {load.p95_ms:.0f} ms"
        )
    return {
        "search_ms": {"p50": p50, "p95": p95, "p99": p99},
        "serving_anonymous_mb": round(memory / 1e6),
        "serving_anonymous_after_offers_mb": round(after / 1e6),
        "offers_per_s": round(load.rate),
        "queries_while_updating": load.queries,
        "queries_failed": load.failed,
        "search_while_updating_p95_ms": round(load.p95_ms, 1),
    }


def _run(home: Path, command: Sequence[str]) -> tuple[float, int, bytes]:
    """Run one command; return its seconds, the most anonymous memory that it had, and what it printed."""
    began = time.perf_counter()
    environment = {**os.environ, "VITRINE_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", "cli", *command], env=environment, stdout=subprocess.PIPE)
    with watched(process.pid) as peak:
        answer, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"vitrine {' '.join(command)} failed")
    return time.perf_counter() - began, peak.anonymous, answer


if __name__ == "__main__":
    main()
