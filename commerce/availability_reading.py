"""Reads what a product object says of its stock by location."""

from collections.abc import Iterable

from commerce.availability import FIRST_DAY, LAST_DAY, LONGEST_LEAD_TIME, Delivery, LocationStock
from commerce.reading import LARGEST_STOCK, LONGEST_ID, Members


def read_supply(members: Members) -> tuple[int | None, tuple[LocationStock, ...]]:
    """Return the plain stock and the stock by location, all locations together first.

    The entry of ``availability`` without location is about all together: its quantity is the plain stock.
    """
    stock = members.stock()
    found: dict[str | None, LocationStock] = {}
    for each in members.objects("availability"):
        location = each.text("location", longest=LONGEST_ID) or None
        if location in found:
            each.wrong("location", f"the same location stands twice: {(location or 'none')[:40]}")
        quantity = each.stock("quantity")
        if location is None and quantity is not None:
            if stock is not None and stock != quantity:
                each.wrong("quantity", "the product's stock says another number for all locations together")
            stock, quantity = quantity, None
        lead = each.whole_number("lead_time_days", LONGEST_LEAD_TIME)
        found[location] = LocationStock(location, quantity, lead, _delivery(each))
    return stock, ordered(found.values())


def ordered(supply: Iterable[LocationStock]) -> tuple[LocationStock, ...]:
    """Return what says something, in the order in which it is kept."""
    return tuple(sorted((each for each in supply if each), key=lambda each: each.location or ""))


def _delivery(members: Members) -> Delivery | None:
    own = members.inner("next_delivery")
    if own is None:
        return None
    day = own.day("date", FIRST_DAY, LAST_DAY)
    quantity = own.whole_number("quantity", LARGEST_STOCK)
    return None if day is None else Delivery(day, quantity)


def supply_to_json(supply: Iterable[LocationStock]) -> list[dict[str, object]]:
    """Return stock by location as ``availability`` of a product object."""
    return [
        {
            "location": each.location,
            "quantity": each.quantity,
            "lead_time_days": each.lead_time_days,
            "next_delivery": each.next_delivery
            and {"date": each.next_delivery.date.isoformat(), "quantity": each.next_delivery.quantity},
        }
        for each in supply
    ]
