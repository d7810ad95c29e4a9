"""``make bench-buyers``: Icecat with ten thousand price lists and five hundred assortments, beside the same without.

Lists: three base lists price every product; each of the others prices 50 to 2,000 products below the catalogue. Half of
the assortments are lists of ids, half are rules. Every buyer has one contract, one base list, and every other one an
assortment. The same queries are asked with and without a buyer, in turn, over HTTP. Then the answers to random buyers
and queries are compared with brute force over the whole catalogue. ``--engine opensearch`` measures
the other engine, on the node that ``VITRINE_TEST_OPENSEARCH_URL`` names or that `make opensearch` started.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import jwt
import numpy as np
import orjson

from benchmarks.brute_force import Truth, compare, draw_plan, products_of
from benchmarks.memory import anonymous_memory
from benchmarks.queries import distinct_queries
from benchmarks.service import Client, serving
from benchmarks.tables import render_buyers, write_into
from commerce.pricing import Assortment, PriceRow, Selected
from commerce.records import Records
from commerce.records.price_lists import ListPrices
from engines.embedded import EmbeddedEngine
from engines.opensearch import OpenSearchEngine, parse_url
from engines.port import SearchEngine
from language.filters.tree import Compare

SEED = 20_261_126
LISTS = 10_000
ASSORTMENTS = 500
QUERIES = 600
WARM_UP = 100
KINDS: Mapping[str, Mapping[str, object]] = {
    "words, price filter, price and brand facets, order by price": {
        "filter": "price < 200",
        "facets": ["price", "brand"],
        "sort": "price:asc",
    },
    "all products, price facet": {"query": "", "facets": ["price"]},
    "all products, order by price": {"query": "", "facets": [], "sort": "price:asc"},
}
"""Further searches; those that give no query take the words of each."""
ASKED_OF_A_KIND = 100
CHECKED = 200
CHECKED_LISTS = 400
CHANGES = 100_000
CHANGED_LISTS = 100
SAMPLE = Path("samples/icecat")
RESULTS = {
    "embedded": Path("benchmarks/buyers.json"),
    "opensearch": Path("benchmarks/buyers_opensearch.json"),
}
TABLES = {"embedded": "buyers", "opensearch": "buyers-opensearch"}
URL = os.environ.get("VITRINE_TEST_OPENSEARCH_URL", "http://127.0.0.1:9200")
PREFIX = f"bench{os.getpid()}"
README = Path("README.md")
_SECRET = "a secret of the benchmark, which serves loopback only"
_LONGEST_WAIT = 600
_BASES = ("base-0", "base-1", "base-2")
Figures = dict[str, object]
Nets = dict[str, int]


def main() -> None:
    """Measure, print, and store the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lists", type=int, default=LISTS)
    options.add_argument("--engine", choices=list(RESULTS), default="embedded")
    given = options.parse_args()
    os.environ |= {"VITRINE_JWT_SECRET": _SECRET, "VITRINE_ENGINE": given.engine}
    if given.engine == "opensearch":
        os.environ |= {"VITRINE_OPENSEARCH_URL": URL, "VITRINE_OPENSEARCH_PREFIX": PREFIX}
    try:
        with tempfile.TemporaryDirectory() as folder:
            figures = _measure(Path(folder), given.lists)
    finally:
        if given.engine == "opensearch":
            engine = OpenSearchEngine(parse_url(URL, prefix=PREFIX))
            engine.connection.call("DELETE", f"/{PREFIX}.*", ignore=(404,), timeout=120)
            engine.close()
    print(orjson.dumps(figures).decode())
    if given.lists == LISTS:
        results = RESULTS[given.engine]
        results.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        write_into(README, TABLES[given.engine], render_buyers(figures))
        print(f"stored in {results} and {README}")


