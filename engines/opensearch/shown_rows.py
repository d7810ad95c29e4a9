"""The rows of a buyer's lists for the products shown, and for no others.

A list without tiers is read from the points of the units, of which a source has those parts that the buyer's lists lie
in; the sheet of an article, which may hold its rows in thousands of lists, is read for lists with tiers alone.
"""

from collections.abc import Mapping, Sequence

from engines.opensearch.connection import Json
from engines.opensearch.naming import sheet_key
from engines.opensearch.point import PointInTime
from engines.opensearch.price_book import POINTS, StoredList
from engines.opensearch.price_rules import Rows

TESTED = ("units.has", "units.kv", "units.num", "units.key")
"""What the source of a product must have besides where a price depends on the values of a unit."""
_SHEETS = 5_000


class ShownRows:
    """The rows of some lists for the units of the products of some sources."""

    def __init__(self, point: PointInTime, lists: Sequence[StoredList], sources: Sequence[Json]) -> None:
        self._plain = [each for each in lists if not each.tiered]
        tiered = [each for each in lists if each.tiered]
        self._sheets = _sheets_of(point, tiered, sources) if tiered else {}

    def of(self, source: Json, unit: Json) -> Rows:
        """Return the rows of one unit of a product; those of the product hold where the unit has none of its own."""
        identity = unit["id"]
        points = unit.get(POINTS, {})
        plain = {
            str(each.number): (1, each.net(point))
            for each in self._plain
            for point in points.get(each.part, ())
            if each.first <= point < each.end
        }
        sheets = self._sheets
        own = sheets.get(identity, {}) if identity else {}
        return {**plain, **sheets.get(source["stored"]["id"], {}), **own}


def needed(lists: Sequence[StoredList]) -> list[str]:
    """Return what the source of a product must have for these lists."""
    return sorted({each.field for each in lists if not each.tiered})


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
