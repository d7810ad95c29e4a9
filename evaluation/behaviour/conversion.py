"""From visits to purchases, and how units of recommendations do."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from commerce.event import CLICKS
from evaluation.behaviour.visits import Visits

STEPS = ("visits", "with_search", "with_click", "with_cart", "with_purchase")


@dataclass(slots=True)
class UnitRow:
    """One strategy of recommendations, by what its events say; ``clicked`` are units with a click."""

    strategy: str
    shown: int = 0
    units: int = 0
    clicks: int = 0
    clicked: int = 0
    added: int = 0
    bought: int = 0
    revenue: Decimal = Decimal(0)


def funnel(visits: Visits) -> dict[str, int]:
    """Return how many visits got how far, by STEPS."""
    found = dict.fromkeys(STEPS, 0)
    for visit in visits.visits:
        deeds = {event.deed for event in visit.events}
        is_click = any(event.action.lower() in CLICKS for event in visit.events)
        found["visits"] += 1
        found["with_search"] += bool(visit.searches)
        found["with_click"] += is_click
        found["with_cart"] += "added" in deeds
        found["with_purchase"] += "bought" in deeds
    return found


def units(visits: Visits) -> list[UnitRow]:
    """Return how units did: events name their ``recommendation_id``, and the ``strategy`` among their attributes.

    A product that was clicked in a unit and is then put into the cart or bought in the same visit counts for it.
    """
    rows: dict[str, UnitRow] = {}
    seen: defaultdict[str, set[str]] = defaultdict(set)
    clicked: defaultdict[str, set[str]] = defaultdict(set)
    for visit in visits.visits:
        origin: dict[str, str] = {}
        for event in visit.events:
            unit = event.recommendation_id
            strategy = _strategy(event.attributes) if unit is not None else origin.get(event.object_id or "")
            if strategy is None:
                continue
            row = rows.setdefault(strategy, UnitRow(strategy))
            if unit is not None:
                seen[strategy].add(unit)
                if event.object_id is not None:
                    origin[event.object_id] = strategy
            if event.deed == "seen":
                row.shown += 1
            elif event.deed == "viewed" and unit is not None:
                row.clicks += 1
                clicked[strategy].add(unit)
            elif event.deed == "added":
                row.added += 1
            elif event.deed == "bought":
                row.bought += 1
                row.revenue += (event.net or Decimal(0)) * (event.quantity or Decimal(1))
    for strategy, row in rows.items():
        row.units, row.clicked = len(seen[strategy]), len(clicked[strategy])
    return sorted(rows.values(), key=lambda row: (-row.revenue, -row.clicks, row.strategy))


def _strategy(attributes: Mapping[str, object]) -> str:
    given = attributes.get("strategy")
    return given if isinstance(given, str) and given else "not named"
