"""A snapshot of one version in the cluster: a point in time, and what this process must know of it to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter

import numpy as np

from commerce.buyer import ANONYMOUS, Buyer
from engines.opensearch.assortments import visible
from engines.opensearch.buyer_prices import BuyerPrices
from engines.opensearch.conditions import EVERYTHING, NOTHING, all_of
from engines.opensearch.connection import Json
from engines.opensearch.directory import Directory
from engines.opensearch.documents import STORED, OfferOf, own_offer, product_of
from engines.opensearch.facets import Catalogue, Facets
from engines.opensearch.filters import Names, condition_of, of_product, selected
from engines.opensearch.listing import ids_of
from engines.opensearch.naming import product_key
from engines.opensearch.ordering import Position, decode_cursor, encode_cursor, order_of
from engines.opensearch.point import PointInTime, is_whole
from engines.opensearch.preference import Preference, browsing
from engines.opensearch.price_rules import ready
from engines.opensearch.promoted_prices import PromotedPrices
from engines.opensearch.promotion_cells import Meetings
from engines.opensearch.promotions import ready_promotions
from engines.opensearch.scoring import TextQuery
from engines.opensearch.seeing import SPARE, VisibleVocabulary, of_the_buyer
from engines.opensearch.shown_prices import ShownPrices
from engines.opensearch.shown_rows import TESTED, needed
from engines.opensearch.stock import SeenStock
from engines.opensearch.suggesting import KINDS, query_of, search_of, suggestions_of
from engines.opensearch.weighing import Weighing
from engines.plan import SearchPlan, VectorMatch
from engines.port import EngineUnavailable, FieldInfo, Schema, Stats, Suggestion
from engines.results import Hit, SearchResult, StoredProduct
from engines.stock import IN_STOCK_SCORE
from language.analysis import analyzer
from language.dictionary import AttributeEntry
from language.vocabulary import Vocabulary

_MATCHED = "matched"
_MOST_UNITS = 100
_MOST_NEIGHBOURS = 10_000
_MOST_VOCABULARIES = 1_000


@dataclass(frozen=True, slots=True)
class Known:
    """What a snapshot's process knows of its version."""

    batch: int
    stats: Stats
    catalogue: Catalogue
    vocabularies: Mapping[str, Vocabulary]
    dimensions: int
    shards: int
    schema: Schema
    index: str
    directory: Directory
    sold_out: bool

    def visible(self, buyer: Buyer) -> Json:
        """Return the condition that a product is there and one that the buyer sees."""
        committed = {"range": {"batch": {"lte": self.batch}}}
        if buyer.assortments is None:
            return committed
        seen = visible(self.directory.assortments, buyer.assortments, self.index, self.catalogue.names)
        return {"bool": {"filter": [committed, seen]}}

    def prices(self, buyer: Buyer, at: datetime | None, meetings: Meetings) -> PromotedPrices | None:
        """Return what a buyer pays at a moment, None is now; None where that is the catalogue's own prices."""
        moment = at or datetime.now(UTC)
        book, currency = self.directory.prices, self.schema.currency
        lists = book.in_force(buyer.price_lists, currency, moment)
        promotions = [each for each in self.directory.promotions.values() if each.standing(moment) == "in_force"]
        if not lists and not promotions and buyer.fallback:
            return None
        names = self.catalogue.names
        before = BuyerPrices(tuple(ready(each, book, currency, names) for each in lists), buyer.fallback)
        return PromotedPrices(before, ready_promotions(promotions, currency, names), meetings)

    def offers(self, prices: PromotedPrices | None, point: PointInTime, sources: Sequence[Json]) -> OfferOf:
        """Return what makes a buyer's offers of the products of some sources."""
        return own_offer if prices is None else ShownPrices(prices, self.schema.currency, point, sources).offer


