"""What a search costs with profile, a thousand rules and an experiment active, beside the same search without them.

Two services of one worker each on the same Icecat with the models of the sample, one with 1,000 rules (as in
``benchmarks.rules``), a split and an interleaving, and a buyer with sixty events. Every query is asked of both in turn,
in changing order; processor time is the services' own. Told too is how many answers were personal, in an experiment
and under a rule. Writes benchmarks/merchandised.json.
Run: python -m benchmarks.merchandised [--queries 400]
"""

import argparse
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import jwt
import orjson
import psutil

from api.settings import Settings
from benchmarks.rules import rules
from benchmarks.sample import build_with_models, opened
from benchmarks.service import Client, processor_ms, serving
from commerce.event import Event
from commerce.experiments import Arm, Experiment
from commerce.product import Product
from commerce.records import Records

OUT = Path(__file__).parent / "merchandised.json"
_SECRET = "a secret of the benchmark, which serves loopback only"
_WARM_UP = 50
_SEED = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """One way of asking: which service, as whom, and what the request says beside the query."""

    name: str
    ruled: bool
    token: str | None
    more: Mapping[str, object]


def main() -> None:
    """Measure, print and store."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--queries", type=int, default=400)
    count = options.parse_args().queries
    os.environ["VITRINE_JWT_SECRET"] = _SECRET
    with TemporaryDirectory() as folder:
        plain, ruled = Path(folder) / "plain", Path(folder) / "ruled"
        build_with_models(plain)
        shutil.copytree(plain, ruled)
        _, products = opened(plain, "icecat")
        queries = _queries(products, count + _WARM_UP)
        _merchandise(ruled, queries, products)
        with serving(plain) as (first, one), serving(ruled) as (second, other):
            figures = {
                mode: _measured((Client(first), Client(second)), (one, other), queries, mode)
                for mode in ("lexical", "hybrid")
            }
    found = {"queries": count, "rules": 1_000, "load_average": round(os.getloadavg()[0], 1), **figures}
    OUT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


def _queries(products: Sequence[Product], count: int) -> list[str]:
    titles = [product.title.lower().replace(".", "").replace("(", "").replace(")", "").split() for product in products]
    step = max(len(titles) // count, 1)
    return [" ".join(title[:2]) for title in titles[::step]][:count]


def _merchandise(home: Path, queries: Sequence[str], products: Sequence[Product]) -> None:
    records = Records(Settings(home=home, database_url=None).records_url())
    records.put_rules("icecat", rules(1_000, queries, [product.id for product in products], _SEED))
    records.put_experiment("icecat", Experiment("a-split", (Arm("usual"), Arm("strong", strength=80))))
    arms = (Arm("usual"), Arm("plain", learned=False))
    records.put_experiment("icecat", Experiment("b-mixed", arms, "interleaving", unit="account", metric="clicked"))
    now = datetime.now(UTC)
    liked = [product for product in products if product.brand == "HP"][:60] or list(products[:60])
    records.append_events(
        "icecat",
        [
            Event(f"e{at}", "click", now - timedelta(hours=at), user="ann", object_id=product.id, personal=True)
            for at, product in enumerate(liked)
        ],
    )
    records.close()


def _measured(
    clients: tuple[Client, Client], processes: tuple[psutil.Process, psutil.Process], queries: Sequence[str], mode: str
) -> dict[str, dict[str, float]]:
    ways = _ways()
    taken: dict[str, list[float]] = {way.name: [] for way in ways}
    used = dict.fromkeys(taken, 0.0)
    acted = {name: Counter[str]() for name in taken}
    for number, query in enumerate(queries):
        # Of two services that are asked unequally often the one asked less would know fewer candidates beforehand.
        for client in clients:
            client.post({"query": query, "mode": mode}, None)
        for way in ways[number % len(ways) :] + ways[: number % len(ways)]:
            process = processes[way.ruled]
            before = processor_ms(process)
            took, answer = clients[way.ruled].post({"query": query, "mode": mode, **way.more}, way.token)
            if number >= _WARM_UP:
                acted[way.name].update(_acting(answer))
                taken[way.name].append(took)
                used[way.name] += processor_ms(process) - before
    rows = {
        name: {"p50_ms": round(median(values), 2), "processor_ms": round(used[name] / len(values), 2)}
        for name, values in taken.items()
    }
    base = dict(rows[ways[0].name])
    return {
        name: {**row, **{f"adds_{each}": round(row[each] - base[each], 2) for each in row}, **acted[name]}
        for name, row in rows.items()
    }


def _acting(answer: bytes) -> list[str]:
    found = orjson.loads(answer)
    seen = {
        "personalized": found["personalized"],
        "in_an_experiment": found["experiment"] is not None,
        "with_rules_applied": bool(found["rules_applied"]),
    }
    return [name for name, is_so in seen.items() if is_so]


def _ways() -> list[Asking]:
    def token(**claims: object) -> str:
        return jwt.encode({"scope": "search", **claims}, _SECRET, algorithm="HS256")

    consent = {"analytics": True, "personalization": True}
    ann = token(sub="ann", consent=consent)
    return [
        Asking("without", False, token(), {}),
        Asking("rules", True, token(), {}),
        Asking("rules and profile", True, ann, {}),
        Asking("rules, profile and experiment", True, ann, {"client_id": "c1"}),
        Asking("rules and interleaving", True, token(account="4711"), {}),
    ]


if __name__ == "__main__":
    main()
