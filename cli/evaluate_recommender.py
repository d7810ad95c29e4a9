"""Measure how well recommendations foretell orders."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.context import AsJson, CatalogName, opened, print_json, progress
from recommender.behaviour import day_of
from recommender.evaluation import CUT, DEPTH, Figure, Row, evaluate_recommender
from recommender.training import read_material

Cut = Annotated[
    list[datetime],
    typer.Option(help="Train before this date, predict from then on; give several.", formats=["%Y-%m-%d"]),
]
_TITLES = {"all": "the whole next order", "new": "new products of it only"}


def evaluate_the_recommender(
    catalog: CatalogName,
    cut: Cut,
    seed: Annotated[int, typer.Option(help="Seed of everything that is random.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Print how well recommendations foretell each known buyer's first order after a cut, beside the references.

    Everything is trained on what happened before the cut, in the same run; all products are ranked. recall@20 is hits
    over basket size; intervals are 95 %, by bootstrap over buyers.

    Example: vitrine evaluate recommender online_retail --cut 2011-08-01 --cut 2011-09-01
    """
    found: dict[str, list[Row]] = {}
    with opened() as context:
        context.records.catalog(catalog)
        material = read_material(context.records, catalog)
        for day in cut:
            with progress(f"evaluate {day:%Y-%m-%d}", hidden=as_json) as step:
                moment = day_of(day.replace(tzinfo=UTC))
                found[f"{day:%Y-%m-%d}"] = evaluate_recommender(
                    material.behaviour, moment, material.titles, seed=seed, progress=step
                )
    if as_json:
        print_json(
            {"catalog": catalog, "seed": seed, "cuts": {d: [asdict(r) for r in rows] for d, rows in found.items()}}
        )
        return
    for name, rows in found.items():
        for task, title in _TITLES.items():
            _print(f"cut {name}: {title}", [row for row in rows if row.task == task])


def _print(title: str, rows: list[Row]) -> None:
    columns = ("", f"recall@{DEPTH}", f"nDCG@{CUT}", "hit rate", "coverage", "novelty", "buyers")
    table = Table(*columns, title=title, title_justify="left", box=None, header_style="dim")
    for row in rows:
        rest = (f"{row.hit_rate:.3f}", f"{row.coverage:.3f}", f"{row.novelty:.2f}", f"{row.buyers:,}")
        table.add_row(row.name, _shown(row.recall), _shown(row.ndcg), *rest)
    Console(width=120).print(table)


def _shown(figure: Figure) -> str:
    return f"{figure.value:.4f} ({figure.low:.3f}–{figure.high:.3f})"
