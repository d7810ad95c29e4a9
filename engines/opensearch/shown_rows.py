"""The rows of a buyer's lists for the products shown, and for no others.

A list without tiers is read from the points of the units, counted as a facet of these few products is: an answer has
only what was asked for, while the sheet of an article may hold its rows in thousands of lists. Lists with tiers are
read from the sheets.
"""

from collections.abc import Iterator, Mapping, Sequence

from engines.opensearch.conditions import UNITS
from engines.opensearch.connection import Json
from engines.opensearch.naming import sheet_key
from engines.opensearch.point import PointInTime
from engines.opensearch.price_book import StoredList
from engines.opensearch.price_pieces import POINTS
from engines.opensearch.price_rules import Rows

NEEDED = ("row",)
"""What the source of a product must have besides."""
TESTED = ("units.has", "units.kv", "units.num", "units.key")
"""And where a price depends on the values of a unit."""
_BUCKETS = 30_000
_SHEETS = 5_000


class ShownRows:
    """The rows of some lists for the units of the products of some sources."""

    def __init__(self, point: PointInTime, lists: Sequence[StoredList], sources: Sequence[Json]) -> None:
        plain = [each for each in lists if not each.tiered]
        tiered = [each for each in lists if each.tiered]
        self._points = _points_of(point, plain, sources) if plain else {}
        self._sheets = _sheets_of(point, tiered, sources) if tiered else {}

    def of(self, source: Json, unit: Json) -> Rows:
        """Return the rows of one unit of a product; those of the product hold where the unit has none of its own."""
        identity = unit["id"]
        points = self._points.get((source["row"], identity), {})
        sheets = self._sheets
        own = sheets.get(identity, {}) if identity else {}
        return {**points, **sheets.get(source["stored"]["id"], {}), **own}


def _points_of(
    point: PointInTime, lists: Sequence[StoredList], sources: Sequence[Json]
) -> Mapping[tuple[int, str], Rows]:
    """Return the rows by product and unit. One point is one bucket of a histogram bounded by its list's span."""
    histograms = {
        str(each.number): {
            "histogram": {
                "field": POINTS,
                "interval": 1,
                "min_doc_count": 1,
                "hard_bounds": {"min": each.first, "max": each.end - 1},
            }
        }
        for each in lists
    }
    found: dict[tuple[int, str], Rows] = {}
    for some in _portions(sources, 2 * len(lists) + 1):
        units = max(len(source["units"]) for source in some)
        of_unit = {"terms": {"field": "units.id", "size": units, "execution_hint": "map"}, "aggs": histograms}
        nested = {"nested": {"path": UNITS}, "aggs": {"unit": of_unit}}
        rows = [source["row"] for source in some]
        body = {
            "query": {"bool": {"filter": [{"terms": {"row": rows}}]}},
            "size": 0,
            "track_total_hits": False,
            "aggs": {"product": {"terms": {"field": "row", "size": len(rows)}, "aggs": {"in": nested}}},
        }
        for product in point.search(body)["aggregations"]["product"]["buckets"]:
            for unit in product["in"]["unit"]["buckets"]:
                found[product["key"], unit["key"]] = {
                    str(each.number): (1, each.net(int(bucket["key"])))
                    for each in lists
                    for bucket in unit[str(each.number)]["buckets"]
                }
    return found


def _portions(sources: Sequence[Json], of_unit: int) -> Iterator[list[Json]]:
    """Yield sources in portions whose answers have no more buckets than the cluster makes."""
    portion: list[Json] = []
    buckets = 0
    for source in sources:
        needed = 1 + of_unit * len(source["units"])
        if portion and buckets + needed > _BUCKETS:
            yield portion
            portion, buckets = [], 0
        portion.append(source)
        buckets += needed
    if portion:
        yield portion


def _sheets_of(point: PointInTime, lists: Sequence[StoredList], sources: Sequence[Json]) -> Mapping[str, Rows]:
    """Return the rows by article, the products and variants of the sources."""
    articles: dict[str, str] = {}
    for source in sources:
        for article in (source["stored"]["id"], *(unit["id"] for unit in source["units"] if unit["id"])):
            articles[sheet_key(article)] = article
    found: dict[str, Rows] = {}
    keys = list(articles)
    wanted = [f"control.rows.{each.number}" for each in lists]
    for begin in range(0, len(keys), _SHEETS):
        some = keys[begin : begin + _SHEETS]
        body = {"query": {"ids": {"values": some}}, "size": len(some), "_source": wanted, "track_total_hits": False}
        for hit in point.search(body)["hits"]["hits"]:
            found[articles[hit["_id"]]] = hit["_source"].get("control", {}).get("rows", {})
    return found
