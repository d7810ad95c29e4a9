"""Train the recommender from a catalogue's orders."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated

import typer

from cli.context import AsJson, CatalogName, Context, opened, print_json, progress
from recommender.artefact import KIND, load
from recommender.blend import Blend
from recommender.errors import NothingToLearn
from recommender.objective import Objective
from recommender.readiness import DataReport, readiness
from recommender.training import Outcome, train_recommender

Until = Annotated[
    datetime | None,
    typer.Option(help="Use only behaviour before this date.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
]


def train_the_recommender(
    catalog: CatalogName,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Equal seeds on equal data make equal models.")] = 1,
    objective: Annotated[
        Objective,
        typer.Option(help="What counts: that products are looked at, are ordered, what they bring, or earn."),
    ] = "conversion",
    keep_trees: Annotated[
        bool,
        typer.Option("--keep-trees", help="Keep the serving blend, learn the rest anew: ten times faster."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train the recommender on a catalogue's orders, and let it serve unless it is worse than the one that does.

    It is scored on the last thirty days first, which it does not see for that. A service that runs takes the new
    version up by itself. A job that was ended midway is started again.

    Example: vitrine train recommender online_retail
    """
    moment = None if until is None else until.replace(tzinfo=UTC)
    with opened() as context:
        trees = _serving_trees(context, catalog) if keep_trees else None
        outcome = train_catalog(
            context, catalog, until=moment, seed=seed, quiet=as_json, objective=objective, trees=trees
        )
    manifest = outcome.artefact.manifest
    if as_json:
        print_json(
            {
                "catalog": catalog,
                "version": manifest.version,
                "promoted": outcome.promoted,
                "metrics": outcome.metrics,
                "before": outcome.before,
                "parameters": manifest.training.parameters,
                "data": asdict(outcome.report),
                "strategies": {name: asdict(each) for name, each in readiness(outcome.report).items()},
            }
        )
        return
    state = "serves now" if outcome.promoted else "does not serve: it is worse than the one that does"
    typer.echo(f"{catalog}: version {manifest.version} of the recommender {state}")
    for name, value in outcome.metrics.items():
        before = f"  (the one before: {outcome.before[name]:.4f})" if name in outcome.before else ""
        typer.echo(f"  {name:<16} {value:.4f}{before}")
    _show_data(outcome.report)


def _show_data(report: DataReport) -> None:
    """Print how much there was to learn from, and what it allows."""
    typer.echo("  learned from " + ", ".join(f"{count:,.0f} {name}" for name, count in asdict(report).items()))
    for strategy, ready in readiness(report).items():
        needs = ", ".join(
            f"{have:,} of {need.enough:,} {need.what}" for need, have in zip(ready.needs, ready.had, strict=True)
        )
        state = "fallback" if ready.is_fallback else f"{ready.score:.0%}"
        typer.echo(f"  {strategy:<16} {state:>8}  {needs}")


def _serving_trees(context: Context, catalog: str) -> Blend:
    serving = context.registry.load(catalog, KIND)
    trees = None if serving is None else load(serving.folder).blend
    if trees is None:
        raise NothingToLearn(f"no blend serves {catalog}: train without --keep-trees first")
    return trees


def train_catalog(
    context: Context,
    catalog: str,
    *,
    until: datetime | None = None,
    seed: int = 1,
    quiet: bool,
    objective: Objective = "conversion",
    trees: Blend | None = None,
) -> Outcome:
    """Train one catalogue's recommender with a progress bar; see ``train_recommender``. Raises UnknownCatalog."""
    context.records.catalog(catalog)
    with progress(f"train {catalog}", hidden=quiet) as step:
        return train_recommender(
            context.records,
            context.registry,
            catalog,
            code_version=version("vitrine"),
            until=until,
            seed=seed,
            objective=objective,
            trees=trees,
            progress=step,
        )
