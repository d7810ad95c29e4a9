"""What searches and units bring, now and before: whether the models that order them still do what they did."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from commerce.event import CLICKS, Event, SearchRecord

_CERTAIN = 1.959964


@dataclass(frozen=True, slots=True)
class Outcome:
    """One figure in both times, with the 95 % interval of its difference; None where there is too little."""

    name: str
    before: float
    now: float
    lower: float | None
    upper: float | None

    @property
    def is_worse(self) -> bool:
        """Say whether it fell beyond chance."""
        return self.upper is not None and self.upper < 0.0


def outcomes(
    before: tuple[Iterable[SearchRecord], Iterable[Event]], now: tuple[Iterable[SearchRecord], Iterable[Event]]
) -> list[Outcome]:
    """Compare the share of searches with a click, the reciprocal place of the first hit clicked (0 without), and the
    share of units with a click; searches are those of which it is known who made them."""
    found = [_values(*each) for each in (before, now)]
    return [_compared(name, found[0][name], found[1][name]) for name in found[0]]


def _values(searches: Iterable[SearchRecord], events: Iterable[Event]) -> dict[str, list[float]]:
    shown = {each.query_id: each.hits for each in searches if each.page == 1 and each.client is not None and each.hits}
    best: dict[str, int] = {}
    units: defaultdict[str, bool] = defaultdict(bool)
    for event in events:
        is_click = event.action.lower() in CLICKS
        if event.recommendation_id is not None:
            units[event.recommendation_id] |= is_click
        elif is_click and event.object_id in shown.get(event.query_id or "", ()):
            place = shown[event.query_id or ""].index(event.object_id or "") + 1
            best[event.query_id or ""] = min(place, best.get(event.query_id or "", place))
    return {
        "searches with a click": [float(each in best) for each in shown],
        "reciprocal place clicked": [1.0 / best[each] if each in best else 0.0 for each in shown],
        "units with a click": [float(each) for each in units.values()],
    }


def _compared(name: str, before: Sequence[float], now: Sequence[float]) -> Outcome:
    was, is_now = (sum(each) / len(each) if each else 0.0 for each in (before, now))
    if min(len(before), len(now)) < 2:
        return Outcome(name, was, is_now, None, None)
    reach = _CERTAIN * sqrt(_variance(before, was) / len(before) + _variance(now, is_now) / len(now))
    return Outcome(name, was, is_now, is_now - was - reach, is_now - was + reach)


def _variance(values: Sequence[float], mean: float) -> float:
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
