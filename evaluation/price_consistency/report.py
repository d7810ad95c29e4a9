"""Checks all price lists of a catalogue and writes what is found to a CSV file."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from commerce.product import Catalog
from commerce.records import Records
from evaluation.catalog_quality.tables import Cell, table
from evaluation.price_consistency.checks import check_list, own_prices_below_cost
from evaluation.price_consistency.findings import Articles, Finding, FindingKind
from evaluation.price_consistency.versions import contract_versions, overlaps, successor_gaps

_HEADER = ("finding", "price_list", "article", "min_quantity", "net", "compared_with", "detail")
_WORST = 10
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PriceReport:
    """What was found, and where it is written. ``lists`` are how many lists have a kind of finding, ``worst`` the lists
    with the most findings and their numbers."""

    price_lists: int
    prices: int
    articles: int
    findings: Mapping[FindingKind, int]
    lists: Mapping[FindingKind, int]
    worst: tuple[tuple[str, int], ...]
    table: Path


def check_prices(
    records: Records, catalog: Catalog, target: Path, now: datetime, progress: Progress | None = None
) -> PriceReport:
    """Check every price list of a catalogue and write a row for each finding.

    Memory holds the articles and one list.
    """
    articles = Articles.of(records.items(catalog.id))
    heads = list(records.price_lists(catalog.id))
    currencies = {head.id: head.currency for head in heads}
    counted = _Counted()
    prices = 0
    with table(target, _HEADER) as put:
        for finding in own_prices_below_cost(articles):
            put(counted.row(finding))
        for done, whole in enumerate(records.whole_price_lists(catalog.id), start=1):
            prices += len(whole.rows)
            for finding in check_list(whole, articles, currencies, catalog.currency, now):
                put(counted.row(finding))
            if progress:
                progress(done, len(heads))
        for versions in contract_versions(heads):
            for finding in overlaps(versions, now):
                put(counted.row(finding))
            for before, after in pairwise(records.whole_price_lists(catalog.id, [each.id for each in versions])):
                if after.valid_until is None or after.valid_until > now:
                    for finding in successor_gaps(before, after):
                        put(counted.row(finding))
    return PriceReport(
        price_lists=len(heads),
        prices=prices,
        articles=len(articles.units),
        findings=dict(counted.in_order(counted.findings)),
        lists=dict(counted.in_order({kind: len(lists) for kind, lists in counted.lists.items()})),
        worst=tuple(counted.by_list.most_common(_WORST)),
        table=target,
    )


class _Counted:
    """Findings, counted on their way into the table."""

    def __init__(self) -> None:
        self.findings: Counter[FindingKind] = Counter()
        self.lists: dict[FindingKind, set[str]] = {}
        self.by_list: Counter[str] = Counter()

    def row(self, finding: Finding) -> tuple[Cell, ...]:
        """Count a finding and return its row."""
        self.findings[finding.kind] += 1
        self.lists.setdefault(finding.kind, set()).add(finding.price_list)
        self.by_list[finding.price_list] += 1
        net = None if finding.net is None else f"{finding.net:f}"
        compared = None if finding.compared is None else f"{finding.compared:f}"
        place = (finding.price_list, finding.article, finding.min_quantity)
        return (finding.kind.value, *place, net, compared, finding.detail)

    def in_order(self, counts: Mapping[FindingKind, int]) -> Iterator[tuple[FindingKind, int]]:
        """Yield the counts, the gravest kind first."""
        return ((kind, counts[kind]) for kind in FindingKind if counts.get(kind))
