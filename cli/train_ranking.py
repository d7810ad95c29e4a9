"""Train search by meaning, and the order of its hits."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from cli.catalog import index_catalog
from cli.context import AsJson, CatalogName, Context, opened, print_json, progress
from cli.train_recommender import Until
from evaluation.judgments import Judgments, read_judgments
from indexer.embedding import embedded_text, text_key
from language.encoder import KIND as ENCODER
from language.encoder import normalised
from ranking.click_judgments import click_judgments
from ranking.encoder_training import DIMENSIONS, encoder_of, reduced, train_encoder, write_encoder
from ranking.ltr import CATALOGUE_TREES, STRENGTH
from ranking.ltr import KIND as RANKING
from ranking.ltr_training import usable, write_reranker
from ranking.meaning import calibrate
from ranking.models import CatalogModels
from ranking.order_training import Evidence, Learned, learn_order
from ranking.pseudo_queries import fragments
from ranking.transformer import MODEL, CannotTrain, open_transformer
from registry import Training

_PSEUDO_QUERIES = 12_000
_CALIBRATED_ON = 400
_ENCODED_AT_ONCE = 512
_FEWEST_CLICKED = 30
"""So many queries with clicks are taken for better evidence than the catalogue, unless they are asked for."""
_SINCE = timedelta(days=365)


def train_ranking(
    catalog: CatalogName,
    judgments: Annotated[
        Path | None, typer.Option(help="CSV with the columns query, product_id, rating to learn the order from.")
    ] = None,
    evidence: Annotated[
        Evidence | None,
        typer.Option("--from", help="What to learn the order from; the best that there is if it is not said."),
    ] = None,
    until: Until = None,
    encode: Annotated[
        bool, typer.Option("--encode", help="Encode the whole catalogue again by the transformer (minutes).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train search by meaning, and the order of its hits.

    The encoder learns from the catalogue alone, where there is none yet or with --encode; that needs the extra `train`
    and indexes the catalogue again. The order is learned from the catalogue's own titles, brands, values and
    categories, and on top of that from --judgments or, where 30 queries have clicks, from what buyers clicked, put into
    the cart and bought in the last year. It serves if it is no worse than no learned order on queries that it did not
    see, and if the one that serves was not learned from better evidence.

    Example: vitrine train ranking icecat --judgments samples/icecat/judgments.csv
    """
    if evidence is Evidence.JUDGMENTS and judgments is None:
        raise typer.BadParameter("name the file with --judgments", param_hint="--from")
    rated = None if judgments is None else read_judgments(judgments)
    moment = None if until is None else until.replace(tzinfo=UTC)
    scores: dict[str, float] = {}
    with opened() as context:
        context.serving(catalog)
        if encode or context.registry.load(catalog, ENCODER) is None:
            scores |= _train_encoder(context, catalog, quiet=as_json)
        used, known = _evidence(context, catalog, evidence, rated, moment)
        learned, promoted = _train_order(context, catalog, used, known, moment)
    scores |= _scores(learned)
    if as_json:
        print_json(
            {
                "catalog": catalog,
                "from": used,
                "queries": learned.queries,
                "promoted": promoted,
                "scores": scores,
                "before": {"ndcg@10": learned.before.ndcg, "ndcg@10 judged only": learned.before.ndcg_judged},
            }
        )
        return
    state = "serves now" if promoted else "does not serve (vitrine models promote would let it)"
    typer.echo(f"{catalog}: an order learned from {used}, {learned.queries} queries, {state}")
    before = {"ndcg@10": learned.before.ndcg, "ndcg@10 judged only": learned.before.ndcg_judged}
    for name, value in scores.items():
        beside = f", without it {before[name]:.4f}" if name in before else ""
        typer.echo(f"{name}: {value:.4f}{beside}")


