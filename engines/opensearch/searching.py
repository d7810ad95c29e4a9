"""One plan on its way through the cluster."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from engines.opensearch.conditions import EVERYTHING, all_of
from engines.opensearch.connection import Json
from engines.opensearch.facets import Facets
from engines.opensearch.filters import Names, condition_of, of_product, selected
from engines.opensearch.hits import MATCHED, HitReader
from engines.opensearch.known import Known, wanted
from engines.opensearch.naming import product_key
from engines.opensearch.nearest import most_of, nearest
from engines.opensearch.ordering import Position, decode_cursor, encode_cursor, order_of
from engines.opensearch.point import PointInTime, is_whole
from engines.opensearch.preference import Preference, browsing
from engines.opensearch.promotion_cells import Meetings
from engines.opensearch.scoring import TextQuery
from engines.opensearch.stock import SeenStock
from engines.opensearch.weighing import Weighing
from engines.plan import SearchPlan, VectorMatch
from engines.results import SearchResult
from engines.stock import IN_STOCK_SCORE

_MOST_UNITS = 100


class Search:
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
            hits=self._reader().read(shown, offer),
            total=total,
            facets=facets,
            words=least,
            cursor=self._cursor(hits, total, least),
            timings={"match": (found - began) * 1e3, "facets": (perf_counter() - found) * 1e3},
            exact=self._whole,
        )

    def _reader(self) -> HitReader:
        return HitReader(
            self._names.stock,
            self._text,
            self._weighing,
            nearest=self._plan.vector is not None,
            by_score=self._browses_by_score,
            sold_out=self._known.sold_out,
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
            "_source": [*wanted(self._prices), *(("vector",) if plan.with_vectors else ())],
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
                inner = {"name": MATCHED, "size": _MOST_UNITS, "_source": False}
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
        """Return the query for the nearest products of all shards together."""
        found = nearest(vector, self._known.dimensions, self._filters)
        if "min_score" in found and self._known.shards > 1:
            # Every shard finds that many: those of all shards together are looked up first.
            if self._rows is None:
                self._rows = self._nearest_rows(found, vector)
            rows = {"terms": {"row": self._rows}}
            found["query"] = {"bool": {"must": [found["query"]], "filter": [rows]}}
        if "min_score" in found and self._weighing is not None:
            found["query"] = {"bool": {"must": [found["query"]], "should": self._weighing.told()}}
        return found

    def _nearest_rows(self, query: Json, vector: VectorMatch) -> list[int]:
        order = [{"_score": "desc"}, {"row": "asc"}]
        answer = self._sent({**query, "size": most_of(vector), "_source": False, "sort": order})
        return [hit["sort"][1] for hit in answer["hits"]["hits"]]

    def _counts_apart(self, least: int) -> bool:
        """Whether the number of products that match the words is not the number of hits."""
        text = self._plan.text
        beside = self._plan.also or self._plan.apart or (text is not None and (text.identifiers or text.pieces))
        return text is not None and least > text.minimum and bool(beside or self._chosen)

    def _params(self) -> Json | None:
        # The rarity of a word is that of the whole version, not of each shard.
        return {"search_type": "dfs_query_then_fetch"} if self._known.shards > 1 else None

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
