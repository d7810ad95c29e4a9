"""A snapshot of one version in the cluster: a point in time, and what this process must know of it to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from commerce.buyer import ANONYMOUS, Buyer
from engines.opensearch.conditions import all_of
from engines.opensearch.documents import product_of
from engines.opensearch.filters import Names, condition_of, of_product, selected
from engines.opensearch.known import Known, wanted
from engines.opensearch.listing import ids_of
from engines.opensearch.naming import product_key
from engines.opensearch.point import PointInTime
from engines.opensearch.promotion_cells import Meetings
from engines.opensearch.searching import Search
from engines.opensearch.seeing import SPARE, VisibleVocabulary, of_the_buyer
from engines.opensearch.stock import SeenStock
from engines.opensearch.suggesting import KINDS, query_of, search_of, suggestions_of
from engines.plan import SearchPlan
from engines.port import EngineUnavailable, FieldInfo, Stats, Suggestion
from engines.results import SearchResult, StoredProduct
from language.analysis import analyzer
from language.dictionary import AttributeEntry
from language.vocabulary import Vocabulary

_MOST_VOCABULARIES = 1_000


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
        return Search(self._point, self._known, self._meetings, plan).run()

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
        body = {"query": query, "size": len(ids), "_source": wanted(prices), "track_total_hits": False}
        sources = [hit["_source"] for hit in self._point.search(body)["hits"]["hits"]]
        offer = self._known.offers(prices, self._point, sources)
        stock = SeenStock.of(buyer, at)
        found = (product_of(source, offer, stock) for source in sources)
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
