"""Stock by location to rows of ``state.SUPPLY``."""

from collections.abc import Iterable

from commerce.availability import LocationStock
from engines.stock import number_of_day, place_of

SupplyRow = tuple[int, int, int, int, int, int, int]


def supply_rows(unit: int, supply: Iterable[LocationStock], entry: int = 0) -> list[SupplyRow]:
    """Return the rows of one unit; ``entry`` is the place of its offer in the log."""
    rows: list[SupplyRow] = []
    for each in supply:
        coming = each.next_delivery
        rows.append(
            (
                place_of(each.location),
                unit,
                _number(each.quantity),
                _number(each.lead_time_days),
                -1 if coming is None else number_of_day(coming.date),
                -1 if coming is None else _number(coming.quantity),
                entry,
            )
        )
    return rows


def _number(value: int | None) -> int:
    return -1 if value is None else value
