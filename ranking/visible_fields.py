"""The fields that a buyer may name: those that products of the buyer's assortments carry.

A field that only hidden products carry is as unknown to the buyer as one that no product has, and in the same words.
"""

from collections.abc import Iterator, Mapping

from commerce.buyer import Buyer
from engines.plan import SearchPlan
from engines.port import FieldInfo, SearchIndex
from language.filters.tree import Exists

_EVERYONES = frozenset({"price", "list_price", "in_stock", "available_by", "on_offer"})
"""Every catalogue has these fields, whatever its products carry."""


def fields_of(index: SearchIndex, buyer: Buyer) -> Mapping[str, FieldInfo]:
    """Return what is known of the fields that a buyer may name."""
    return index.fields() if buyer.assortments is None else _VisibleFields(index, buyer)


class _VisibleFields(Mapping[str, FieldInfo]):
    """Looks for a product that carries a field when the field is named: requests name few of thousands."""

    def __init__(self, index: SearchIndex, buyer: Buyer) -> None:
        self._index = index
        self._buyer = buyer
        self._all = index.fields()
        self._seen: dict[str, bool] = {}

    def __getitem__(self, field: str) -> FieldInfo:
        info = self._all[field]
        if field in _EVERYONES:
            return info
        if field not in self._seen:
            plan = SearchPlan(buyer=self._buyer, filter=Exists(field), limit=0)
            self._seen[field] = self._index.search(plan).total > 0
        if not self._seen[field]:
            raise KeyError(field)
        return info

    def __iter__(self) -> Iterator[str]:
        return (field for field in self._all if field in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
