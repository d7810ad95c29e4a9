"""Queries that name a thing and queries that name what goes with it, on the sample: are the first three what was meant?

``python -m benchmarks.intent HOME [build|held|all]``: HOME is the VITRINE_HOME of a prepared demo. Prints the share of
the first three hits that are right, with and without the reading of intents, for words alone and for hybrid search, and
what was missed. The queries (tests/data/intent/icecat_head_queries.csv) were written by hand; a hit is right if its
title matches ``accepts`` and not ``rejects``. One part was looked at while the method was built, the other is held out.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.sample import opened
from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
from ranking.models import CatalogModels, Models
from ranking.request import Mode, SearchRequest
from ranking.search import search
from registry import Registry

QUERIES = Path("tests/data/intent/icecat_head_queries.csv")
FIRST = 3
_MODES: Sequence[Mode] = ("hybrid", "lexical")


@dataclass(frozen=True, slots=True)
class Case:
    """One query: its part, whether it asks for a device or an accessory, and what a right title is."""

    half: str
    kind: str
    query: str
    accepts: re.Pattern[str]
    rejects: re.Pattern[str]

    def right(self, title: str) -> bool:
        """Say whether a product of this title is what the query asks for."""
        return self.accepts.search(title) is not None and self.rejects.search(title) is None


def read_cases(path: Path = QUERIES) -> list[Case]:
    """Read the queries."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Case(
                row["half"],
                row["kind"],
                row["query"],
                re.compile(row["accepts"], re.IGNORECASE),
                re.compile(row["rejects"], re.IGNORECASE),
            )
            for row in csv.DictReader(file)
        ]


def precision(index: SearchIndex, models: Models, case: Case, mode: Mode = "hybrid") -> float:
    """Return the share of the first three hits that are right; places without a hit are wrong."""
    titles = [each.hit.product.title for each in search(index, _request(case, mode), ANONYMOUS, models).hits]
    return sum(map(case.right, titles)) / FIRST


def wrong(index: SearchIndex, models: Models, case: Case, mode: Mode) -> Iterator[str]:
    """Yield the titles among the first three that are not right."""
    for each in search(index, _request(case, mode), ANONYMOUS, models).hits:
        if not case.right(each.hit.product.title):
            yield each.hit.product.title


def main() -> None:
    """Print the shares and what was missed."""
    home, part = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "all"
    index, _ = opened(home, "icecat")
    models = replace(CatalogModels(Registry(home / "models"), "icecat").of(index), reranker=None)
    cases = [each for each in read_cases() if part in ("all", each.half)]
    for mode in _MODES:
        for name, used in (("without intents", replace(models, intents=None)), ("with intents", models)):
            shares = defaultdict(list)
            for case in cases:
                shares[case.kind].append(precision(index, used, case, mode))
            shown = "  ".join(f"{kind} {sum(each) / len(each):.3f} of {len(each)}" for kind, each in shares.items())
            print(f"{mode:8} {name:16} {shown}")
    for case in cases:
        for title in wrong(index, models, case, "hybrid"):
            print(f"  missed: {case.query}: {title}")


def _request(case: Case, mode: Mode) -> SearchRequest:
    return SearchRequest(query=case.query, page_size=FIRST, facets=(), mode=mode)


if __name__ == "__main__":
    main()
