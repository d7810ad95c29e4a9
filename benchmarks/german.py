"""German queries with a known right answer, on a real catalogue that does not ship.

``python -m benchmarks.german [build|held|all]`` prints for each kind of query the share that has a right product among
the first three, and what was missed. The queries (tests/data/german/certeo_queries.csv) were written from the
catalogue's categories: compounds, parts of compounds, dimensions, umlauts; a product is right if it is in one of the
categories named and its texts match the pattern. Half of them were looked at while the method was built, the other half
is held out. The catalogue is read where VITRINE_TEST_DATA has it; without it nothing is measured.
"""

import csv
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sample import build, opened
from commerce.buyer import ANONYMOUS
from commerce.product import Product
from engines.port import SearchIndex
from ranking.request import SearchRequest
from ranking.search import search
from tests.sample import OUTSIDE

QUERIES = Path("tests/data/german/certeo_queries.csv")
SOURCE = OUTSIDE / "certeo_de"
MAPPING = Path("samples/mappings/certeo_de.toml")
FIRST = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One query: the half that it belongs to, its kind, and what a right product is."""

    half: str
    kind: str
    query: str
    categories: frozenset[str]
    pattern: re.Pattern[str]

    def accepts(self, product: Product) -> bool:
        """Say whether a product is a right answer."""
        leaves = {path.rsplit(" > ", 1)[-1] for path in product.category}
        return bool(leaves & self.categories) and self.pattern.search(_texts(product)) is not None


def read_cases(path: Path) -> list[Case]:
    """Read the queries."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Case(
                row["half"],
                row["kind"],
                row["query"],
                frozenset(row["category"].split("|")),
                re.compile(row["pattern"], re.IGNORECASE),
            )
            for row in csv.DictReader(file)
        ]


def main() -> None:
    """Print the shares."""
    if not SOURCE.is_dir():
        print(f"not measured: the German catalogue is not in {SOURCE}")
        return
    wanted = sys.argv[1] if len(sys.argv) > 1 else "all"
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), "certeo", [SOURCE], MAPPING)
        index, products = opened(Path(folder), "certeo")
        answered: defaultdict[str, list[bool]] = defaultdict(list)
        for case, found in answers(index, products, read_cases(QUERIES)):
            if wanted in {"all", case.half}:
                answered[f"{case.half} {case.kind}"].append(found)
                answered[f"{case.half}, all kinds"].append(found)
                if not found:
                    print(f"missed: {case.query}")
    for name, found_of in sorted(answered.items()):
        print(f"{name:18} {sum(found_of) / len(found_of):7.1%} of {len(found_of)}")


def answers(index: SearchIndex, products: Sequence[Product], cases: Sequence[Case]) -> Iterator[tuple[Case, bool]]:
    """Yield each query with whether a right product is among the first three."""
    by_id = {product.id: product for product in products}
    for case in cases:
        if not any(map(case.accepts, products)):
            raise ValueError(f"no product is right for {case.query!r}: mend its row in {QUERIES}")
        request = SearchRequest(query=case.query, page_size=FIRST, facets=(), locale="de")
        hits = search(index, request, ANONYMOUS).hits
        yield case, any(case.accepts(by_id[each.hit.product.id]) for each in hits)


def _texts(product: Product) -> str:
    variants = (text for each in product.variants for text in (each.title, *map(str, each.attributes.values())))
    values = map(str, product.attributes.values())
    return " | ".join((product.title, *product.keywords, product.description, *values, *variants))


if __name__ == "__main__":
    main()
