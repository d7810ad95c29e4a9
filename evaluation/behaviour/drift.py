"""Whether what customers do, and what models read, is still what it was: the time of the report beside the one before.

The population stability index of two distributions over the same classes,

    PSI = sum over classes of (p - q) ln(p / q)

is below 0.1 where nothing happened, from 0.1 on worth a look and from 0.25 on a change (Siddiqi, "Credit Risk
Scorecards", Wiley 2006, 7). Of small samples it is large by chance alone: without a change it is about a chi-square of
(classes - 1) degrees times (1/n + 1/m) (Yurdakul and Naranjo, "Statistical properties of the population stability
index", Journal of Risk Model Validation 14(4), 2020), and only what lies beyond 99 % of that is called anything.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Literal

import numpy as np
from scipy.special import gammaincinv

from commerce.event import CLICKS, Event, SearchRecord
from commerce.merchandising import normalise_query
from commerce.order import Order

LOOK, CHANGED = 0.1, 0.25
_SURE = 0.99
_MOST_CLASSES = 50
_BINS = 10
Verdict = Literal["steady", "look", "changed", "too_little"]
_LEAST = 100


@dataclass(frozen=True, slots=True)
class Drift:
    """One distribution in both times: ``before`` and ``now`` are how many values there were, ``chance`` is what the
    index exceeds once in a hundred times without any change, ``moved`` the classes that changed most."""

    name: str
    before: int
    now: int
    index: float
    chance: float
    verdict: Verdict
    moved: tuple[tuple[str, float, float], ...] = ()


@dataclass(slots=True)
class Distributions:
    """What is compared, of one time: classes are counted, numbers are kept."""

    classes: dict[str, Counter[Hashable]] = field(default_factory=dict)
    numbers: dict[str, list[float]] = field(default_factory=dict)


def distributions(
    searches: Iterable[SearchRecord], events: Iterable[Event], orders: Iterable[Order] = ()
) -> Distributions:
    """Return the distributions of one time.

    Of searches: the queries, their words, what they found, languages, orders and facets, the same that models read. Of
    events: what was done, places clicked, strategies. Of orders: prices, and products.
    """
    found = Distributions()
    classes = found.classes
    for name in ("queries", "locales", "sorts", "facets", "deeds", "strategies", "products bought"):
        classes[name] = Counter()
    numbers = found.numbers
    for name in ("words a query", "found", "places clicked", "prices"):
        numbers[name] = []
    for search in searches:
        if search.page != 1:
            continue
        text = normalise_query(search.text)
        if text:
            classes["queries"][text] += 1
            numbers["words a query"].append(float(len(text.split())))
        classes["locales"][search.locale] += 1
        classes["sorts"][search.sort] += 1
        classes["facets"].update(search.facets)
        numbers["found"].append(float(search.total))
    for event in events:
        classes["deeds"][event.deed] += 1
        if event.action.lower() in CLICKS and event.position is not None:
            numbers["places clicked"].append(float(event.position))
        if isinstance(strategy := event.attributes.get("strategy"), str):
            classes["strategies"][strategy] += 1
    for order in orders:
        for line in order.lines:
            if line.quantity > 0:
                classes["products bought"][line.product_id] += 1
                if line.net is not None:
                    numbers["prices"].append(float(line.net))
    return found


def drifts(before: Distributions, now: Distributions) -> list[Drift]:
    """Compare two times, what changed most first; numbers by tenths of the time before."""
    rows = [_compared(name, counts, now.classes[name]) for name, counts in before.classes.items()]
    rows += [_compared(name, *_binned(values, now.numbers[name])) for name, values in before.numbers.items()]
    order = {"changed": 0, "look": 1, "steady": 2, "too_little": 3}
    return sorted(rows, key=lambda row: (order[row.verdict], -row.index, row.name))


def population_stability(before: Sequence[float], now: Sequence[float]) -> float:
    """Return the index of two lists of counts of the same classes; half a value is added to each, as none is 0."""
    p = np.asarray(now, dtype=np.float64) + 0.5
    q = np.asarray(before, dtype=np.float64) + 0.5
    p, q = p / p.sum(), q / q.sum()
    return float(((p - q) * np.log(p / q)).sum())


def _compared(name: str, before: Mapping[Hashable, int], now: Mapping[Hashable, int]) -> Drift:
    """Compare counts over the classes most frequent in either time; all others are one class."""
    total = Counter(before)
    total.update(now)
    kept = [each for each, _ in sorted(total.items(), key=lambda each: (-each[1], str(each[0])))][:_MOST_CLASSES]
    counts = [[float(of.get(each, 0)) for each in kept] for of in (before, now)]
    rest = [float(sum(of.values())) - sum(said) for of, said in zip((before, now), counts, strict=True)]
    if any(rest):
        kept.append("all others")
        counts = [[*said, more] for said, more in zip(counts, rest, strict=True)]
    n, m = (int(sum(said)) for said in counts)
    if min(n, m) < _LEAST or len(kept) < 2:
        return Drift(name, n, m, 0.0, 0.0, "too_little")
    index = population_stability(*counts)
    # The quantile of a chi-square of k degrees is twice the inverse of the regularised gamma function of k / 2.
    chance = 2.0 * float(gammaincinv((len(kept) - 1) / 2.0, _SURE)) * (1.0 / n + 1.0 / m)
    verdict: Verdict = "steady"
    if index > chance:
        verdict = "changed" if index >= CHANGED else "look" if index >= LOOK else "steady"
    shares = [(str(each), a / n, b / m) for each, a, b in zip(kept, *counts, strict=True)]
    moved = sorted(shares, key=lambda each: -abs(_part(each[1], each[2])))[:3]
    return Drift(name, n, m, index, chance, verdict, tuple(moved))


def _part(before: float, now: float) -> float:
    p, q = now + 1e-6, before + 1e-6
    return (p - q) * log(p / q)


def _binned(before: Sequence[float], now: Sequence[float]) -> tuple[dict[Hashable, int], dict[Hashable, int]]:
    """Count numbers by tenths of the time before; equal edges are one, and a class is named by where it begins."""
    if not before:
        return {}, {"": len(now)}
    edges = np.unique(np.quantile(before, np.linspace(0.0, 1.0, _BINS + 1)[1:-1]))
    names = ["up", *(f"from {edge:g}" for edge in edges)]
    names[0] = f"below {edges[0]:g}"
    found: list[dict[Hashable, int]] = []
    for values in (before, now):
        places = np.searchsorted(edges, np.asarray(values), side="right")
        counts = np.bincount(places, minlength=len(names)).tolist()
        found.append(dict(zip(names, counts, strict=True)))
    return found[0], found[1]
