"""From visits to purchases, and how searches and units of recommendations do."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from commerce.event import CLICKS, Event
from evaluation.behaviour.visits import Visits

SEARCH = "search"
STEPS = ("visits", "with_search", "with_click", "with_cart", "with_purchase")


@dataclass(slots=True)
class UnitRow:
    """One strategy of recommendations, or ``search``, by what its events say; ``units`` are those of which there are
    events, ``clicked`` those with a click. ``margin`` is revenue less cost, of the purchases ``costed`` whose cost is
    known."""

    strategy: str
    shown: int = 0
    units: int = 0
    clicks: int = 0
    clicked: int = 0
    added: int = 0
    bought: int = 0
    revenue: Decimal = Decimal(0)
    costed: int = 0
    margin: Decimal = Decimal(0)


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


def units(visits: Visits, costs: Mapping[str, Decimal] | None = None) -> list[UnitRow]:
    """Return how strategies did: events name their ``recommendation_id`` with the ``strategy`` among their attributes,
    or their ``query_id``. ``costs`` are what products cost the shop, by id.

    A product that was clicked in a unit and is then put into the cart or bought in the same visit counts for it.
    """
    known = costs or {}
    rows: dict[str, UnitRow] = {}
    seen: defaultdict[str, set[str]] = defaultdict(set)
    clicked: defaultdict[str, set[str]] = defaultdict(set)
    for visit in visits.visits:
        origin: dict[str, str] = {}
        for event in visit.events:
            unit = event.recommendation_id or event.query_id
            strategy = _strategy(event) or origin.get(event.object_id or "")
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
                quantity = event.quantity or Decimal(1)
                row.bought += 1
                row.revenue += (event.net or Decimal(0)) * quantity
                if event.net is not None and (cost := known.get(event.object_id or "")) is not None:
                    row.costed += 1
                    row.margin += (event.net - cost) * quantity
    for strategy, row in rows.items():
        row.units, row.clicked = len(seen[strategy]), len(clicked[strategy])
    return sorted(rows.values(), key=lambda row: (-row.revenue, -row.clicks, row.strategy))


def _strategy(event: Event) -> str | None:
    if event.recommendation_id is None:
        return None if event.query_id is None else SEARCH
    given = event.attributes.get("strategy")
    return given if isinstance(given, str) and given else "not named"
