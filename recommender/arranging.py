"""Arrange a unit: weigh relevance against other aims, and keep to caps, by greedy choice (maximal marginal relevance:
Carbonell and Goldstein, 1998)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each aim counts, from 0 to 1: what fits best, what brings most money, what differs from what stands
    already, what few have, what earns most."""

    relevance: float = 1.0
    revenue: float = 0.0
    diversity: float = 0.0
    novelty: float = 0.0
    margin: float = 0.0

    @property
    def is_plain(self) -> bool:
        """Say whether nothing but relevance counts."""
        return not (self.revenue or self.diversity or self.novelty or self.margin)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most products of one brand and of one category in a unit; None is any number."""

    brand: int | None = None
    category: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One product to choose: its price, the share of buyers who have it, brand and category; ``factor`` is what rules
    multiply its worth by, ``margin`` what is left of the price after what it costs the shop, None where unknown."""

    price: float | None
    share: float
    brand: str | None
    category: str | None
    factor: float = 1.0
    margin: float | None = None


def arrange(choices: Sequence[Choice], count: int, weights: Weights, caps: Caps, *, settled: int = 0) -> list[int]:
    """Return the places of at most ``count`` choices, which come in the order of relevance, as they are to be shown.
    The first ``settled`` stand already.

    Each aim is a rank from 0 to 1 among the choices, since places, money and shares do not compare. What has no brand,
    category or price meets every cap and counts as the median.
    """
    factors = np.array([each.factor for each in choices], dtype=np.float64)
    if weights.is_plain and bool((factors == 1.0).all()):
        value = -np.arange(len(choices), dtype=np.float64)
    else:
        relevance = 1 - np.arange(len(choices)) / max(len(choices) - 1, 1)
        prices = [each.price for each in choices]
        value = (
            weights.relevance * relevance
            + weights.revenue * _ranks(prices)
            + weights.margin * _ranks([each.margin for each in choices])
            + weights.novelty * (1 - _ranks([each.share for each in choices]))
        ) * factors
    chosen: list[int] = []
    brands: Counter[str | None] = Counter()
    categories: Counter[str | None] = Counter()
    left = list(range(len(choices)))
    for place in left[:settled]:
        chosen.append(place)
        brands[choices[place].brand] += 1
        categories[choices[place].category] += 1
    del left[:settled]
    while left and len(chosen) < count:
        left = [
            each
            for each in left
            if _allowed(brands, choices[each].brand, caps.brand)
            and _allowed(categories, choices[each].category, caps.category)
        ]
        if not left:
            break
        likeness = [_likeness(choices[each], brands, categories, len(chosen)) for each in left]
        best = max(range(len(left)), key=lambda at: (value[left[at]] - weights.diversity * likeness[at], -left[at]))
        place = left.pop(best)
        chosen.append(place)
        brands[choices[place].brand] += 1
        categories[choices[place].category] += 1
    return chosen


def _ranks(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return ranks from 0 to 1, equal ones for equal values, a half for what is not known."""
    known = np.array([np.nan if each is None else each for each in values], dtype=np.float64)
    ranks = np.full(len(known), 0.5)
    is_known = ~np.isnan(known)
    steps, places = np.unique(known[is_known], return_inverse=True)
    if len(steps) > 1:
        ranks[is_known] = places / (len(steps) - 1)
    return ranks


def _allowed(shown: Counter[str | None], value: str | None, cap: int | None) -> bool:
    return cap is None or value is None or shown[value] < cap


def _likeness(choice: Choice, brands: Counter[str | None], categories: Counter[str | None], shown: int) -> float:
    """Return the share of what stands already that has the choice's brand, and its category: half each."""
    if not shown:
        return 0.0
    same_brand = brands[choice.brand] if choice.brand is not None else 0
    same_category = categories[choice.category] if choice.category is not None else 0
    return (same_brand + same_category) / (2 * shown)
