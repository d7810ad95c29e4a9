"""Measure quality."""

from collections.abc import Callable
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.context import AsJson, CatalogName, opened, print_json
from cli.evaluate_recommender import evaluate_the_recommender
from commerce.buyer import ANONYMOUS
from commerce.errors import MappingError
from engines.port import SearchIndex
from evaluation.comparison import Comparison, compare, figures, regressions
from evaluation.judgments import Judgments, read_judgments
from evaluation.search_quality import CUT, DEPTH, RECALLED, Mean, SearchQuality, evaluate_search
from evaluation.search_report import search_report
from ranking.examples import examples
from ranking.ltr_training import cross_validated_orders
from ranking.models import NO_MODELS, CatalogModels, Models
from ranking.relevance import USUAL, Relevance
from ranking.relevance_records import current
from ranking.request import SearchRequest
from ranking.search import search

app = typer.Typer(no_args_is_help=True, help="Measure quality against judgments.")
_PAGE = 100
app.command("recommender")(evaluate_the_recommender)


class Beside(StrEnum):
    """What a search is compared with."""

    WORDS = "words"
    UNLEARNED = "unlearned"


_BESIDE = {Beside.WORDS: "words alone", Beside.UNLEARNED: "the order without judgments"}


@app.callback()
def evaluate() -> None:
    """Measure quality against judgments."""


@app.command("search")
def evaluate_the_search(
    catalog: CatalogName,
    judgments: Annotated[Path, typer.Option(help="CSV with the columns query, product_id, rating.")],
    worst: Annotated[int, typer.Option(min=0, help="Show so many of the worst queries.")] = 10,
    beside: Annotated[
        Beside | None, typer.Option(help="Compare with the search by words alone, or without a learned order.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Figures of --save: exit with 1 if one of them is worse now.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Store the figures as a baseline.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print nDCG@10 of the search on judged queries, with 95 % intervals.

    Linear gain; queries without a positive judgment are left out. Two figures: with unjudged products as not
    relevant, and over judged products only, within the first 1,000 hits. Where a re-ranker was trained, each query is
    ordered by one that learned from the other queries.

    Example: vitrine evaluate search icecat --judgments samples/icecat/judgments.csv
    """
    rated = read_judgments(judgments)
    before = None if baseline is None else _read_baseline(baseline)
    comparison = None
    with opened() as context:
        index = context.serving(catalog)
        models = CatalogModels(context.registry, catalog).of(index)
        relevance = current(context.records, catalog).relevance
        quality = evaluate_search(rated, judged_search(index, models, rated, relevance))
        if beside is not None:
            other = NO_MODELS if beside is Beside.WORDS else replace(models, reranker=None)
            comparison = compare(quality, evaluate_search(rated, lambda query: ranked_ids(index, query, other)))
    if save is not None:
        save.write_bytes(orjson.dumps(figures(quality), option=orjson.OPT_INDENT_2))
    if html is not None:
        page = search_report(catalog, quality, comparison, _BESIDE[beside] if beside else "")
        html.write_text(page, encoding="utf-8")
    worse = regressions(quality, before or {})
    if as_json:
        compared = None if comparison is None else asdict(comparison)
        print_json({**asdict(quality), "comparison": compared, "regressions": worse})
    else:
        _show(quality, worst)
        if comparison is not None:
            _show_comparison(comparison)
        for sentence in worse:
            typer.secho(f"regression: {sentence}", err=True, fg="red")
    if worse:
        raise typer.Exit(1)


def _read_baseline(path: Path) -> dict[str, float]:
    try:
        return {str(name): float(value) for name, value in orjson.loads(path.read_bytes()).items()}
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        raise MappingError(f"{path}: is no baseline ({error}): write one with --save") from error


def _show_comparison(comparison: Comparison) -> None:
    for name, mean in comparison.difference.items():
        typer.echo(f"difference of {name:16} {mean.value:+.4f}  ({mean.low:+.3f} to {mean.high:+.3f})")
    typer.echo(f"wins {len(comparison.wins)}, losses {len(comparison.losses)}")
    for row in comparison.losses[:5]:
        typer.echo(f"  lost: {row.query}: {row.one:.3f} instead of {row.other:.3f}")


def _show(quality: SearchQuality, worst: int) -> None:
    typer.echo(f"{len(quality.queries)} queries, {quality.left_out} without a positive judgment left out")
    typer.echo(f"nDCG@{CUT}, unjudged as 0        {_shown(quality.ndcg)}")
    typer.echo(f"nDCG@{CUT}, judged products only {_shown(quality.ndcg_judged)}")
    typer.echo(f"reciprocal rank             {_shown(quality.reciprocal_rank)}")
    typer.echo(f"recall@{RECALLED}                  {_shown(quality.recall)}")
    if worst:
        table = Table("worst queries", "nDCG", "judged only", "hits", box=None, header_style="dim")
        for row in sorted(quality.queries, key=lambda each: (each.ndcg, each.query))[:worst]:
            table.add_row(row.query, f"{row.ndcg:.3f}", f"{row.ndcg_judged:.3f}", f"{row.hits:,}")
        Console().print(table)


def judged_search(
    index: SearchIndex, models: Models, rated: Judgments, relevance: Relevance = USUAL, seed: int = 1
) -> Callable[[str], list[str]]:
    """Return the search as it may be scored on these judgments; ``seed`` says which queries are held out together.

    A re-ranker may have learned from them. It is scored in the place of one that is trained here, for each query on
    the other queries alone, on top of what the catalogue taught.
    """
    unlearned = replace(models, reranker=None)
    if models.reranker is None or not models.reranker.saw_people:
        return lambda query: ranked_ids(index, query, models, relevance)
    orders = cross_validated_orders(examples(index, unlearned, rated), seed, start=models.reranker.from_catalogue())

    def ranked(query: str) -> list[str]:
        first = orders.get(query, [])
        return list(dict.fromkeys([*first, *ranked_ids(index, query, unlearned, relevance)]))

    return ranked


def ranked_ids(index: SearchIndex, query: str, models: Models = NO_MODELS, relevance: Relevance = USUAL) -> list[str]:
    """Return the ids of the first 1,000 hits."""
    found: list[str] = []
    for page in range(1, DEPTH // _PAGE + 1):
        request = SearchRequest(query=query, page=page, page_size=_PAGE, facets=())
        hits = search(index, request, ANONYMOUS, models, relevance=relevance).hits
        found += [each.hit.product.id for each in hits]
        if len(hits) < _PAGE:
            break
    return found


def _shown(mean: Mean) -> str:
    return f"{mean.value:.4f}  ({mean.low:.3f} to {mean.high:.3f})"
