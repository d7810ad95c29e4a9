"""OpenSearch behind the port, beside the embedded engine and beside raw requests, in one run on Icecat.

Needs `make opensearch`. Prints one JSON object: loading, relevance and parity on all judged queries, latency of the
service over HTTP beside the same bodies sent raw, a re-index while the service is asked, and price updates.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread

import orjson
from opensearchpy import OpenSearch

from api.settings import Settings
from benchmarks.queries import distinct_queries
from benchmarks.service import Client, processor_ms, serving
from cli.evaluate import ranked_ids
from commerce.buyer import ANONYMOUS
from commerce.readers import load_files, read_mapping
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from engines.opensearch import OpenSearchEngine, parse_url
from engines.opensearch.connection import Json
from engines.plan import SearchPlan
from engines.port import OfferUpdate, SearchIndex
from evaluation.judgments import read_judgments
from evaluation.search_quality import evaluate_search
from indexer import rebuild
from ranking.request import SearchRequest
from ranking.search import search

SAMPLE = Path("samples/icecat")
URL = os.environ.get("VITRINE_TEST_OPENSEARCH_URL", "http://127.0.0.1:9200")
PREFIX = f"bench{os.getpid()}"
_SEED = 5
_QUERIES = 300
_WARM_UP = 100
_RATE = 20.0
_PRICES = 10_000
_PERSISTENCE = 0.9
Figures = dict[str, object]


def main() -> int:
    """Measure everything once."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine = OpenSearchEngine(parse_url(URL, prefix=PREFIX))
        try:
            figures = _measure(home, engine)
        finally:
            engine.connection.call("DELETE", f"/{PREFIX}.*", ignore=(404,), timeout=120)
    print(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
    return 0


def _measure(home: Path, engine: OpenSearchEngine) -> Figures:
    records = Records(Settings(home=home).records_url())
    records.upgrade()
    mapping = read_mapping(SAMPLE / "mapping.toml")
    load_files(records, "icecat", [SAMPLE / "products.jsonl.zst"], mapping, rejects=home / "rejects")
    embedded = EmbeddedEngine(home)
    rebuild(records, embedded, "icecat")
    began = time.perf_counter()
    report = rebuild(records, engine, "icecat")
    figures: Figures = {
        "load_average": os.getloadavg()[0],
        "products": report.products,
        "index_s": round(time.perf_counter() - began, 1),
    }
    here, there = embedded.open("icecat"), engine.open("icecat")
    assert here is not None
    assert there is not None
    figures["parity"] = _parity(here, there)
    titles = [item.product.title for item in records.items("icecat")]
    queries = distinct_queries(titles, _QUERIES + _WARM_UP, _SEED)
    figures["latency"] = _latency(home, engine, queries)
    figures["reindex_under_queries"] = _reindex(records, engine, queries)
    figures["prices"] = _prices(engine)
    records.close()
    return figures


def _parity(here: SearchIndex, there: SearchIndex) -> Figures:
    judgments = read_judgments(SAMPLE / "judgments.csv")
    overlaps, biased, totals, facets = [], [], 0, []
    for query in judgments:
        one, other = (search(index, SearchRequest(query=query), ANONYMOUS) for index in (here, there))
        first, second = ([hit.hit.product.id for hit in answer.hits[:10]] for answer in (one, other))
        overlaps.append(len(set(first) & set(second)) / max(len(first), len(second), 1))
        biased.append(_rank_biased_overlap(first, second))
        totals += one.total == other.total
        fields = [{facet.field for facet in answer.facets} for answer in (one, other)]
        facets.append(len(fields[0] & fields[1]) / max(len(fields[0] | fields[1]), 1))
    return {
        "queries": len(judgments),
        "ndcg_embedded": round(evaluate_search(judgments, lambda q: ranked_ids(here, q)).ndcg.value, 4),
        "ndcg_opensearch": round(evaluate_search(judgments, lambda q: ranked_ids(there, q)).ndcg.value, 4),
        "mean_overlap_of_10": round(statistics.mean(overlaps), 3),
        "mean_rank_biased_overlap": round(statistics.mean(biased), 3),
        "same_totals": totals,
        "facet_fields_in_common": round(statistics.mean(facets), 3),
    }


def _rank_biased_overlap(first: Sequence[str], second: Sequence[str]) -> float:
    """Return RBO with p = 0.9, extrapolated from the depth that both lists have (Webber, Moffat and Zobel, 2010).

    RBO_ext = X_k / k p^k + (1 - p) / p sum over d = 1..k of X_d / d p^d, X_d being the overlap at depth d
    """
    depth = min(len(first), len(second))
    if not depth:
        return float(len(first) == len(second))
    shared = [len(set(first[:at]) & set(second[:at])) / at for at in range(1, depth + 1)]
    p = _PERSISTENCE
    weighed = sum(each * p**at for at, each in enumerate(shared, start=1))
    return shared[-1] * p**depth + (1 - p) / p * weighed


def _latency(home: Path, engine: OpenSearchEngine, queries: Sequence[str]) -> Figures:
    """Ask the service, and by turns send the bodies that a search of the same query sends, raw: through opensearch-py
    as it comes, one after another as they depend on each other, each answer read.

    Neither side is answered from the cluster's request cache, and each goes first every other time: whoever comes
    second finds the index's pages and filters warm. What either side's process computes is told too, in milliseconds of
    the processor a query: other work on the machine disturbs it less than the clock.
    """
    bodies = _bodies(engine, queries)
    host = engine.connection.settings.hosts[0]
    raw = OpenSearch(hosts=[{"host": host.name, "port": host.port}])
    os.environ.update(VITRINE_ENGINE="opensearch", VITRINE_OPENSEARCH_URL=URL, VITRINE_OPENSEARCH_PREFIX=PREFIX)
    service_ms: list[float] = []
    raw_ms: list[float] = []
    ratios: list[float] = []
    raw_processor = service_processor = 0.0
    with serving(home) as (port, process):
        client = Client(port)
        for at, query in enumerate(queries):
            if at == _WARM_UP:
                raw_processor, service_processor = 0.0, processor_ms(process)
            if at % 2:
                sent, spent = _sent_raw(raw, bodies[query])
                took, _ = client.search(query)
            else:
                took, _ = client.search(query)
                sent, spent = _sent_raw(raw, bodies[query])
            raw_processor += spent
            if at >= _WARM_UP:
                service_ms.append(took)
                raw_ms.append(sent)
                ratios.append(took / sent)
        service_processor = processor_ms(process) - service_processor
    raw.close()
    measured = [len(bodies[query]) for query in queries[_WARM_UP:]]
    return {
        "queries": len(service_ms),
        "requests_a_query": round(statistics.mean(measured), 2),
        "answered_by_one_request": round(measured.count(1) / len(measured), 2),
        "service_ms": _quantiles(service_ms),
        "raw_ms": _quantiles(raw_ms),
        "service_to_raw_p50": round(statistics.median(service_ms) / statistics.median(raw_ms), 2),
        "median_of_ratios": round(statistics.median(ratios), 2),
        "processor_ms_a_query": {
            "service": round(service_processor / len(service_ms), 2),
            "raw": round(raw_processor / len(raw_ms), 2),
        },
    }


def _sent_raw(raw: OpenSearch, bodies: Sequence[Json]) -> tuple[float, float]:
    """Send bodies one after another; return the milliseconds until the last answer was read, and the processor's."""
    began, spent = time.perf_counter(), time.process_time()
    for body in bodies:
        raw.search(body=body, params={"request_cache": "false"})
    return (time.perf_counter() - began) * 1e3, (time.process_time() - spent) * 1e3


def _bodies(engine: OpenSearchEngine, queries: Sequence[str]) -> dict[str, list[Json]]:
    """Return what the search of each query sends."""
    sent: list[Json] = []
    call = engine.connection.call

    def listening(method: str, path: str, body: object = None, **options: object) -> Json:
        if path == "/_search" and isinstance(body, dict):
            sent.append(body)
        return call(method, path, body, **options)  # type: ignore[arg-type]

    index = engine.open("icecat")
    assert index is not None
    engine.connection.call = listening  # type: ignore[method-assign]
    found = {}
    for query in queries:
        sent.clear()
        search(index, SearchRequest(query=query), ANONYMOUS)
        found[query] = list(sent)
    engine.connection.call = call  # type: ignore[method-assign]
    return found


def _reindex(records: Records, engine: OpenSearchEngine, queries: Sequence[str]) -> Figures:
    """Index everything again while queries come at a steady rate; each must be answered."""
    took: list[float] = []
    failed: list[str] = []
    done = Event()

    def ask(query: str) -> None:
        began = time.perf_counter()
        try:
            index = engine.open("icecat")
            assert index is not None
            search(index, SearchRequest(query=query), ANONYMOUS)
            took.append((time.perf_counter() - began) * 1e3)
        except Exception as error:
            failed.append(repr(error)[:200])

    def keep_asking() -> None:
        with ThreadPoolExecutor(8) as pool:
            at = 0
            while not done.wait(1 / _RATE):
                pool.submit(ask, queries[at % len(queries)])
                at += 1

    asking = Thread(target=keep_asking)
    asking.start()
    began = time.perf_counter()
    rebuild(records, engine, "icecat")
    seconds = time.perf_counter() - began
    done.set()
    asking.join()
    return {
        "seconds": round(seconds, 1),
        "queries": len(took) + len(failed),
        "failed": len(failed),
        "errors": sorted(set(failed))[:3],
        "ms": _quantiles(took),
    }


def _prices(engine: OpenSearchEngine) -> Figures:
    """Change prices alone, in batches of 2,000, until a reader sees each."""
    index = engine.open("icecat")
    assert index is not None
    ids: list[str] = []
    cursor = None
    while len(ids) < _PRICES:
        answer = index.search(SearchPlan(limit=1_000, cursor=cursor))
        ids += [hit.product.id for hit in answer.hits]
        cursor = answer.cursor
        if cursor is None:
            break
    builder = engine.builder("icecat", index.stats().version)
    visible = []
    began = time.perf_counter()
    for start in range(0, len(ids), 2_000):
        batch = ids[start : start + 2_000]
        sent = time.perf_counter()
        builder.patch_offers(OfferUpdate(each, each, Decimal("77.77"), 5) for each in batch)
        builder.commit(index.stats().applied)
        engine.refresh()
        newest = engine.open("icecat")
        assert newest is not None
        assert str(newest.get(batch[-1:], ANONYMOUS)[batch[-1]].net) == "77.77"
        visible.append(time.perf_counter() - sent)
    seconds = time.perf_counter() - began
    builder.close()
    return {
        "products": len(ids),
        "products_a_second": round(len(ids) / seconds),
        "visible_after_s": round(max(visible), 2),
    }


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {f"p{at}": round(ordered[min(int(len(ordered) * at / 100), len(ordered) - 1)], 1) for at in (50, 95, 99)}


if __name__ == "__main__":
    sys.exit(main())
