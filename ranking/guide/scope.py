"""What a conversation is about: the products that the query and the filter leave to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from commerce.buyer import Buyer
from engines.plan import FacetRequest, SearchPlan
from engines.port import SearchIndex
from language.analysis import Analyzer, analyzer
from language.filters.tree import And, Compare, Filter
from ranking.fields import resolve_filter
from ranking.guide.conversation import GuideRequest
from ranking.measures import Constraint, MeasureReader
from ranking.synonyms import SynonymTable
from ranking.understanding import understand
from ranking.visible_fields import fields_of

_MOST_CATEGORIES = 1_000
_SEPARATOR = " > "
Terms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The plan of all that is left before the first answer, and what the query was understood to say. ``otherwise`` is
    what holds where this finds nothing."""

    plan: SearchPlan
    category: str | None = None
    constraints: tuple[Constraint, ...] = ()
    otherwise: "Scope | None" = None


def scope_of(index: SearchIndex, request: GuideRequest, buyer: Buyer, locale: str, synonyms: SynonymTable) -> Scope:
    """Understand what a conversation begins with.

    A query that is the name of a category, and nothing else, means what stands in it: "notebook" is no notebook case.
    Where the buyer sees nothing there, or the words say more, products are found by their words. Raises UnknownField
    and InvalidFilter for the request's filter.
    """
    fields = fields_of(index, buyer)
    asked = both(None if request.filter is None else resolve_filter(request.filter, fields), request.hidden)
    words = analyzer(locale)
    reader = MeasureReader(index.dictionary(), words, locale)
    query, _ = synonyms.without_stop_words(request.query, words, locale)
    compounds = synonyms.compounds(words, locale)
    understood = understand(query, words, index.vocabulary(locale, buyer), reader, compounds=compounds)
    plan = SearchPlan(buyer=buyer, at=request.at, filter=both(asked, understood.filter), limit=0)
    text = understood.text
    if text is not None:
        text = replace(text, words=synonyms.widen(text.words, words, locale))
        if locale != index.stats().locales[0]:
            text = replace(text, locale=locale)
    plan = replace(plan, text=text)
    found = Scope(plan, None, understood.constraints)
    if understood.filter is not None:
        # As in search: limits that nothing meets are given up, and shown as what only ranks.
        kept = tuple(each for each in understood.constraints if not each.filters)
        found = replace(found, otherwise=Scope(replace(plan, filter=asked), None, kept))
    category = _category(index, request.query, words, locale)
    if category is None:
        return found
    within = replace(plan, text=None, filter=both(asked, Compare("category", "=", category)))
    return Scope(within, category, otherwise=found)


def both(one: Filter | None, other: Filter | None) -> Filter | None:
    """Return the filter that both hold."""
    if one is None or other is None:
        return other if one is None else one
    return And((one, other))


_categories: WeakKeyDictionary[SearchIndex, dict[str, Mapping[Terms, str]]] = WeakKeyDictionary()


def _category(index: SearchIndex, query: str, words: Analyzer, locale: str) -> str | None:
    """Return the path of the category that the whole query names; of several the one of most products."""
    terms = tuple(words.terms(query))
    if not terms or "category" not in index.fields():
        return None
    known = _categories.setdefault(index, {})
    if locale not in known:
        request = FacetRequest("category", _MOST_CATEGORIES)
        [facet] = index.search(SearchPlan(facets=(request,), limit=0)).facets
        found: dict[Terms, str] = {}
        for each in facet.values:
            found.setdefault(tuple(words.terms(str(each.value).rsplit(_SEPARATOR, 1)[-1])), str(each.value))
        known[locale] = found
    return known[locale].get(terms)
