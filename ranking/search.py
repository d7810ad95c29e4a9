"""Answer a search: understand the query, execute the plan, present the hits."""

from commerce.buyer import Buyer
from engines.port import SearchIndex
from ranking.request import SearchAnswer, SearchRequest


def search(index: SearchIndex, request: SearchRequest, buyer: Buyer) -> SearchAnswer:
    """Search one catalogue's snapshot for this buyer.

    Raises UnknownField for a filter, facet or sort field that the catalogue does not have, InvalidPage beyond
    10,000 hits without a cursor.
    """
    raise NotImplementedError
