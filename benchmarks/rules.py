"""What thousands of merchandising rules cost a search, with and without them in the same run.

Rules of every kind in equal shares: whole queries, beginnings, parts and patterns of queries, category pages, accounts
and groups, and some that ask for a time alone. Writes benchmarks/rules.json. Run: python -m benchmarks.rules
"""

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from commerce.buyer import Buyer
from commerce.merchandising import Pin, Rule, Then, Weight, When
from engines.embedded import EmbeddedEngine
from language.filters.tree import Compare
from ranking.merchandising.ruling import effects_on
from ranking.merchandising.table import RuleTable
from ranking.request import SearchRequest
from ranking.search import search
from tests.sample import build_icecat, icecat_items

OUT = Path(__file__).parent / "rules.json"
_SIZES = (0, 1_000, 5_000)
_QUERIES = 1_000
_BUYER = Buyer(account="a1", groups=("g1",))


def rules(count: int, queries: Sequence[str], ids: Sequence[str], seed: int = 5) -> list[Rule]:
    """Make rules about real queries and products; one in a hundred asks for nothing but a time."""
    draw = random.Random(seed)
    kinds: tuple[Callable[[str, int], When], ...] = (
        lambda query, at: When({"equals": f"{query} {at}" if at % 3 else query}),
        lambda query, at: When({"starts_with": f"{query} {at % 50}"}),
        lambda query, at: When({"contains": f"{query.split()[-1]} {at}"}),
        lambda query, at: When({"pattern": rf"^{query.split()[0]}\b.*\b{at}$"}),
        lambda _, at: When(category=f"Category {at}"),
        lambda _, at: When(accounts=frozenset({f"a{at}"}), groups=frozenset({f"g{at}"})),
    )
    found = []
    for at in range(count):
        when = When(begin=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 2, 1, tzinfo=UTC))
        if at % 100:
            when = kinds[at % len(kinds)](draw.choice(queries), at)
        then = Then(
            pin=(Pin(draw.choice(ids), draw.randint(1, 5)),),
            boost=(Weight(Compare("brand", "=", "HP"), 1.5),),
        )
        found.append(Rule(f"r{at}", when, then, priority=at % 5))
    return found


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return percentiles."""
    return {f"p{each}": round(float(np.percentile(seconds, each)) * 1e3, 3) for each in (50, 95, 99)}


def measured(queries: Sequence[str], deed: Callable[[SearchRequest], object]) -> dict[str, float]:
    """Time a deed for each query, after a hundred to warm up."""
    taken = []
    for at, query in enumerate((*queries[:100], *queries)):
        began = perf_counter()
        deed(SearchRequest(query=query, facets=("brand", "category")))
        if at >= 100:
            taken.append(perf_counter() - began)
    return milliseconds(taken)


def main() -> None:
    """Measure, print and store."""
    with TemporaryDirectory() as folder:
        build_icecat(Path(folder))
        index = EmbeddedEngine(Path(folder)).open("icecat")
        assert index is not None
        items = list(icecat_items())
        titles = [item.product.title.lower().split() for item in items]
        draw = random.Random(1)
        queries = [" ".join(draw.sample(title, min(2, len(title)))) for title in draw.choices(titles, k=_QUERIES)]
        ids = [item.product.id for item in items]
        figures: dict[str, object] = {"products": len(items), "queries": _QUERIES}
        for count in _SIZES:
            began = perf_counter()
            table = RuleTable(
                rules(count, [q.replace(".", "").replace("(", "").replace(")", "") for q in queries], ids)
            )
            made = perf_counter() - began
            fields = index.fields()
            matching = measured(queries, lambda asked, t=table, f=fields: effects_on(asked, "en", _BUYER, f, t))  # type: ignore[misc]
            whole = measured(queries, lambda asked, t=table: search(index, asked, _BUYER, rules=t))  # type: ignore[misc]
            figures[f"{count} rules"] = {
                "table made, ms": round(made * 1e3, 1),
                "rules alone, ms": matching,
                "search, ms": whole,
            }
    OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
