"""What a profile, a thousand merchandising rules and an experiment add to a search over HTTP.

Two services over the same Icecat answer every query, by turns: one has nothing but the catalogue, the other also the
rules, an experiment that every buyer is in, and the events of a buyer, who is who asks both of them. Prints one JSON
object: milliseconds of both, what is added to the median, and the processor's milliseconds a search, which other work
on the machine disturbs less. Run: python -m benchmarks.personal_search
"""

import os
import random
import shutil
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import jwt
import orjson
import psutil

from api.settings import Settings
from benchmarks.queries import distinct_queries
from benchmarks.rules import milliseconds, rules
from benchmarks.sample import SAMPLE, build
from benchmarks.service import Client, processor_ms, serving
from commerce.event import Event
from commerce.experiments import Arm, Experiment
from commerce.product import CatalogItem
from commerce.records import Behaviour, Records

_SECRET = "a secret of this benchmark and nobody else's"
_SEED = 11
_QUERIES = 400
_WARM_UP = 100
_RULES = 1_000
_VIEWS = 40
_USER = "u1"
Figures = dict[str, object]


def main() -> int:
    """Measure and print."""
    os.environ["VITRINE_JWT_SECRET"] = _SECRET
    claims = {"sub": _USER, "scope": "search", "consent": {"personalization": True, "analytics": True}}
    token = jwt.encode(claims, _SECRET, algorithm="HS256")
    with TemporaryDirectory() as folder:
        bare, full = Path(folder) / "bare", Path(folder) / "full"
        build(bare, "icecat", [SAMPLE / "products.jsonl.zst"], SAMPLE / "mapping.toml")
        shutil.copytree(bare, full)
        queries = _furnish(full)
        with serving(bare) as (port, without), serving(full) as (other, with_all):
            figures = _compared(queries, token, (Client(port), without), (Client(other), with_all))
    print(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
    return 0


def _furnish(home: Path) -> list[str]:
    """Write rules, an experiment and what the buyer did into the records; return the queries, which some rules are
    about."""
    records = Records(Settings(home=home, database_url=None).records_url())
    items = list(records.items("icecat"))
    queries = distinct_queries([item.product.title for item in items], _QUERIES + _WARM_UP, _SEED)
    records.put_rules("icecat", rules(_RULES, queries, [item.product.id for item in items]))
    records.put_experiment("icecat", Experiment("both", (Arm("control"), Arm("other", strength=60))))
    records.append_behaviour({"icecat": [Behaviour(events=_views(items))]})
    records.close()
    return queries


def _views(items: Sequence[CatalogItem]) -> list[Event]:
    draw = random.Random(_SEED)
    now = datetime.now(UTC)
    return [
        Event(f"e{at}", "product_view", now - timedelta(hours=at), user=_USER, object_id=item.product.id, personal=True)
        for at, item in enumerate(draw.sample(items, _VIEWS))
    ]


def _compared(
    queries: Sequence[str], token: str, bare: tuple[Client, psutil.Process], full: tuple[Client, psutil.Process]
) -> Figures:
    """Ask both services every query, each first every other time."""
    took: dict[bool, list[float]] = {False: [], True: []}
    personalized = in_experiment = ruled = 0
    spent = {}
    for at, query in enumerate(queries):
        if at == _WARM_UP:
            spent = {False: processor_ms(bare[1]), True: processor_ms(full[1])}
        for is_full in (False, True) if at % 2 else (True, False):
            client = (full if is_full else bare)[0]
            milliseconds_, answer = client.post({"query": query, "client_id": "c1"}, token)
            if at < _WARM_UP:
                continue
            took[is_full].append(milliseconds_)
            if is_full:
                found = orjson.loads(answer)
                personalized += found["personalized"]
                in_experiment += found["experiment"] is not None
                ruled += bool(found["rules_applied"])
    count = len(took[True])
    processor = {
        is_full: (processor_ms(process) - spent[is_full]) / count
        for is_full, process in ((False, bare[1]), (True, full[1]))
    }
    p50 = {each: statistics.median(values) for each, values in took.items()}
    return {
        "load_average": os.getloadavg()[0],
        "queries": count,
        "personalized": personalized,
        "in_an_experiment": in_experiment,
        "with_rules_applied": ruled,
        "rules": _RULES,
        "without_ms": milliseconds([each / 1e3 for each in took[False]]),
        "with_all_three_ms": milliseconds([each / 1e3 for each in took[True]]),
        "added_to_p50_ms": round(p50[True] - p50[False], 2),
        "median_of_differences_ms": round(
            statistics.median(one - other for one, other in zip(took[True], took[False], strict=True)), 2
        ),
        "processor_ms_a_search": {"without": round(processor[False], 2), "with_all_three": round(processor[True], 2)},
    }


if __name__ == "__main__":
    sys.exit(main())
