"""Train the extraction of missing attributes from a catalogue's own texts."""

from dataclasses import replace
from importlib.metadata import version
from typing import Annotated

import typer

from cli.catalog import index_catalog
from cli.context import AsJson, CatalogName, Context, one_by_one, opened, print_json, progress
from indexer.extraction.artefact import KIND, save
from indexer.extraction.learning import ExtractionLearner
from indexer.extraction.model import FILTERED_FROM, ExtractionModel
from indexer.knowledge import type_name
from indexer.learning import learn_catalog
from registry import Training

_MOST = 60_000


def train_extraction(
    catalog: CatalogName,
    filtered_from: Annotated[
        float,
        typer.Option(
            "--filtered-from", min=0.0, max=1.01, help="The confidence that filters and facets ask for; 1.01 for none."
        ),
    ] = FILTERED_FROM,
    as_json: AsJson = False,
) -> None:
    """Learn to read missing attributes from titles and descriptions, and index the catalogue with what they state.

    Learns from products that give an attribute how their texts state it, and reads it for those that do not; only what
    was right for 92 of 100 products that it was not learned from is shown, and what is surer still is filtered by.

    Example: vitrine train extraction icecat
    """
    with opened() as context:
        model = train_catalog(context, catalog, filtered_from, quiet=as_json)
        index_catalog(context, catalog, quiet=as_json)
    figures = {"attributes": len({name for name, _, _ in model.trust}), "rules": len(model.grams) + len(model.patterns)}
    if as_json:
        print_json({"catalog": catalog, **figures})
        return
    typer.echo(f"{catalog}: {figures['attributes']:,} attributes are read by {figures['rules']:,} rules")


def train_catalog(context: Context, catalog: str, filtered_from: float, *, quiet: bool) -> ExtractionModel:
    """Train and publish one catalogue's extraction. Raises UnknownCatalog."""
    known = context.records.catalog(catalog)
    total = 2 * context.records.count(catalog)
    with progress(f"train {catalog}", hidden=quiet) as step:
        advance = one_by_one(step, total)
        knowledge = learn_catalog(context.records, known, advance)
        learner = ExtractionLearner(knowledge.dictionary, knowledge.values, known.locale)
        every = max(1, total // 2 // _MOST)
        for at, item in enumerate(context.records.items(catalog)):
            if at % every == 0:
                learner.add(item.product, type_name(item.product, knowledge.type_of(item.product)))
            advance()
        model = replace(learner.build(), filtered_from=filtered_from)
        step(total, total)
    training = Training(
        version("vitrine"), metrics={}, parameters={"attributes": len(model.units), "filtered_from": filtered_from}
    )
    context.registry.publish(catalog, KIND, training, lambda folder: save(model, folder))
    return model
