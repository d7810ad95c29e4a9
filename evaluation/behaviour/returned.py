"""Returns by product, and what ranking and recommendations did with what came back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Literal

from commerce.event import Event, SearchRecord
from commerce.order import Order

_FEWEST_BOUGHT = 10
_CERTAIN = 1.959964
_TIMES_USUAL = 2.0
Proposal = Literal["bury", "none"]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One product's returns; ``rate`` is pieces back over pieces sold.

    ``searches`` showed it on their first page, at the ``mean_place``; ``units`` recommended it. ``proposal`` is to bury
    what comes back twice as often as usual, beyond chance.
    """

    product_id: str
    sold: Decimal
    returned: Decimal
    rate: float
    value: Decimal
    searches: int = 0
    mean_place: float | None = None
    units: int = 0
    proposal: Proposal = "none"


def returns(
    orders: Iterable[Order], searches: Iterable[SearchRecord] = (), events: Iterable[Event] = ()
) -> list[ReturnRow]:
    """Return the products that came back, the greatest value first; of those with few sold a rate says nothing."""
    sold: defaultdict[str, Decimal] = defaultdict(Decimal)
    back: defaultdict[str, Decimal] = defaultdict(Decimal)
    value: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        for line in order.lines:
            if line.quantity > 0:
                sold[line.product_id] += line.quantity
            else:
                back[line.product_id] -= line.quantity
                value[line.product_id] -= line.quantity * (line.net or Decimal(0))
    usual = float(sum(back.values()) / sum(sold.values())) if sold else 0.0
    places, units = _shown(back, searches), _recommended(back, events)
    rows = []
    for each, returned in back.items():
        if sold[each] < _FEWEST_BOUGHT:
            continue
        rate = float(returned / sold[each])
        sure = _lower(min(rate, 1.0), float(sold[each]))
        at = places[each]
        rows.append(
            ReturnRow(
                each,
                sold[each],
                returned,
                rate,
                value[each],
                len(at),
                sum(at) / len(at) if at else None,
                units[each],
                "bury" if sure > _TIMES_USUAL * usual else "none",
            )
        )
    return sorted(rows, key=lambda row: (-row.value, row.product_id))


def _shown(wanted: Mapping[str, Decimal], searches: Iterable[SearchRecord]) -> defaultdict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for search in searches:
        if search.page == 1 and search.sort == "relevance":
            for place, product in enumerate(search.hits, start=1):
                if product in wanted:
                    found[product].append(place)
    return found


def _recommended(wanted: Mapping[str, Decimal], events: Iterable[Event]) -> defaultdict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for event in events:
        if event.deed == "seen" and event.recommendation_id is not None and event.object_id in wanted:
            found[event.object_id or ""] += 1
    return found


def _lower(share: float, count: float) -> float:
    """Return the lower end of Wilson's 95 % interval of a share."""
    z = _CERTAIN * _CERTAIN
    centre = share + z / (2 * count)
    reach = _CERTAIN * sqrt(share * (1 - share) / count + z / (4 * count * count))
    return (centre - reach) / (1 + z / count)
