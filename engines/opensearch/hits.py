"""What the hits of an answer say, as the port tells it."""

from collections.abc import Sequence

import numpy as np

from engines.opensearch.connection import Json
from engines.opensearch.documents import OfferOf, product_of
from engines.opensearch.nearest import inner_product
from engines.opensearch.scoring import TextQuery
from engines.opensearch.stock import SeenStock
from engines.opensearch.weighing import Weighing
from engines.results import Hit, StoredProduct
from engines.stock import IN_STOCK_SCORE

MATCHED = "matched"
"""The name of the units that meet a search's conditions, among what comes with a hit."""


class HitReader:
    """Reads the hits of one search.

    ``text`` are the words that were asked for, ``nearest`` says that a vector was, and ``by_score`` that hits without
    either are scored by popularity. ``sold_out`` says whether anything of the catalogue cannot be had at once.
    """

    def __init__(
        self,
        stock: SeenStock,
        text: TextQuery | None,
        weighing: Weighing | None,
        *,
        nearest: bool,
        by_score: bool,
        sold_out: bool,
    ) -> None:
        self._stock = stock
        self._tiers = None if text is None else text.tiers
        self._weighing = weighing
        self._nearest = nearest
        self._by_score = by_score
        self._sold_out = sold_out

    def read(self, hits: Sequence[Json], offer: OfferOf) -> tuple[Hit, ...]:
        """Return the hits in their order; ``offer`` makes what the buyer is offered of each unit."""
        return tuple([self._hit(hit, offer) for hit in hits])

    def _hit(self, hit: Json, offer: OfferOf) -> Hit:
        source = hit["_source"]
        product = product_of(source, offer, self._stock, _matched(hit))
        factor = 1.0 if self._weighing is None else self._weighing.factor(hit.get("matched_queries", ()))
        given = source.get("vector")
        vector = None if given is None else np.asarray(given, dtype=np.float32)
        if self._nearest:
            return Hit(product, inner_product(hit["_score"]), vector=vector, factor=factor)
        if (tiers := self._tiers) is None:
            # A score by popularity is one more than that.
            by_popularity = hit["_score"] - 1.0 if self._by_score else source["popularity"]
            return Hit(product, float(by_popularity), vector=vector, factor=factor)
        score = hit["_score"]
        for_stock = IN_STOCK_SCORE if self._sold_out and _is_in_stock(product) else 0.0
        return Hit(product, tiers.score(score), tiers.named(score), tiers.words(score), for_stock, vector, factor)


def _matched(hit: Json) -> list[int] | None:
    """Return the places of the units that meet the conditions; None without conditions."""
    if "inner_hits" not in hit:
        return None
    return [each["_nested"]["offset"] for each in hit["inner_hits"][MATCHED]["hits"]["hits"]]


def _is_in_stock(product: StoredProduct) -> bool:
    return any(each.availability.in_stock for each in product.units or (product,))
