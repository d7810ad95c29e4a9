"""The review on disk: a page for people and CSV files to work through."""

from collections.abc import Sequence
from pathlib import Path

from commerce.product import Catalog
from evaluation.behaviour.measure import BehaviourReview
from evaluation.behaviour.page import render
from evaluation.catalog_quality.tables import Row, write

PAGE = "behaviour.html"


def write_review(folder: Path, catalog: Catalog, found: BehaviourReview) -> list[Path]:
    """Write the page and the tables into a folder and return their paths, the page first."""
    page = folder / PAGE
    page.write_text(render(catalog, found), encoding="utf-8")
    written = [page]
    for name, (header, rows) in _tables(found).items():
        path = folder / f"behaviour-{name}.csv"
        write(path, header, rows)
        written.append(path)
    return written


def _tables(found: BehaviourReview) -> dict[str, tuple[Sequence[str], list[Row]]]:
    return {
        "queries": (
            ("query", "searches", "without_result", "click_rate", "clicks", "mean_position", "added", "bought",
             "revenue"),
            [
                (row.text, row.searches, row.without_result, round(row.click_rate, 4), row.clicks,
                 None if row.mean_position is None else round(row.mean_position, 2), row.added, row.bought,
                 str(row.revenue))
                for row in found.queries.rows
            ],
        ),
        "proposals": (
            ("query", "searches", "problem", "proposal", "target", "evidence"),
            [
                (each.text, each.searches, each.problem, each.proposal, each.target, each.evidence)
                for each in found.queries.proposals
            ],
        ),
        "facets": (("field", "searches"), [(field, count) for field, count in found.queries.facets.most_common()]),
        "funnel": (("step", "visits"), list(found.funnel.items())),
        "units": (
            ("strategy", "units", "shown", "clicks", "units_clicked", "added", "bought", "revenue"),
            [
                (row.strategy, row.units, row.shown, row.clicks, row.clicked, row.added, row.bought, str(row.revenue))
                for row in found.units
            ],
        ),
        "segments": (
            ("segment", "buyers", "orders", "revenue", "median_days_since_order"),
            [(row.name, row.buyers, row.orders, str(row.revenue), row.days_since) for row in found.segments],
        ),
        "returns": (
            ("product_id", "sold", "returned", "rate", "value"),
            [
                (row.product_id, str(row.sold), str(row.returned), round(row.rate, 4), str(row.value))
                for row in found.returns
            ],
        ),
    }  # fmt: skip
