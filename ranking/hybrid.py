"""Find by words and by meaning, put the best first, and page through all of it.

The first hits of both ways are the candidates: they are ordered anew and stand first. All that the words found beyond
them follows in the engine's order, so that nothing found is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.plan import SearchPlan, TextMatch, VectorMatch
from engines.port import SearchIndex
from engines.results import Hit, SearchResult
from language.filters.tree import And, In
from language.vocabulary import Vocabulary
from ranking.candidates import Candidates, Scores, find, first_of_engine, near_ids
from ranking.intent import Intent
from ranking.models import Models
from ranking.ordering import Order, engine_stages, order, order_by_words
from ranking.personal import FactReader, Personal
from ranking.places import Place, from_cursor, is_place, to_cursor, without
from ranking.relevance import Weights
from ranking.request import Stage
from ranking.signals import SignalReader

_MARK = "~"


@dataclass(frozen=True, slots=True)
class Found:
    """One page. ``result`` has its hits, the totals and facets of all, and the cursor of the next page; ``near`` are
    the ids of what was found by meaning; ``stages`` explain the hits by id, as far as they were ordered anew."""

    result: SearchResult
    near: frozenset[str] = frozenset()
    stages: dict[str, tuple[Stage, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What ordering needs to know of the request."""

    models: Models
    reader: SignalReader
    vocabulary: Vocabulary
    intent: Intent
    weights: Weights
    explain: bool
    personal: Personal | None = None
    facts: FactReader | None = None

    def personal_scores(self, hits: Sequence[Hit]) -> Scores | None:
        """Return what the buyer's profile adds to each hit; None where there is no profile."""
        if self.personal is None or self.facts is None:
            return None
        return self.personal.scores([hit.product for hit in hits], self.facts)


def semantic(index: SearchIndex, plan: SearchPlan, vector: VectorMatch | None) -> Found:
    """Find by meaning alone, the nearest first; nothing for a query without meaning."""
    if vector is None:
        return Found(index.search(replace(plan, text=TextMatch((), {}, 1))))
    result = index.search(replace(plan, text=None, vector=vector))
    found = frozenset(hit.product.id for hit in result.hits)
    if plan.also and (plan.facets or plan.auto_facets):
        named = (*near_ids(index, replace(plan, apart=()), vector), *plan.also)
        counted = SearchPlan(
            buyer=plan.buyer,
            at=plan.at,
            filter=In("id", named) if plan.filter is None else And((plan.filter, In("id", named))),
            selections=plan.selections,
            facets=plan.facets,
            auto_facets=plan.auto_facets,
            facet_limit=plan.facet_limit,
            limit=0,
        )
        result = replace(result, facets=index.search(counted).facets)
    return Found(result, found)


def hybrid(index: SearchIndex, plan: SearchPlan, vector: VectorMatch | None, asked: Asked) -> Found:
    """Find by words and by meaning. Raises InvalidCursor for a cursor that is not one of this search's."""
    if plan.sort.field != "relevance":
        near = near_ids(index, plan, vector)
        return Found(index.search(replace(plan, also=(*plan.also, *near))), frozenset(near))
    whole = replace(plan, cursor=None)
    candidates = find(index, whole, vector)
    near_found = frozenset(hit.product.id for hit, near in zip(candidates.hits, candidates.near, strict=True) if near)
    ordered = order(
        candidates,
        plan.text,
        asked.models.reranker,
        asked.reader,
        asked.vocabulary,
        asked.intent,
        asked.weights,
        asked.personal_scores(candidates.hits),
    )
    result, stages = _page(index, plan, candidates, ordered, explain=asked.explain)
    return Found(result, near_found, stages)


def personal_words(index: SearchIndex, plan: SearchPlan, asked: Asked) -> Found:
    """Find by words alone, or browse, with the first hits in the order that the buyer's profile makes of them.

    Raises InvalidCursor for a cursor that is not one of this search's.
    """
    candidates = first_of_engine(index, replace(plan, cursor=None))
    scores = asked.personal_scores(candidates.hits)
    nothing = np.zeros(len(candidates.hits))

    def explain(at: int) -> tuple[Stage, ...]:
        return engine_stages(candidates.hits[at], candidates.result.words)

    ordered = order_by_words(candidates, nothing if scores is None else scores, explain)
    result, stages = _page(index, plan, candidates, ordered, explain=asked.explain)
    return Found(result, stages=stages)


def is_reordered(cursor: str | None) -> bool:
    """Say whether a cursor continues an answer whose first hits were ordered anew."""
    return is_place(cursor, _MARK)


def _page(
    index: SearchIndex, plan: SearchPlan, candidates: Candidates, ordered: Order, *, explain: bool
) -> tuple[SearchResult, dict[str, tuple[Stage, ...]] | None]:
    place = from_cursor(plan.cursor, _MARK) if plan.cursor else Place(plan.offset)
    whole = replace(plan, cursor=None)
    shown = [candidates.hits[at] for at in ordered.rows]
    first = place.shown
    if place.beyond is None and first + plan.limit <= len(shown):
        page: list[Hit] = shown[first : first + plan.limit]
        last = first + plan.limit >= candidates.result.total
        cursor = None if last or not page else to_cursor(Place(first + plan.limit), _MARK)
    else:
        page, cursor = _beyond(index, whole, shown, place)
    result = replace(candidates.result, hits=tuple(page), cursor=cursor)
    stages = None
    if explain:
        stages = _explained(candidates, ordered, {hit.product.id for hit in page})
    return result, stages


def _beyond(index: SearchIndex, plan: SearchPlan, shown: Sequence[Hit], place: Place) -> tuple[list[Hit], str | None]:
    """Return a page that reaches beyond the candidates: what is left of them, then what else the words found."""
    if place.beyond is None:
        page = list(shown[place.shown : place.shown + plan.limit])
        left_out = tuple(hit.product.id for hit in shown)
        skip = max(place.shown - len(shown), 0)
    else:
        page, left_out, skip = [], place.without, 0
    rest = replace(
        plan,
        filter=without(plan.filter, left_out),
        facets=(),
        auto_facets=0,
        offset=skip,
        limit=plan.limit - len(page),
        cursor=place.beyond or None,
    )
    found = index.search(rest)
    hits: Sequence[Hit] = found.hits
    if plan.filter is None and not plan.selections:
        # The condition that leaves the candidates out is not one that variants meet.
        hits = [hit._replace(product=hit.product._replace(matched=())) for hit in hits]
    cursor = None if found.cursor is None else to_cursor(Place(0, found.cursor, left_out), _MARK)
    return [*page, *hits], cursor


def _explained(candidates: Candidates, ordered: Order, shown: set[str]) -> dict[str, tuple[Stage, ...]]:
    wanted = [at for at in ordered.rows if candidates.hits[at].product.id in shown]
    return {candidates.hits[at].product.id: ordered.explain(at) for at in wanted}
