"""The ids of whatever meets a query, page by page."""

from engines.opensearch.connection import Json
from engines.opensearch.point import PointInTime

_PAGE = 10_000


def ids_of(point: PointInTime, query: Json) -> list[str]:
    """Return the ids of all products of a point in time that a query finds, ten thousand a request."""
    found: list[str] = []
    body: dict[str, object] = {
        "query": query,
        "size": _PAGE,
        "sort": [{"row": "asc"}],
        "track_total_hits": False,
        "_source": ["stored.id"],
    }
    while True:
        hits = point.search(body)["hits"]["hits"]
        found += [hit["_source"]["stored"]["id"] for hit in hits]
        if len(hits) < _PAGE:
            return found
        body["search_after"] = hits[-1]["sort"]