def _train_encoder(context: Context, catalog: str, *, quiet: bool) -> dict[str, float]:
    products = [item.product for item in context.records.items(catalog)]
    transformer = open_transformer()
    texts = list(dict.fromkeys(embedded_text(product) for product in products))
    values = [value for product in products for value in product.attributes.values() if isinstance(value, str)]
    queries = fragments([product.title for product in products], values, _PSEUDO_QUERIES)
    every = texts + queries
    vectors = []
    with progress(f"encode {catalog}", hidden=quiet) as step:
        for begin in range(0, len(every), _ENCODED_AT_ONCE):
            vectors.append(transformer.encode(every[begin : begin + _ENCODED_AT_ONCE]))
            step(min(begin + _ENCODED_AT_ONCE, len(every)), len(every))
    found = np.concatenate(vectors)
    documents, targets = found[: len(texts)], found[len(texts) :]
    trained = reduced(train_encoder(transformer.tokenizer, transformer.tokens, queries, targets), documents)
    encoder = encoder_of(transformer.tokenizer, trained)
    floors = calibrate(encoder.encode(queries[:_CALIBRATED_ON]), normalised(documents @ trained.projection))
    keys = np.array([text_key(text) for text in texts], dtype=np.uint64)
    scores = {name: trained.metrics[name] for name in ("cosine_before", "cosine")}
    training = Training(
        version("vitrine"),
        metrics=scores,
        parameters={
            "transformer": MODEL,
            "dimensions": DIMENSIONS,
            "ridge": trained.metrics["ridge"],
            "floor": floors.usual,
            "strict_floor": floors.strict,
        },
    )
    context.registry.publish(
        catalog,
        ENCODER,
        training,
        lambda folder: write_encoder(folder, transformer.tokenizer, trained, keys, documents),
    )
    index_catalog(context, catalog, quiet=quiet)
    return scores


def _evidence(
    context: Context, catalog: str, asked: Evidence | None, rated: Judgments | None, until: datetime | None
) -> tuple[Evidence, Judgments | None]:
    """Return what to learn from, with its ratings by query; none for the catalogue alone."""
    if rated is not None and asked in (None, Evidence.JUDGMENTS):
        return Evidence.JUDGMENTS, rated
    if asked is Evidence.CATALOGUE:
        return Evidence.CATALOGUE, None
    since = (until or datetime.now(UTC)) - _SINCE
    searches = context.records.searches(catalog, since=since, until=until)
    clicked = click_judgments(searches, context.records.events(catalog, since=since, until=until))
    if asked is Evidence.CLICKS and len(usable(clicked)) < 2:
        raise CannotTrain(f"{catalog} has no two queries with clicks: let buyers search first, or use --from catalogue")
    if asked is Evidence.CLICKS or len(usable(clicked)) >= _FEWEST_CLICKED:
        return Evidence.CLICKS, clicked
    return Evidence.CATALOGUE, None


def _train_order(
    context: Context, catalog: str, used: Evidence, rated: Judgments | None, until: datetime | None
) -> tuple[Learned, bool]:
    index = context.serving(catalog)
    models = CatalogModels(context.registry, catalog).of(index)
    if models.encoder is None:
        raise CannotTrain(f"{catalog} was indexed without its encoder: run `vitrine index {catalog}` first")
    ids = [item.product.id for item in context.records.items(catalog)]
    learned = learn_order(index, models, ids, rated)
    if learned is None:
        raise CannotTrain(
            "two queries with a positive rating are needed at least: judge more"
            if rated is not None
            else f"{catalog} has too few products of the same kind to learn from: name categories, or judge queries"
        )
    parameters: Mapping[str, str | float | int] = {
        "queries": learned.queries,
        "from": used.value,
        STRENGTH: learned.reranker.strength,
        CATALOGUE_TREES: learned.reranker.catalogue_trees,
    }
    training = Training(
        version("vitrine"),
        until=None if until is None else until.isoformat(),
        metrics=_scores(learned),
        parameters=parameters,
    )
    serving = context.registry.load(catalog, RANKING)
    before = None if serving is None else serving.manifest.training.parameters.get("from", Evidence.JUDGMENTS.value)
    promote = learned.helps and (before is None or not used.is_worse_than(Evidence(str(before))))
    context.registry.publish(catalog, RANKING, training, write_reranker(learned.reranker), promote=promote)
    return learned, promote


def _scores(learned: Learned) -> dict[str, float]:
    return {"ndcg@10": learned.after.ndcg, "ndcg@10 judged only": learned.after.ndcg_judged}
