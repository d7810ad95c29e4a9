"""Which facets stand first and which are not shown, where rules say so."""

from collections.abc import Mapping, Sequence

from commerce.merchandising import FacetDisplay
from engines.port import FieldInfo
from engines.results import Facet
from engines.stock import AVAILABLE_BY
from ranking.request import SearchRequest


def shown_first(display: FacetDisplay, fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return the facets that stand first, as far as the buyer may know of their fields."""
    hidden = {*display.hidden, AVAILABLE_BY}
    return [name for name in display.first if name not in hidden and name in fields]


def displayed(facets: Sequence[Facet], display: FacetDisplay, request: SearchRequest) -> tuple[Facet, ...]:
    """Return the facets of an answer as they are shown: what was asked for by name is shown in any case."""
    if display == FacetDisplay():
        return tuple(facets)
    kept = list(facets)
    if request.facets is None and not request.facet_search:
        kept = [each for each in facets if each.field not in display.hidden and each.values]
    place = {name: at for at, name in enumerate(display.first)}
    return tuple(sorted(kept, key=lambda each: place.get(each.field, len(place))))
