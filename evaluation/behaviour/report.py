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
    for name, (header, rows) in tables(found).items():
        path = folder / f"behaviour-{name}.csv"
        write(path, header, rows)
        written.append(path)
    return written


def tables(found: BehaviourReview) -> dict[str, tuple[Sequence[str], list[Row]]]:
    """Return the tables by name: the names of their columns, and their rows."""
    shares = found.examination.shares if found.examination else ()
    return {
        "queries": (
            ("query", "searches", "without_result", "click_rate", "clicks", "weighted_clicks", "mean_position", "added",
             "bought", "revenue"),
            [
                (row.text, row.searches, row.without_result, round(row.click_rate, 4), row.clicks,
                 round(row.weighted_clicks, 2),
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
            ("strategy", "units", "shown", "clicks", "units_clicked", "added", "bought", "revenue", "costed", "margin"),
            [
                (row.strategy, row.units, row.shown, row.clicks, row.clicked, row.added, row.bought, str(row.revenue),
                 row.costed, str(row.margin))
                for row in found.units
            ],
        ),
        "segments": (
            ("segment", "buyers", "orders", "revenue", "median_days_since_order"),
            [(row.name, row.buyers, row.orders, str(row.revenue), row.days_since) for row in found.segments],
        ),
        "returns": (
            ("product_id", "sold", "returned", "rate", "value", "searches", "mean_place", "units", "proposal"),
            [
                (row.product_id, str(row.sold), str(row.returned), round(row.rate, 4), str(row.value),
                 row.searches, None if row.mean_place is None else round(row.mean_place, 2), row.units, row.proposal)
                for row in found.returns
            ],
        ),
        "positions": (
            ("place", "examined"),
            [(at, round(share, 4)) for at, share in enumerate(shares, start=1)],
        ),
        "attractions": (
            ("query", "product_id", "shown", "clicks", "mean_place", "click_rate", "attraction"),
            [
                (row.text, row.product_id, row.shown, row.clicks, round(row.mean_place, 2), round(row.click_rate, 4),
                 round(row.attraction, 4))
                for row in found.attractions
            ],
        ),
        "drift": (
            ("distribution", "before", "now", "psi", "by_chance", "verdict"),
            [
                (row.name, row.before, row.now, round(row.index, 4), round(row.chance, 4), row.verdict)
                for row in found.drift
            ],
        ),
        "outcomes": (
            ("figure", "before", "now", "difference_from", "difference_to"),
            [(row.name, round(row.before, 4), round(row.now, 4), row.lower, row.upper) for row in found.outcomes],
        ),
        "models": (
            ("kind", "version", "trained_at", "data_until"),
            [
                (each.kind, each.version, each.trained_at.isoformat(),
                 None if each.data_until is None else each.data_until.isoformat())
                for each in found.models
            ],
        ),
    }  # fmt: skip
