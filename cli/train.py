"""Train models from what is loaded."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from cli.catalog import index_catalog
from cli.context import AsJson, CatalogName, Context, opened, print_json, progress
from cli.train_comparison import train_comparison
from cli.train_extraction import train_extraction
from cli.train_map import train_map
from cli.train_recommender import train_the_recommender
from evaluation.judgments import Judgments, read_judgments
from indexer.embedding import embedded_text, text_key
from language.encoder import KIND as ENCODER
from language.encoder import normalised
from ranking.encoder_training import DIMENSIONS, encoder_of, reduced, train_encoder, write_encoder
from ranking.examples import examples
from ranking.ltr import KIND as RANKING
from ranking.ltr_training import cross_validate, train_reranker, write_reranker
from ranking.meaning import calibrate
from ranking.models import CatalogModels
from ranking.pseudo_queries import fragments
from ranking.transformer import MODEL, CannotTrain, open_transformer
from registry import Training

app = typer.Typer(no_args_is_help=True, help="Train models from what is loaded.")
app.command("recommender")(train_the_recommender)
app.command("comparison")(train_comparison)
app.command("extraction")(train_extraction)
app.command("map")(train_map)
_PSEUDO_QUERIES = 12_000
_CALIBRATED_ON = 400
_ENCODED_AT_ONCE = 512


@app.callback()
def train() -> None:
    """Train models from what is loaded."""


@app.command("ranking")
def train_ranking(
    catalog: CatalogName,
    judgments: Annotated[
        Path | None, typer.Option(help="CSV with the columns query, product_id, rating to learn the order from.")
    ] = None,
    encode: Annotated[
        bool, typer.Option("--encode", help="Encode the whole catalogue again by the transformer (minutes).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train search by meaning, and with judgments the order of its hits.

    The encoder learns from the catalogue alone, where there is none yet or with --encode; that needs the extra `train`
    and indexes the catalogue again. The order is cross-validated by query before it is trained on all of them.

    Example: vitrine train ranking icecat --judgments samples/icecat/judgments.csv
    """
    rated = None if judgments is None else read_judgments(judgments)
    scores: dict[str, float] = {}
    with opened() as context:
        context.serving(catalog)
        if encode or context.registry.load(catalog, ENCODER) is None:
            scores |= _train_encoder(context, catalog, quiet=as_json)
        if rated is not None:
            scores |= _train_order(context, catalog, rated)
    if as_json:
        print_json({"catalog": catalog, "scores": scores})
        return
    for name, value in scores.items():
        typer.echo(f"{name}: {value:.4f}")


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


def _train_order(context: Context, catalog: str, judgments: Judgments) -> dict[str, float]:
    index = context.serving(catalog)
    models = CatalogModels(context.registry, catalog).of(index)
    if models.encoder is None:
        raise CannotTrain(f"{catalog} was indexed without its encoder: run `vitrine index {catalog}` first")
    learned = examples(index, models, judgments)
    if len(learned) < 2:  # one to learn from, one to score
        raise CannotTrain("two queries with a positive rating are needed at least: judge more")
    scored = cross_validate(learned)
    scores = {"ndcg@10": scored.ndcg, "ndcg@10 judged only": scored.ndcg_judged}
    training = Training(version("vitrine"), metrics=scores, parameters={"queries": len(learned)})
    context.registry.publish(catalog, RANKING, training, write_reranker(train_reranker(learned)))
    return scores