class OpenSearchIndex:
    """What the serving version holds at one moment; safe for concurrent use."""

    def __init__(self, point: PointInTime, known: Known) -> None:
        self._point = point
        self._known = known
        self._meetings = Meetings(point)
        self._visible: dict[tuple[str, tuple[str, ...]], VisibleVocabulary] = {}

    def search(self, plan: SearchPlan) -> SearchResult:
        """Execute a plan.

        Raises InvalidCursor for a cursor that does not belong to it, EngineUnavailable where the cluster cannot answer.
        """
        return _Search(self._point, self._known, self._meetings, plan).run()

    def ids(self, plan: SearchPlan) -> Sequence[str]:
        """Return the ids of all products that meet the plan's filter and selections."""
        stock = SeenStock.of(plan.buyer, plan.at)
        names: Names = replace(self._known.catalogue.names, stock=stock)
        prices = self._known.prices(plan.buyer, plan.at, self._meetings)
        names = names if prices is None else replace(names, prices=prices)
        conditions = [] if plan.filter is None else [condition_of(plan.filter, names)]
        conditions += [selected(each, names) for each in plan.selections]
        seen = self._known.visible(plan.buyer)
        met = [of_product(all_of(conditions))] if conditions else []
        return ids_of(self._point, {"bool": {"filter": [seen, *met]}})

    def suggest(self, typed: str, limit: int, buyer: Buyer, at: datetime | None = None) -> Sequence[Suggestion]:  # noqa: ARG002 - phrases have no prices
        """Complete what was typed, up to ``limit`` of each kind."""
        query = query_of(typed, analyzer(self._known.stats.locales[0]))
        if query is None:
            return []
        most = limit if buyer.assortments is None else limit * SPARE
        answers = self._point.search_many([search_of(query, kind, most) for kind in KINDS])
        if failed := next((answer for answer in answers if "error" in answer), None):
            raise EngineUnavailable(f"OpenSearch cannot complete: {str(failed['error'])[:300]}")
        found = [each for kind, answer in zip(KINDS, answers, strict=True) for each in suggestions_of(kind, answer)]
        if buyer.assortments is None:
            return found
        return of_the_buyer(self._point, self._known.visible(buyer), found, limit)

    def get(self, ids: Sequence[str], buyer: Buyer, at: datetime | None = None) -> Mapping[str, StoredProduct]:
        """Return the products of the ids that this catalogue holds."""
        if not ids:
            return {}
        named = {"ids": {"values": [product_key(identity) for identity in dict.fromkeys(ids)]}}
        query = {"bool": {"filter": [named, self._known.visible(buyer)]}}
        prices = self._known.prices(buyer, at, self._meetings)
        body = {"query": query, "size": len(ids), "_source": _wanted(prices), "track_total_hits": False}
        sources = [hit["_source"] for hit in self._point.search(body)["hits"]["hits"]]
        offer = self._known.offers(prices, self._point, sources)
        stock = SeenStock.of(buyer, at)
        found = (stock.shown(product_of(source, offer), source) for source in sources)
        return {product.id: product for product in found}

    def fields(self) -> Mapping[str, FieldInfo]:
        """Return every field that filters, facets and sorting may name."""
        return self._known.catalogue.fields

    def vocabulary(self, locale: str, buyer: Buyer = ANONYMOUS) -> Vocabulary:
        """Return the words of the searched texts of one locale, of the default one where it is not kept."""
        known = self._known.vocabularies
        kept = locale if locale in known else self._known.stats.locales[0]
        if buyer.assortments is None:
            return known[kept]
        key = (kept, buyer.assortments)
        if (words := self._visible.get(key)) is None:
            seen = self._known.visible(buyer)
            words = VisibleVocabulary(known[kept], self._point, seen, self._known.schema, kept)
            if len(self._visible) < _MOST_VOCABULARIES:
                self._visible[key] = words
        return words

    def dictionary(self) -> Mapping[str, AttributeEntry]:
        """Return what the attributes mean."""
        return self._known.schema.dictionary

    def stats(self) -> Stats:
        """Return the size of this version."""
        return self._known.stats


