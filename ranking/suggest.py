"""Answer while a buyer types: completions, and the products that the typed text finds already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from commerce.buyer import Buyer
from engines.plan import FacetRequest, SearchPlan
from engines.port import SearchIndex, Suggestion
from language.filters.tree import And, Filter, In
from ranking.merchandising.ruling import hidden_everywhere
from ranking.merchandising.table import NO_RULES, RuleTable
from ranking.personal import Personal
from ranking.request import RankedHit, SearchRequest
from ranking.search import search

_MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class SuggestAnswer:
    """Completions as (text, products) pairs, and hits."""

    queries: tuple[tuple[str, int], ...]
    products: tuple[RankedHit, ...]
    categories: tuple[tuple[str, int], ...]
    brands: tuple[tuple[str, int], ...]


def suggest(
    index: SearchIndex,
    typed: str,
    limit: int,
    buyer: Buyer,
    at: datetime | None = None,
    personal: Personal | None = None,
    rules: RuleTable = NO_RULES,
) -> SuggestAnswer:
    """Suggest up to ``limit`` of each kind for what was typed; nothing typed suggests nothing. Prices hold ``at``
    a moment, None is now. Of what fits, what a ``personal`` profile likes comes first; ``rules`` say which
    products."""
    if not typed.strip():
        return SuggestAnswer((), (), (), ())
    completions = index.suggest(typed, limit, buyer, at)
    asked = SearchRequest(query=typed, page_size=limit, facets=(), at=at)
    found = search(index, asked, buyer, personal=personal, rules=rules)
    categories, brands = _of(completions, "category"), _of(completions, "brand")
    hidden = hidden_everywhere(found.locale, buyer, rules, at)
    if hidden is not None:
        categories = _counted(index, "category", categories, buyer, at, hidden)
        brands = _counted(index, "brand", brands, buyer, at, hidden)
    if personal is not None:
        categories, brands = personal.liked(categories, "category"), personal.liked(brands, "brand")
    return SuggestAnswer(_of(completions, "query"), found.hits, categories, brands)


def _counted(
    index: SearchIndex,
    field: str,
    values: tuple[tuple[str, int], ...],
    buyer: Buyer,
    at: datetime | None,
    condition: Filter,
) -> tuple[tuple[str, int], ...]:
    """Count the products of each value again under a condition, and leave out those without any."""
    if not values:
        return ()
    among = In(field, tuple(value for value, _ in values))
    facets = (FacetRequest(field, _MOST_COUNTED),)
    plan = SearchPlan(buyer=buyer, at=at, filter=And((among, condition)), facets=facets, limit=0)
    counts = {str(each.value): each.count for facet in index.search(plan).facets for each in facet.values}
    return tuple((value, counts[value]) for value, _ in values if counts.get(value))


def _of(completions: Iterable[Suggestion], kind: str) -> tuple[tuple[str, int], ...]:
    return tuple((each.text, each.count) for each in completions if each.kind == kind)
