"""How much a field matters when products of a type are compared.

The start is what the buyer's catalogue says: a field matters as far as products of the type have it and as far as it
tells them apart,

    importance = c / n * (1 - sum over values v of (c_v / c)^2)

for ``n`` products of the type, of which ``c`` have one of the field's twenty most frequent values (or intervals) and
``c_v`` the value ``v``. Part numbers and remarks, which are different everywhere, have hardly a frequent value and so
do not matter. Where purchases were learned from, they take over with their number.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from commerce.buyer import Buyer
from engines.plan import FacetRequest, SearchPlan
from engines.port import SearchIndex
from engines.results import Facet
from language.filters.tree import Compare, Filter

_VALUES = 20
_KEPT = 512
_EVERY = 10_000
_Key = tuple[object, ...]


class ImportanceBook:
    """Keeps the importance of fields by catalogue, type and assortments: counting it costs a search, and it changes
    slowly. Safe for any number of threads; the least recently used of 512 types go."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, Mapping[str, float]] = OrderedDict()
        self._lock = Lock()

    def of(
        self, catalog_id: str, index: SearchIndex, buyer: Buyer, type_name: str | None, fields: Sequence[str]
    ) -> Mapping[str, float]:
        """Return the importance (0 to 1) of some fields of a type, None being products of all types.

        Only products and prices that the buyer sees are counted. It is counted anew when products have come or gone,
        or ten thousand changes were made.
        """
        stats = index.stats()
        of_buyer = (buyer.assortments, buyer.price_lists, buyer.fallback)
        key: _Key = (catalog_id, stats.version, stats.products, stats.applied // _EVERY, type_name, of_buyer)
        with self._lock:
            known = self._known.get(key, {})
        if unknown := [field for field in fields if field not in known]:
            known = {**known, **count(index, buyer, type_name, unknown)}
        with self._lock:
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known


def count(index: SearchIndex, buyer: Buyer, type_name: str | None, fields: Sequence[str]) -> dict[str, float]:
    """Count the importance of fields, see above; 0 for what has no values to count."""
    countable = index.fields()
    asked = tuple(FacetRequest(field, _VALUES) for field in fields if field in countable)
    condition: Filter | None = None if type_name is None else Compare("category", "=", type_name)
    found = index.search(SearchPlan(buyer=buyer, filter=condition, facets=asked, limit=0))
    weighed = {facet.field: _importance(facet, found.total) for facet in found.facets}
    return {field: weighed.get(field, 0.0) for field in fields}


def _importance(facet: Facet, products: int) -> float:
    counts = [value.count for value in facet.values]
    carried = sum(counts)
    if not carried or not products:
        return 0.0
    alike = sum((each / carried) ** 2 for each in counts)
    return round(min(1.0, carried / products) * (1.0 - alike), 4)