class _Search:
    """One plan on its way through the cluster."""

    def __init__(self, point: PointInTime, known: Known, meetings: Meetings, plan: SearchPlan) -> None:
        self._point = point
        self._known = known
        self._plan = plan
        catalogue = known.catalogue
        names: Names = replace(catalogue.names, stock=SeenStock.of(plan.buyer, plan.at))
        self._prices = known.prices(plan.buyer, plan.at, meetings)
        if self._prices is not None:
            names = replace(names, prices=self._prices)
        catalogue = replace(catalogue, names=names)
        self._names = names
        self._after = decode_cursor(known.stats.version, plan)
        self._condition = None if plan.filter is None else condition_of(plan.filter, names)
        chosen = [(each, selected(each, names)) for each in plan.selections]
        self._facets = Facets(plan, catalogue, self._condition, chosen)
        self._filters = [known.visible(plan.buyer)]
        self._filters += [] if self._condition is None else [of_product(self._condition)]
        conditions = ([] if self._condition is None else [self._condition]) + [each for _, each in chosen]
        self._conditions = all_of(conditions) if conditions else None
        self._chosen = bool(chosen)
        self._whole = True
        self._rows: list[int] | None = None
        self._preference = Preference.of(plan, names, self._condition)
        self._weighing = Weighing.of(plan, names, self._condition)
        self._text = None
        if plan.text is not None and plan.vector is None:
            self._text = TextQuery(
                plan.text,
                known.stats.locales[0],
                known.stats.products,
                plan.also,
                names,
                plan.on_offer_boost if self._preference else 0.0,
                self._weighing,
            )

    @property
    def _browses_by_score(self) -> bool:
        return self._preference is not None or self._weighing is not None

    def run(self) -> SearchResult:
        began = perf_counter()
        if self._text is None:
            least, answer = 0, self._ask(0)
        else:
            least, answer = self._ask_for_words(self._text)
        found = perf_counter()
        hits = answer["hits"]["hits"]
        total = int(answer["hits"]["total"]["value"])
        facets = self._facets.read(answer.get("aggregations", {}), lambda parts: self._count(least, parts))
        shown = hits[: self._plan.limit]
        offer = self._known.offers(self._prices, self._point, [hit["_source"] for hit in shown])
        return SearchResult(
            hits=tuple(self._hit(hit, offer) for hit in shown),
            total=total,
            facets=facets,
            words=least,
            cursor=self._cursor(hits, total, least),
            timings={"match": (found - began) * 1e3, "facets": (perf_counter() - found) * 1e3},
            exact=self._whole,
        )

    def _ask_for_words(self, text: TextQuery) -> tuple[int, Json]:
        """Ask for the products that match all words; where they are not enough, for those that match fewer."""
        plan = text.text
        most = len(plan.words)
        if self._after is not None:
            return self._after.least, self._ask(self._after.least)
        if most <= plan.minimum:
            return plan.minimum, self._ask(plan.minimum)
        answer = self._ask(most)
        whole = answer.get("aggregations", {}).get("whole")
        if (whole["doc_count"] if whole else answer["hits"]["total"]["value"]) >= plan.enough:
            return most, answer
        least = self._least(text, most)
        return least, self._ask(least)

    def _least(self, text: TextQuery, most: int) -> int:
        """Return the largest number of words below ``most`` that enough products match, or the smallest allowed."""
        steps = range(most - 1, text.text.minimum, -1)
        if not steps:
            return text.text.minimum
        parts = {str(least): {"filter": text.matching(least)} for least in steps}
        query = {"bool": {"filter": [*self._filters, text.matching(text.text.minimum)]}}
        answer = self._sent({"size": 0, "track_total_hits": False, "query": query, "aggs": parts})
        counts = answer["aggregations"]
        enough = (least for least in steps if counts[str(least)]["doc_count"] >= text.text.enough)
        return next(enough, text.text.minimum)

    def _ask(self, least: int) -> Json:
        plan = self._plan
        scored = self._text is not None or plan.vector is not None or self._browses_by_score
        size = plan.limit + 1 if self._after is not None and plan.limit else plan.limit
        body: dict[str, object] = {
            **self._query(least),
            "size": size,
            "track_total_hits": True,
            "_source": [*_wanted(self._prices), *(("vector",) if plan.with_vectors else ())],
            "sort": order_of(plan.sort, self._names, self._counting_units(), scored=scored),
            "track_scores": scored,
        }
        if self._after is not None:
            body["search_after"] = list(self._after.after)
        else:
            body["from"] = plan.offset
        if self._conditions is not None and (self._chosen or self._known.catalogue.varied):
            inner: Json | None = None
            if self._known.catalogue.varied and plan.limit:
                inner = {"name": _MATCHED, "size": _MOST_UNITS, "_source": False}
            body["post_filter"] = of_product(self._conditions, inner_hits=inner)
        if plan.apart:
            others: dict[str, object] = {"must_not": [{"ids": {"values": [product_key(each) for each in plan.apart]}}]}
            if "post_filter" in body:
                others["filter"] = [body["post_filter"]]
            body["post_filter"] = {"bool": others}
        aggregations = dict(self._facets.aggregations())
        if self._text is not None and self._counts_apart(least):
            aggregations["whole"] = {"filter": self._text.matching(least)}
        if aggregations:
            body["aggs"] = aggregations
        return self._sent(body)

    def _counting_units(self) -> Json | None:
        """Return what a unit must meet for its product's place in an order; None where each product is its one unit,
        which the query has decided already."""
        if not self._known.catalogue.varied:
            return None
        return EVERYTHING if self._conditions is None else self._conditions

    def _count(self, least: int, parts: Json) -> Json:
        """Send further aggregations over the same hits."""
        body = {**self._query(least, scored=False), "size": 0, "track_total_hits": False, "aggs": parts}
        found: Json = self._sent(body)["aggregations"]
        return found

    def _sent(self, body: Json) -> Json:
        answer = self._point.search(body, self._params())
        self._whole &= is_whole(answer)
        return answer

    def _query(self, least: int, *, scored: bool = True) -> dict[str, object]:
        if self._plan.vector is not None:
            return self._nearest(self._plan.vector)
        preference = self._preference if scored else None
        weighing = self._weighing if scored else None
        told = [] if weighing is None else weighing.told()
        if self._text is None:
            query: Json = {"bool": {"filter": self._filters}}
            if scored and self._browses_by_score:
                query = browsing(query, [] if preference is None else preference.of_browsing())
            if weighing is not None:
                query = {"bool": {"must": [weighing.weighed(query)], "should": told}}
            return {"query": query}
        query = self._text.scored(least)
        if scored:
            preferred = self._text.weighed(self._preferred())
            if preference is not None:
                preferred = [*preferred, preference.of_text([*self._text.untiered(), *preferred])]
            return {"query": {"bool": {"must": [query], "should": [*preferred, *told], "filter": self._filters}}}
        return {"query": {"bool": {"filter": [query, *self._filters]}}}

    def _preferred(self) -> list[Json]:
        """Return what adds to the score of products that can be had at once, where any cannot."""
        if not self._known.sold_out:
            return []
        in_stock = of_product(self._names.stock.in_stock(state=True))
        return [{"constant_score": {"filter": in_stock, "boost": IN_STOCK_SCORE}}]

    def _nearest(self, vector: VectorMatch) -> dict[str, object]:
        """Return the query for the nearest products; the filter is applied while they are sought."""
        if len(vector.values) != self._known.dimensions or not vector.limit:
            return {"query": NOTHING}
        neighbours = {
            "vector": list(vector.values),
            "k": min(vector.limit, _MOST_NEIGHBOURS),
            "filter": {"bool": {"filter": self._filters}},
        }
        nearest: dict[str, object] = {
            "query": {"knn": {"vector": neighbours}},
            "min_score": _of_product(vector.floor),
        }
        if self._known.shards > 1:
            # Every shard finds that many: those of all shards together are looked up first.
            if self._rows is None:
                self._rows = self._nearest_rows(nearest, vector.limit)
            rows = {"terms": {"row": self._rows}}
            nearest["query"] = {"bool": {"must": [nearest["query"]], "filter": [rows]}}
        if self._weighing is not None:
            nearest["query"] = {"bool": {"must": [nearest["query"]], "should": self._weighing.told()}}
        return nearest

    def _nearest_rows(self, nearest: Json, limit: int) -> list[int]:
        order = [{"_score": "desc"}, {"row": "asc"}]
        answer = self._sent({**nearest, "size": min(limit, _MOST_NEIGHBOURS), "_source": False, "sort": order})
        return [hit["sort"][1] for hit in answer["hits"]["hits"]]

    def _counts_apart(self, least: int) -> bool:
        """Whether the number of products that match the words is not the number of hits."""
        text = self._plan.text
        beside = self._plan.also or self._plan.apart or (text is not None and (text.identifiers or text.pieces))
        return text is not None and least > text.minimum and bool(beside or self._chosen)

    def _params(self) -> Json | None:
        # The rarity of a word is that of the whole version, not of each shard.
        return {"search_type": "dfs_query_then_fetch"} if self._known.shards > 1 else None

    def _hit(self, hit: Json, offer: OfferOf) -> Hit:
        found = self._scored_hit(hit, offer)
        if self._weighing is not None:
            found = found._replace(factor=self._weighing.factor(hit.get("matched_queries", ())))
        vector = hit["_source"].get("vector")
        return found if vector is None else found._replace(vector=np.asarray(vector, dtype=np.float32))

    def _scored_hit(self, hit: Json, offer: OfferOf) -> Hit:
        matched = None
        if "inner_hits" in hit:
            inner = hit["inner_hits"][_MATCHED]["hits"]["hits"]
            matched = [each["_nested"]["offset"] for each in inner]
        product = self._names.stock.shown(product_of(hit["_source"], offer, matched), hit["_source"])
        if self._plan.vector is not None:
            return Hit(product, _inner_product(hit["_score"]))
        if self._text is None:
            # A score by popularity is one more than that.
            by_popularity = hit["_score"] - 1.0 if self._browses_by_score else hit["_source"]["popularity"]
            return Hit(product, float(by_popularity))
        tiers = self._text.tiers
        score = hit["_score"]
        counts = self._known.sold_out and any(each.availability.in_stock for each in product.units or (product,))
        for_stock = IN_STOCK_SCORE if counts else 0.0
        return Hit(product, tiers.score(score), tiers.named(score), tiers.words(score), for_stock)

    def _cursor(self, hits: Sequence[Json], total: int, least: int) -> str | None:
        limit = self._plan.limit
        if not limit or len(hits) < limit:
            return None
        if self._after is None and self._plan.offset + limit >= total:
            return None
        if self._after is not None and len(hits) == limit:
            return None
        position = Position(tuple(hits[limit - 1]["sort"]), least)
        return encode_cursor(self._known.stats.version, self._plan, position)


def _wanted(prices: PromotedPrices | None) -> list[str]:
    """Return what of a product's source answers need."""
    if prices is None:
        return list(STORED)
    return [*STORED, *needed(prices.before.stored()), *(TESTED if prices.tested() else ())]


def _of_product(value: float) -> float:
    """Return the score that the cluster gives an inner product: it must be positive and rise with it."""
    return value + 1.0 if value >= 0.0 else 1.0 / (1.0 - value)


def _inner_product(score: float) -> float:
    return score - 1.0 if score >= 1.0 else 1.0 - 1.0 / score
