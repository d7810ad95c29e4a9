"""Two ways of ordering one search in one list, so that what buyers take says which is better.

The first hundred hits are picked by team draft (see ``evaluation.experiments.interleaving``), on whatever page; what
follows is in the order of the way that found more. Pins stand outside: they are no team's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engines.plan import SearchPlan
from engines.results import Hit
from evaluation.experiments.interleaving import Team, team_draft
from ranking.hybrid import Found
from ranking.models import NO_MODELS, Models
from ranking.personal import Personal
from ranking.places import Place, from_cursor, is_place, to_cursor, without
from ranking.relevance import USUAL, Relevance
from ranking.request import Mode

DEPTH = 100
_MARKS = ("i", "j")
"""Of cursors, by the way that goes on behind the picks."""
Find = Callable[[SearchPlan], Found]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of ordering a search: with which models, in which mode, for whom, and what counts how much."""

    mode: Mode = "hybrid"
    models: Models = NO_MODELS
    personal: Personal | None = None
    relevance: Relevance = USUAL


@dataclass(frozen=True, slots=True)
class Rival:
    """Another way that a search is answered with as well, and the ``seed`` of the coins that say who picks first."""

    way: Way
    seed: str


@dataclass(frozen=True, slots=True)
class Interleaved:
    """One page of both ways. ``teams`` has who picked each hit by its id, for hits among the first hundred."""

    found: Found
    teams: Mapping[str, Team] = field(default_factory=dict)


def is_interleaved(cursor: str | None) -> bool:
    """Say whether a cursor continues an interleaved answer."""
    return any(is_place(cursor, mark) for mark in _MARKS)


def resumed(plan: SearchPlan) -> SearchPlan:
    """Return a plan for the page at an interleaved cursor for one way alone, where the experiment has ended."""
    if plan.cursor is None or not is_interleaved(plan.cursor):
        return plan
    return replace(plan, cursor=None, offset=from_cursor(plan.cursor, plan.cursor[0]).shown)


def interleaved(plan: SearchPlan, ways: tuple[Find, Find], seed: str) -> Interleaved:
    """Find one page in the order of two ways.

    Totals and facets are those of the way that found more. Raises InvalidCursor for a cursor that is not one of an
    interleaved search.
    """
    place = from_cursor(plan.cursor, plan.cursor[0]) if plan.cursor else Place(plan.offset)
    last = place.shown + plan.limit
    if plan.cursor is not None and place.beyond is not None:
        way = _MARKS.index(plan.cursor[0])
        rest = replace(plan, cursor=place.beyond, offset=0, filter=without(plan.filter, place.without))
        return Interleaved(_behind(plan, way, ways[way](rest), [], place.without, last))
    head = replace(plan, cursor=None, offset=0, limit=min(last, DEPTH))
    both = ways[0](head), ways[1](head)
    wider = 0 if both[0].result.total >= both[1].result.total else 1
    hits: dict[str, Hit] = {}
    for found in both:
        hits.update((hit.product.id, hit) for hit in found.result.hits if hit.product.id not in hits)
    rankings = [[hit.product.id for hit in found.result.hits] for found in both]
    picks = team_draft(rankings[0], rankings[1], head.limit, seed)
    page = [hits[identity] for identity, _ in picks[place.shown : last]]
    whole = _joined(both, wider, dict(picks))
    total = max(whole.result.total, len(picks))
    if last <= DEPTH:
        cursor = to_cursor(Place(last), _MARKS[0]) if page and last < total else None
        result = replace(whole.result, hits=tuple(page), total=total, cursor=cursor)
        return Interleaved(replace(whole, result=result), dict(picks))
    shown = tuple(identity for identity, _ in picks)
    rest = replace(
        plan,
        filter=without(plan.filter, shown),
        facets=(),
        auto_facets=0,
        offset=max(place.shown - len(shown), 0),
        limit=plan.limit - len(page),
        cursor=None,
    )
    behind = _behind(plan, wider, ways[wider](rest), page, shown, last)
    result = replace(whole.result, hits=behind.result.hits, total=total, cursor=behind.result.cursor)
    return Interleaved(replace(whole, result=result, near=whole.near | behind.near), dict(picks))


def _behind(plan: SearchPlan, way: Team, rest: Found, page: Sequence[Hit], shown: tuple[str, ...], last: int) -> Found:
    """Return a page that goes on behind the picks with what else was found."""
    hits = rest.result.hits
    if plan.filter is None and not plan.selections:
        # The condition that leaves the picks out is not one that variants meet.
        hits = tuple(hit._replace(product=hit.product._replace(matched=())) for hit in hits)
    inner = rest.result.cursor
    cursor = None if inner is None else to_cursor(Place(last, inner, shown), _MARKS[way])
    total = rest.result.total + len(shown)
    return replace(rest, result=replace(rest.result, hits=(*page, *hits), total=total, cursor=cursor))


def _joined(both: tuple[Found, Found], wider: int, picks: Mapping[str, Team]) -> Found:
    """Return the wider of two findings with what both say of their own picks."""
    stages = None
    if any(found.stages is not None for found in both):
        stages = {
            identity: said
            for identity, team in picks.items()
            if (said := (both[team].stages or {}).get(identity)) is not None
        }
    return replace(both[wider], near=both[0].near | both[1].near, stages=stages)
