"""How much of what a facet counts was read from texts."""

from collections.abc import Mapping

from engines.plan import FacetRequest, SearchPlan
from engines.port import EXTRACTED, SearchIndex

_MOST_FIELDS = 1_000


def stated_shares(index: SearchIndex) -> Mapping[str, float]:
    """Return by field the share of the products carrying it whose value was read from texts; fields with none are left
    out. Of the whole catalogue: not for buyers who see a part of it."""
    fields = index.fields()
    if EXTRACTED not in fields:
        return {}
    [facet] = index.search(SearchPlan(facets=(FacetRequest(EXTRACTED, _MOST_FIELDS),), limit=0)).facets
    return {
        str(each.value): each.count / fields[str(each.value)].products
        for each in facet.values
        if str(each.value) in fields
    }
