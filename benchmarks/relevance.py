"""Relevance on the judged queries of the sample, ours beside its references in the same run.

``python -m benchmarks.relevance HOME [--transformer]``: HOME is the VITRINE_HOME of a prepared demo. Rows: BM25 of
OpenSearch where VITRINE_TEST_OPENSEARCH_URL names a node, else of the embedded engine's words; with ``--transformer``
MiniLM over all products, which takes 5 to 15 minutes, and its reciprocal-rank fusion with BM25; words alone; hybrid
without any learned order; with the order that the catalogue alone taught; and with an order learned from judgments on
top of that, cross-validated by query three times with other queries held out together. How far that order counts is
chosen within the queries learned from. Linear gain, queries without a positive left out, 95 % bootstrap intervals.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from opensearchpy import OpenSearch
from opensearchpy.helpers import bulk

from benchmarks.sample import SAMPLE, opened
from cli.evaluate import judged_search, ranked_ids
from commerce.product import Product
from evaluation.judgments import read_judgments
from evaluation.search_quality import DEPTH, evaluate_search
from indexer.embedding import embedded_text
from ranking.models import NO_MODELS, CatalogModels
from ranking.transformer import open_transformer
from registry import Registry

Search = Callable[[str], Sequence[str]]
_FIELDS = ("title^2", "brand", "mpn", "attributes", "description")
_K = 60
_PARTITIONS = (1, 2, 3)


def main() -> None:
    """Print a row for each search."""
    home = Path(sys.argv[1])
    judgments = read_judgments(SAMPLE / "judgments.csv")
    index, products = opened(home, "icecat")
    models = CatalogModels(Registry(home / "models"), "icecat").of(index)
    unlearned = replace(models, reranker=None)
    if models.reranker is None:
        raise SystemExit(f"{home} has no learned order: run `vitrine train ranking icecat --judgments FILE` first")
    taught = replace(models, reranker=models.reranker.from_catalogue())

    def words(query: str) -> Sequence[str]:
        return ranked_ids(index, query, NO_MODELS)

    with bm25(products) as by_words:
        searches: dict[str, Search] = {}
        if by_words is not None:
            searches["OpenSearch BM25"] = by_words
        if "--transformer" in sys.argv:
            by_meaning = transformer(products)
            searches["MiniLM"] = by_meaning
            searches["words and MiniLM fused"] = fused(by_words or words, by_meaning)
        searches["words alone"] = words
        searches["hybrid, nothing learned"] = lambda query: ranked_ids(index, query, unlearned)
        searches["hybrid, from catalogue"] = lambda query: ranked_ids(index, query, taught)
        for seed in _PARTITIONS:
            searches[f"hybrid, judgments (cv {seed})"] = judged_search(index, models, judgments, seed=seed)
        print(f"{'':26} nDCG@10              judged only          reciprocal rank      recall@100")
        for name, search in searches.items():
            found = evaluate_search(judgments, search)
            columns = (found.ndcg, found.ndcg_judged, found.reciprocal_rank, found.recall)
            shown = "  ".join(f"{mean.value:.3f} ({mean.low:.2f}-{mean.high:.2f})" for mean in columns)
            print(f"{name:26} {shown}", flush=True)


@contextmanager
def bm25(products: Sequence[Product]) -> Iterator[Search | None]:
    """Index the products in OpenSearch with its defaults and give its best-fields search; None without a node."""
    url = os.environ.get("VITRINE_TEST_OPENSEARCH_URL")
    if url is None:
        yield None
        return
    client, name = OpenSearch(url, timeout=60), f"relevance-{os.getpid()}"
    try:
        client.indices.create(index=name, body={"settings": {"number_of_shards": 1, "number_of_replicas": 0}})
        bulk(client, ({"_index": name, "_id": each.id, "_source": _source(each)} for each in products))
        client.indices.refresh(index=name)

        def search(query: str) -> list[str]:
            match = {"multi_match": {"query": query, "fields": list(_FIELDS)}}
            answer = client.search(index=name, body={"query": match, "size": DEPTH, "_source": False})
            return [hit["_id"] for hit in answer["hits"]["hits"]]

        yield search
    finally:
        client.indices.delete(index=name, params={"ignore_unavailable": "true"})


def transformer(products: Sequence[Product]) -> Search:
    """Encode every product by MiniLM and search by inner product."""
    model = open_transformer()
    vectors = model.encode([embedded_text(product) for product in products])
    ids = [product.id for product in products]

    def search(query: str) -> list[str]:
        similar = vectors @ model.encode([query])[0]
        return [ids[at] for at in np.argsort(-similar, kind="stable")[:DEPTH]]

    return search


def fused(one: Search, other: Search) -> Search:
    """Fuse by reciprocal ranks (Cormack, Clarke and Büttcher, 2009)."""

    def search(query: str) -> list[str]:
        scores: defaultdict[str, float] = defaultdict(float)
        for ids in (one(query), other(query)):
            for rank, identity in enumerate(ids, 1):
                scores[identity] += 1 / (_K + rank)
        return sorted(scores, key=lambda identity: -scores[identity])[:DEPTH]

    return search


def _source(product: Product) -> dict[str, object]:
    said = [value for value in product.attributes.values() if isinstance(value, str)]
    return {
        "title": product.title,
        "brand": product.brand,
        "mpn": product.mpn,
        "attributes": said,
        "description": product.description,
    }


if __name__ == "__main__":
    main()
