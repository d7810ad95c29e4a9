"""Measure how well recommendations foretell orders."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.context import AsJson, CatalogName, opened, print_json, progress
from commerce.errors import MappingError
from recommender.behaviour import day_of
from recommender.evaluation import CUT, DEPTH, OURS, Figure, Row, Scores, score_cut
from recommender.report import report_page
from recommender.training import read_material

Cut = Annotated[
    list[datetime],
    typer.Option(help="Train before this date, predict from then on; give several.", formats=["%Y-%m-%d"]),
]
ALL_CUTS = "all cuts"
_TITLES = {"all": "the whole next order", "new": "new products of it only"}


def evaluate_the_recommender(
    catalog: CatalogName,
    cut: Cut,
    seed: Annotated[int, typer.Option(help="Seed of everything that is random.")] = 1,
    html: Annotated[Path | None, typer.Option(help="Write a report with plots to this file.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Figures of --save: exit with 1 if one of them is worse now.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Store the figures as a baseline.")] = None,
    tolerance: Annotated[float, typer.Option(min=0, max=1, help="Share by which a figure may fall.")] = 0.02,
    as_json: AsJson = False,
) -> None:
    """Print how well recommendations foretell each known buyer's first order after a cut, beside the references.

    Everything is trained on what happened before the cut, in the same run; all products are ranked. recall@20 is hits
    over basket size; intervals are 95 %, by bootstrap over buyers. Over several cuts a buyer counts once.

    Example: vitrine evaluate recommender online_retail --cut 2011-08-01 --cut 2011-09-01
    """
    before = None if baseline is None else _read_figures(baseline)
    found: dict[str, list[Row]] = {}
    pooled: Scores | None = None
    with opened() as context:
        context.records.catalog(catalog)
        material = read_material(context.records, catalog)
        for day in cut:
            with progress(f"evaluate {day:%Y-%m-%d}", hidden=as_json) as step:
                moment = day_of(day.replace(tzinfo=UTC))
                scores = score_cut(material.behaviour, moment, material.titles, seed=seed, progress=step)
            found[f"{day:%Y-%m-%d}"] = scores.rows()
            if pooled is None:
                pooled = scores
            else:
                pooled.take(scores)
    if pooled is not None and len(cut) > 1:
        found[ALL_CUTS] = pooled.rows()
    ours = _figures(next(reversed(found.values()), []))
    if save is not None:
        save.write_bytes(orjson.dumps(ours, option=orjson.OPT_INDENT_2))
    if html is not None:
        html.write_text(report_page(catalog, seed, found), encoding="utf-8")
    worse = [
        f"{name} fell from {value:.4f} to {ours.get(name, 0.0):.4f}"
        for name, value in (before or {}).items()
        if ours.get(name, 0.0) < value * (1 - tolerance)
    ]
    if as_json:
        cuts = {name: [asdict(row) for row in rows] for name, rows in found.items()}
        print_json({"catalog": catalog, "seed": seed, "cuts": cuts, "regressions": worse})
    else:
        for name, rows in found.items():
            for task, title in _TITLES.items():
                _print(f"{name}: {title}", [row for row in rows if row.task == task])
        for sentence in worse:
            typer.secho(f"regression: {sentence}", err=True, fg="red")
    if worse:
        raise typer.Exit(1)


def _figures(rows: list[Row]) -> dict[str, float]:
    ours = [row for row in rows if row.name == OURS]
    found = {f"recall@{DEPTH} {row.task}": row.recall.value for row in ours}
    return found | {f"ndcg@{CUT} {row.task}": row.ndcg.value for row in ours}


def _read_figures(path: Path) -> dict[str, float]:
    try:
        return {str(name): float(value) for name, value in orjson.loads(path.read_bytes()).items()}
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        raise MappingError(f"{path}: is no baseline ({error}): write one with --save") from error


def _print(title: str, rows: list[Row]) -> None:
    columns = (
        "",
        f"recall@{DEPTH}",
        f"nDCG@{CUT}",
        "by revenue",
        "hit rate",
        "coverage",
        "novelty",
        "calib.",
        "buyers",
    )
    table = Table(*columns, title=title, title_justify="left", box=None, header_style="dim")
    for row in rows:
        rest = (f"{row.hit_rate:.3f}", f"{row.coverage:.3f}", f"{row.novelty:.2f}", f"{row.calibration:.3f}")
        table.add_row(
            row.name, _shown(row.recall), _shown(row.ndcg), f"{row.revenue.value:.4f}", *rest, f"{row.buyers:,}"
        )
    Console(width=140).print(table)


def _shown(figure: Figure) -> str:
    return f"{figure.value:.4f} ({figure.low:.3f}–{figure.high:.3f})"
