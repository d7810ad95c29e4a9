"""``python -m benchmarks.personal``: does the order that profiles make serve buyers better, and what does it cost?

Online Retail's orders become sessions. What a customer preferred in a session is known: the products of that order. For
each of them a query is made of the last words of its title; the search answers without profiles, and clicks follow a
position-based model: the place ``k`` is looked at with probability ``1 / k``, a product looked at is clicked with
probability 0.9 if it was preferred, else 0.05; a clicked product that was preferred is bought with probability 0.5. The
clicks and purchases before the cut are events; from these and the orders before the cut profiles are made as the
service makes them.

Then each order of the month behind the cut asks the same kind of queries, with what the customer did before it and
earlier in the same session, and both orders of the hits are scored by nDCG@10 against what that order held. Returning
buyers have orders before the cut, new ones have not. Intervals are by bootstrap over buyers. Weights were chosen with
``--validate``, whose cut lies two months earlier.

The cost is measured on Icecat with its models: the same searches with and without a profile of 60 products, in turn,
of products that were among the hits before, as after some minutes of service, and of products at first sight.
It is processor time, for the machine is shared.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import orjson

from api.settings import Settings
from benchmarks.queries import distinct_queries
from benchmarks.sample import build, opened
from benchmarks.tables import render_personal, write_into
from commerce.buyer import ANONYMOUS
from commerce.order import Order
from commerce.product import Product
from commerce.profile import Facts, Interaction, profile_of
from commerce.readers import load_files, load_orders, read_mapping
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from engines.port import SearchIndex
from evaluation.metrics import bootstrap_interval, ndcg
from indexer import rebuild
from indexer.embedding import load_embedder
from ranking.models import NO_MODELS, CatalogModels, Models
from ranking.personal import Personal, fact_reader
from ranking.request import SearchRequest
from ranking.search import search
from registry import Registry

SEED = 20_261_125
CUT = datetime(2011, 7, 1, tzinfo=UTC)
VALIDATION_CUT = datetime(2011, 5, 1, tzinfo=UTC)
MONTH = timedelta(days=31)
MOST_HISTORY = 8
MOST_QUERIES = 4
DEPTH = 24
STRENGTH = 50
SAMPLES = Path("samples")
RESULTS = Path("benchmarks/personal.json")
PAGE = Path("docs/behaviour.md")
_FEWEST_HITS, _MOST_HITS = 12, 400
Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class Session:
    """One order as a visit: when, whose, and what was preferred in it."""

    at: datetime
    buyer: str
    preferred: frozenset[str]


class Simulation:
    """Sessions over one index; the same seed gives the same clicks."""

    def __init__(self, index: SearchIndex, products: Sequence[Product], seed: int = SEED) -> None:
        self._index = index
        self._titles = {product.id: product.title for product in products}
        self._random = Random(seed)
        self._found: dict[str, tuple[list[str], int]] = {}
        self._all: dict[str, frozenset[str]] = {}
        self.facts: dict[str, Facts] = {}
        read = fact_reader("en").of
        for begin in range(0, len(products), 100):
            ids = [product.id for product in products[begin : begin + 100]]
            self.facts.update({each: read(stored) for each, stored in index.get(ids, ANONYMOUS).items()})

    def queries(self, session: Session) -> Iterator[str]:
        """Yield queries that somebody would look for the preferred products by, with enough hits to choose from."""
        wanted = sorted(session.preferred & self._titles.keys())
        self._random.shuffle(wanted)
        seen: set[str] = set()
        for identity in wanted:
            words = [word for word in self._titles[identity].lower().split() if word.isalpha()]
            for count in self._random.sample((1, 2), 2):
                query = " ".join(words[-count:])
                if query in seen or not query or len(seen) == MOST_QUERIES:
                    continue
                if _FEWEST_HITS <= self.plain(query)[1] <= _MOST_HITS:
                    seen.add(query)
                    yield query
                    break

    def plain(self, query: str) -> tuple[list[str], int]:
        """Return the first hits without a profile, and how many there are."""
        if query not in self._found:
            self._found[query] = self.ask(query, None)
        return self._found[query]

    def all_of(self, query: str) -> frozenset[str]:
        """Return all that a query finds."""
        if query not in self._all:
            pages = range(1, _MOST_HITS // 100 + 1)
            asked = [SearchRequest(query=query, page=at, page_size=100, facets=()) for at in pages]
            hits = (hit for each in asked for hit in search(self._index, each, ANONYMOUS).hits)
            self._all[query] = frozenset(hit.hit.product.id for hit in hits)
        return self._all[query]

    def ask(self, query: str, personal: Personal | None) -> tuple[list[str], int]:
        """Return the first hits and how many there are."""
        request = SearchRequest(query=query, page_size=DEPTH, facets=())
        answer = search(self._index, request, ANONYMOUS, NO_MODELS, personal=personal)
        return [hit.hit.product.id for hit in answer.hits], answer.total

    def clicks(self, session: Session, shown: Sequence[str], at: datetime) -> list[Interaction]:
        """Return what the position-based model makes of a list that was shown."""
        done: list[Interaction] = []
        for place, identity in enumerate(shown, start=1):
            is_preferred = identity in session.preferred
            if self._random.random() < (0.9 if is_preferred else 0.05) / place:
                done.append(Interaction(identity, at, "viewed"))
                if is_preferred and self._random.random() < 0.5:
                    done.append(Interaction(identity, at, "bought"))
        return done


def main() -> None:
    """Measure, print, and store the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--validate", action="store_true", help="score on the earlier month; stores nothing")
    options.add_argument("--strength", type=int, default=STRENGTH)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        sessions = _sessions(home)
        index, products = opened(home, "online_retail")
        cut = VALIDATION_CUT if given.validate else CUT
        figures: Figures = {
            "cut": cut.date().isoformat(),
            "seed": SEED,
            "strength": given.strength,
            **_quality(Simulation(index, products), sessions, cut, given.strength),
        }
        if not given.validate:
            figures["cost"] = _cost(home / "cost")
    print(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
    if not given.validate and given.strength == STRENGTH:
        RESULTS.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        write_into(PAGE, "personal", render_personal(figures))
        print(f"stored in {RESULTS} and {PAGE}")


def _sessions(home: Path) -> list[Session]:
    sample = SAMPLES / "online_retail"
    build(home, "online_retail", [sample / "order_lines.csv.zst"], sample / "mapping.toml")
    records = Records(Settings(home=home, database_url=None).records_url())
    mapping = read_mapping(sample / "mapping.toml")
    load_orders(records, "online_retail", [sample / "order_lines.csv.zst"], mapping, rejects=home / "rejects.jsonl")
    found = [session for order in records.orders("online_retail") if (session := _session(order)) is not None]
    records.close()
    return found


def _session(order: Order) -> Session | None:
    preferred = frozenset(line.product_id for line in order.lines if line.quantity > 0)
    return Session(order.placed_at, order.user, preferred) if order.user and preferred else None


def _quality(simulation: Simulation, sessions: Sequence[Session], cut: datetime, strength: int) -> Figures:
    before: defaultdict[str, list[Session]] = defaultdict(list)
    behind: dict[str, Session] = {}
    for session in sessions:
        if session.at < cut:
            before[session.buyer].append(session)
        elif session.at < cut + MONTH:
            behind.setdefault(session.buyer, session)
    scores: dict[str, list[tuple[float, ...]]] = {"returning": [], "new": []}
    for buyer, session in sorted(behind.items()):
        history = [done for each in before[buyer][-MOST_HISTORY:] for done in _replayed(simulation, each)]
        history += [Interaction(each, past.at, "bought") for past in before[buyer] for each in past.preferred]
        pairs = list(_scored(simulation, session, history, strength))
        if pairs:
            kind = "returning" if before[buyer] else "new"
            scores[kind].append(tuple(np.mean(pairs, axis=0).tolist()))
    return {kind: _summary(pairs) for kind, pairs in scores.items()}


def _replayed(simulation: Simulation, session: Session) -> Iterator[Interaction]:
    for query in simulation.queries(session):
        yield from simulation.clicks(session, simulation.plain(query)[0], session.at)


def _scored(
    simulation: Simulation, session: Session, history: list[Interaction], strength: int
) -> Iterator[tuple[float, ...]]:
    """Yield nDCG@10 with and without the profile, query by query of one session, which adds to what is known."""
    done = list(history)
    for number, query in enumerate(simulation.queries(session)):
        at = session.at + timedelta(minutes=number)
        profile = profile_of(done, simulation.facts, at)
        plain, _ = simulation.plain(query)
        personal, _ = simulation.ask(query, Personal(profile, strength))
        judged = [1.0] * len(session.preferred & simulation.all_of(query))
        yield tuple(
            ndcg([float(each in session.preferred) for each in shown], judged, 10) for shown in (personal, plain)
        )
        done += simulation.clicks(session, personal, at)


def _summary(pairs: Sequence[tuple[float, ...]]) -> Figures:
    personal, plain = [each[0] for each in pairs], [each[1] for each in pairs]
    low, high = bootstrap_interval([a - b for a, b in pairs])
    return {
        "buyers": len(pairs),
        "ndcg_personal": round(statistics.fmean(personal), 4),
        "ndcg_plain": round(statistics.fmean(plain), 4),
        "gain_percent": round((statistics.fmean(personal) / statistics.fmean(plain) - 1) * 100, 1),
        "difference_interval": [round(low, 4), round(high, 4)],
    }


def _cost(home: Path) -> Figures:
    """Ask the same queries of Icecat with and without a profile, in turn, in one process."""
    sample = SAMPLES / "icecat"
    registry = Registry(home / "models")
    for model in sorted(path.parent for path in sample.glob("models/*/manifest.json")):
        registry.install(model, "icecat")
    records = Records(Settings(home=home, database_url=None).records_url())
    records.upgrade()
    mapping = read_mapping(sample / "mapping.toml")
    load_files(records, "icecat", [sample / "products.jsonl.zst"], mapping, rejects=home / "rejects.jsonl")
    rebuild(records, EmbeddedEngine(home), "icecat", embedder=load_embedder(registry, "icecat"))
    records.close()
    index, products = opened(home, "icecat")
    models = CatalogModels(registry, "icecat").of(index)
    random = Random(SEED)
    liked = random.sample([product.id for product in products], 60)
    read = fact_reader("en").of
    facts = {identity: read(stored) for identity, stored in index.get(liked, ANONYMOUS).items()}
    now = datetime.now(UTC)
    profile = profile_of([Interaction(each, now, "viewed") for each in liked], facts, now)
    personal = Personal(profile)
    queries = distinct_queries([product.title for product in products], 400, SEED)
    found: dict[str, Figures] = {}
    for name, given in (("hybrid", models), ("words", NO_MODELS)):
        first, again = (_both_ways(index, queries, given, personal) for _ in range(2))
        found[name] = {
            "p50_personal_ms": round(again[0], 2),
            "p50_plain_ms": round(again[1], 2),
            "p50_rise_ms": round(again[0] - again[1], 2),
            "p50_rise_at_first_ms": round(first[0] - first[1], 2),
        }
    return dict(found)


def _both_ways(index: SearchIndex, queries: Sequence[str], models: Models, personal: Personal) -> tuple[float, float]:
    """Return the median milliseconds of processor time with and without a profile, asked in turn."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, query in enumerate(queries):
        for is_personal in (True, False) if number % 2 else (False, True):
            took[is_personal].append(_timed(index, query, models, personal if is_personal else None))
    return statistics.median(took[True]), statistics.median(took[False])


def _timed(index: SearchIndex, query: str, models: Models, personal: Personal | None) -> float:
    began = time.process_time()
    search(index, SearchRequest(query=query), ANONYMOUS, models, personal=personal)
    return (time.process_time() - began) * 1e3


if __name__ == "__main__":
    main()
