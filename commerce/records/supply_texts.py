"""Stock by location to and from the text of its column."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import orjson

from commerce.availability import Delivery, LocationStock
from commerce.availability_reading import ordered

SupplyChange = Mapping[str, int | Delivery | None]
"""New values of members of ``LocationStock``; those that are not named stay."""


def supply_to_text(supply: Iterable[LocationStock]) -> str | None:
    """Return the text of one article's stock by location; None where there is none."""
    rows = [
        (each.location, each.quantity, each.lead_time_days, *(each.next_delivery or (None, None)))
        for each in ordered(supply)
    ]
    return orjson.dumps(rows).decode() if rows else None


def supply_from_text(text: str | None) -> tuple[LocationStock, ...]:
    """Return what ``supply_to_text`` wrote."""
    if text is None:
        return ()
    return tuple(
        LocationStock(location, quantity, lead, None if day is None else Delivery(date.fromisoformat(day), coming))
        for location, quantity, lead, day, coming in orjson.loads(text)
    )


def changed(text: str | None, changes: Mapping[str | None, SupplyChange]) -> str | None:
    """Return the text after changes by location; a location of which nothing is left to say is gone."""
    places = {each.location: each for each in supply_from_text(text)}
    for location, members in changes.items():
        before = places.get(location, LocationStock(location))
        places[location] = replace(before, **members)  # type: ignore[arg-type]
    return supply_to_text(places.values())