def _measure(home: Path, lists: int) -> Figures:
    _vitrine(home, "load", "icecat", str(SAMPLE / "products.jsonl.zst"), "--mapping", str(SAMPLE / "mapping.toml"))
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    figures: Figures = {"lists": lists, "assortments": ASSORTMENTS, "seed": SEED}
    nets, titles = _products(records)
    drawn = random.Random(SEED)
    queries = distinct_queries(titles, QUERIES + WARM_UP, SEED)
    _vitrine(home, "index", "icecat")
    with serving(home) as (port, process):
        _ask(port, queries, [None] * len(queries))
        plain_memory = anonymous_memory(process.pid)
    began = time.perf_counter()
    rows = _put(records, nets, lists, drawn)
    put = time.perf_counter()
    _vitrine(home, "index", "icecat")
    figures |= {"rows": rows, "put_s": round(put - began, 1), "index_s": round(time.perf_counter() - put, 1)}
    print(f"{rows:,} rows of {lists:,} lists: {figures['put_s']} s to records, {figures['index_s']} s to index")
    with serving(home) as (port, process):
        figures |= _times(port, queries, lists, drawn)
        grown = anonymous_memory(process.pid) - plain_memory
        figures["memory_grown_mb"] = round(grown / 1e6)
        print(f"memory grew by {grown / 1e6:.0f} MB (wanted: at most 1,024)")
        figures |= _check(home, records, lists)
        figures |= _change(port, records, nets, drawn)
    records.close()
    return figures


def _vitrine(home: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "cli", *command],
        env={**os.environ, "VITRINE_HOME": str(home)},
        check=True,
        capture_output=True,
    )


def _products(records: Records) -> tuple[Nets, list[str]]:
    """Return the price of each product in cents, and all titles."""
    nets, titles = {}, []
    for item in records.items("icecat"):
        nets[item.product.id] = int((item.offer.net or Decimal(1)) * 100)
        titles.append(item.product.title)
    return nets, titles


def _put(records: Records, nets: Nets, lists: int, drawn: random.Random) -> int:
    """Write all lists and assortments to the records; return the rows of the lists."""
    ids = list(nets)
    count = 0

    def made() -> Iterator[ListPrices]:
        nonlocal count
        for at in range(lists + len(_BASES)):
            name = _BASES[at] if at < len(_BASES) else f"contract-{at - len(_BASES)}"
            chosen = ids if at < len(_BASES) else drawn.sample(ids, drawn.randint(50, 2_000))
            rows = tuple(PriceRow(each, _reduced(nets[each], drawn)) for each in chosen)
            count += len(rows)
            yield ListPrices(name, rows)

    records.put_list_prices("icecat", made())
    for at in range(ASSORTMENTS):
        some = Selected(frozenset(drawn.sample(ids, 5_000)))
        rule = Selected(filter=Compare("brand", "!=", drawn.choice(("HP", "Dell", "Lenovo", "Acer", "Canon"))))
        records.put_assortment("icecat", Assortment(f"group-{at}", some if at % 2 else rule))
    return count


