"""What was searched for, as the gaps of a map count it."""

from collections.abc import Iterable, Iterator

from commerce.buyer import Buyer
from commerce.event import SearchRecord
from engines.plan import SearchPlan
from engines.port import SearchIndex
from ranking.meaning import QueryEncoder
from ranking.product_map.gaps import Asked

_MOST_QUERIES = 500
_NEAREST = 10


class _Tally:
    __slots__ = ("hits", "searches", "without_result")

    def __init__(self) -> None:
        self.searches = self.without_result = 0
        self.hits: tuple[str, ...] = ()


def asked(
    searches: Iterable[SearchRecord], index: SearchIndex, encoder: QueryEncoder | None, everyone: Buyer
) -> Iterator[Asked]:
    """Yield the 500 most frequent queries with the products that answered them last; where none did, with those nearest
    in meaning. Only first pages count, and browsing is no query."""
    tallies: dict[str, _Tally] = {}
    for search in searches:
        text = " ".join(search.text.lower().split())
        if not text or search.page != 1:
            continue
        tally = tallies.setdefault(text, _Tally())
        tally.searches += 1
        tally.without_result += not search.total
        tally.hits = search.hits or tally.hits
    most = sorted(tallies.items(), key=lambda each: (-each[1].searches, each[0]))[:_MOST_QUERIES]
    for text, tally in most:
        hits = tally.hits or _nearest(text, index, encoder, everyone)
        yield Asked(text, tally.searches, tally.without_result, hits)


def _nearest(text: str, index: SearchIndex, encoder: QueryEncoder | None, everyone: Buyer) -> tuple[str, ...]:
    match = encoder.near(text, _NEAREST) if encoder else None
    if match is None:
        return ()
    found = index.search(SearchPlan(buyer=everyone, vector=match, limit=_NEAREST))
    return tuple(hit.product.id for hit in found.hits)
