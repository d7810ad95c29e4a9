"""Draw a catalogue's map from what its index holds."""

from collections.abc import Sequence

import numpy as np
import orjson

from engines.plan import SearchPlan, Sort
from engines.port import SearchIndex
from engines.results import Hit
from language.encoder import Vectors
from ranking.product_map.artefact import SCALE, ProductMap, numbered
from ranking.product_map.layout import lay_out, word_vectors
from ranking.product_map.regions import neighbourhoods, telling_words

_PAGE = 1_000


def draw(index: SearchIndex) -> ProductMap:
    """Lay out all products of a snapshot by the vectors that it holds; by the words of their titles where it has none.

    Takes minutes for 20,000 products. Raises CannotDraw without the extra `learn`.
    """
    hits = _everything(index)
    products = [orjson.loads(hit.product.document) for hit in hits]
    titles = [hit.product.title for hit in hits]
    places = lay_out(_vectors(hits, titles))
    regions = neighbourhoods(places)
    category, categories = numbered([(each.get("category") or [""])[0] for each in products])
    brand, brands = numbered([each.get("brand") or "" for each in products])
    word, words = numbered(telling_words(titles, regions))
    return ProductMap(
        tuple(hit.product.id for hit in hits),
        np.rint(places * SCALE).astype(np.uint16),
        regions,
        category,
        brand,
        word,
        categories,
        brands,
        words,
    )


def _everything(index: SearchIndex) -> list[Hit]:
    """Return every product with its vector, in the order of ids, so that a map is the same from either engine."""
    hits: list[Hit] = []
    cursor = None
    while True:
        plan = SearchPlan(sort=Sort("popularity"), limit=_PAGE, cursor=cursor, with_vectors=True)
        result = index.search(plan)
        hits += result.hits
        cursor = result.cursor
        if cursor is None:
            return sorted(hits, key=lambda hit: hit.product.id)


def _vectors(hits: Sequence[Hit], titles: Sequence[str]) -> Vectors:
    found = [hit.vector for hit in hits if hit.vector is not None]
    if not found or len(found) < len(hits):
        return word_vectors(titles)
    return np.stack(found).astype(np.float32)