def _reduced(cents: int, drawn: random.Random) -> Decimal:
    return Decimal(max(cents * drawn.randint(60, 99) // 100, 1)) / 100


def _times(port: int, queries: list[str], lists: int, drawn: random.Random) -> Figures:
    buyers = [
        _token(
            price_lists=[f"contract-{drawn.randrange(lists)}", drawn.choice(_BASES)],
            **({"assortments": [f"group-{drawn.randrange(ASSORTMENTS)}"]} if at % 2 else {}),
        )
        for at in range(len(queries))
    ]
    client = Client(port)
    words = [{"query": query} for query in queries]
    without, first = _in_turn(client, words, buyers)
    again = [client.post(request, token)[0] for request, token in zip(words, buyers, strict=True)]
    found = {
        name: _quantiles(took[WARM_UP:]) for name, took in (("without", without), ("first", first), ("again", again))
    }
    ratio = round(found["first"]["p95"] / found["without"]["p95"], 2)
    print(f"{found}; p95 with a buyer who asks for the first time is {ratio} of that without (wanted: at most 1.5)")
    kinds: dict[str, object] = {}
    for name, request in KINDS.items():
        some = [{"query": query, **request} for query in queries[-ASKED_OF_A_KIND:]]
        one, other = (_quantiles(took) for took in _in_turn(client, some, buyers[-ASKED_OF_A_KIND:]))
        kinds[name] = {"without": one, "with": other, "p95_ratio": round(other["p95"] / one["p95"], 2)}
        print(f"{name}: {kinds[name]}")
    return {"search_ms": found, "p95_ratio": ratio, "kinds": kinds}


def _in_turn(
    client: Client, requests: Sequence[Mapping[str, object]], buyers: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Send each request without a buyer and with one, each first every other time; return the milliseconds of both."""
    without: list[float] = []
    bought: list[float] = []
    for at, (request, token) in enumerate(zip(requests, buyers, strict=True)):
        for took, who in ((without, None), (bought, token)) if at % 2 else ((bought, token), (without, None)):
            took.append(client.post(request, who)[0])
    return without, bought


def _quantiles(took: Sequence[float]) -> dict[str, float]:
    p50, p95, p99 = (round(float(each), 2) for each in np.percentile(took, (50, 95, 99)))
    return {"p50": p50, "p95": p95, "p99": p99}


def _check(home: Path, records: Records, lists: int) -> Figures:
    """Compare the answers to random buyers and queries with brute force over the whole catalogue."""
    drawn = random.Random(SEED)
    names = [*_BASES, *(f"contract-{at}" for at in drawn.sample(range(lists), min(lists, CHECKED_LISTS)))]
    truth = Truth(
        products_of(records, "icecat"),
        {each.id: each for each in records.whole_price_lists("icecat", names)},
        {each.id: each for each in records.assortments("icecat")},
    )
    index = _engine(home).open("icecat")
    assert index is not None
    equal = 0
    for _ in range(CHECKED):
        plan = draw_plan(truth, "en", drawn)
        compared = compare(truth, index, plan)
        equal += not compared.differences
        if compared.differences:
            print(f"{plan}: {compared.differences}")
    print(f"{equal} of {CHECKED} random buyers and queries equal brute force (wanted: all)")
    return {"checked": CHECKED, "equal": equal}


def _engine(home: Path) -> SearchEngine:
    if os.environ["VITRINE_ENGINE"] == "opensearch":
        return OpenSearchEngine(parse_url(URL, prefix=PREFIX))
    return EmbeddedEngine(home)


def _change(port: int, records: Records, nets: Nets, drawn: random.Random) -> Figures:
    """Change one price, then 100,000, and wait until searches see them."""
    some = drawn.sample(list(nets), CHANGES // CHANGED_LISTS)
    began = time.perf_counter()
    records.put_list_prices("icecat", [ListPrices("contract-0", (PriceRow(some[0], Decimal("77777.77")),))])
    _wait(port, "contract-0", "77777.77", 1)
    seen = time.perf_counter() - began
    began = time.perf_counter()
    news = tuple(PriceRow(each, Decimal("88888.88")) for each in some)
    records.put_list_prices("icecat", (ListPrices(f"contract-{at}", news) for at in range(CHANGED_LISTS)))
    for at in (0, CHANGED_LISTS - 1):
        _wait(port, f"contract-{at}", "88888.88", len(some))
    all_seen = time.perf_counter() - began
    print(f"a price is seen after {seen:.2f} s (wanted: 2); {CHANGES:,} changes after {all_seen:.1f} s (wanted: 60)")
    return {"change_seen_s": round(seen, 2), "changes": CHANGES, "changes_seen_s": round(all_seen, 1)}


def _wait(port: int, name: str, net: str, products: int) -> None:
    client, token = Client(port), _token(price_lists=[name])
    deadline = time.monotonic() + _LONGEST_WAIT
    while time.monotonic() < deadline:
        if client.total(f"price = {net}", token) >= products:
            return
        time.sleep(0.01)
    raise RuntimeError(f"the prices of {name} were not seen within {_LONGEST_WAIT} s")


def _ask(port: int, queries: Sequence[str], tokens: Sequence[str | None]) -> list[float]:
    client = Client(port)
    return [client.search(query, token)[0] for query, token in zip(queries, tokens, strict=True)]


def _token(**claims: object) -> str:
    return jwt.encode({"sub": "benchmark", "scope": "search", **claims}, _SECRET, algorithm="HS256")


if __name__ == "__main__":
    main()
