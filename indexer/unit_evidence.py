"""Statistics of unit inference: which unit do products state for the numbers of an attribute, beyond chance?

A sample pairs a bare number of the attribute with the measures that the same product's texts state. It is a *hit* for
a unit if one of these measures is that number in that unit, or is it once converted ("48.26 cm" for 0.4826: a hit for
m). It is *eligible* for a unit if the texts state anything of its dimension at all.

Hits come about by chance, too, most of all for small whole numbers. So the same measures are compared with numbers of
other products of the same attribute and type (a shuffle; equal numbers are left out, as they would hit for the same
good reason), which gives the chance ``p0`` of a hit. With ``k`` hits of ``n`` eligible samples, the chance of so many
is at most

    P(hits >= k) <= exp(-n * KL(k/n || p0)),   KL(a || b) = a ln(a/b) + (1-a) ln((1-a)/(1-b))

(Hoeffding 1963, Theorem 1; it holds for unequal chances with mean p0 as well). A unit is believed when this bound is
below ``_CHANCE``, most eligible products agree, and the hits come from several numbers.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from language.units import convert, dimension, same_dimension

_CHANCE = 1e-6
_AGREEMENT = 0.5
_HITS = 5
_NUMBERS = 3
_SHUFFLES = 7
_TOLERANCE = 0.006
# Scales that start elsewhere, and counts, are never converted into each other.
_DIRECT_ONLY = frozenset({"[temperature]"})


class Stated(NamedTuple):
    """A number with a unit in a product's texts, and the words themselves."""

    value: float
    unit: str
    quoted: str


class Sample(NamedTuple):
    """A bare number of an attribute beside what the product's texts state."""

    number: float
    stated: tuple[Stated, ...]
    product: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the samples speak for one unit: hits of eligible samples, the chance of a hit, the numbers that were hit.

    ``direct`` of the hits are stated in this very unit, not in one that was converted.
    """

    unit: str
    hits: int
    direct: int
    eligible: int
    chance: float
    numbers: Mapping[float, int]
    quote: str

    @property
    def agreement(self) -> float:
        """Return the share of the products that could state the number with this unit and do."""
        return self.hits / self.eligible

    @property
    def surprise(self) -> float:
        """Return minus the logarithm of the bound on the probability of so many hits by chance."""
        return self.eligible * _divergence(self.agreement, self.chance) if self.agreement > self.chance else 0.0

    @property
    def believed(self) -> bool:
        """Say whether the unit is stated clearly more often than chance."""
        return (
            self.hits >= _HITS
            and len(self.numbers) >= _NUMBERS
            and self.agreement >= _AGREEMENT
            and self.surprise >= -math.log(_CHANCE)
        )

    @property
    def confidence(self) -> float:
        """Return the share of the hits that chance does not explain, smoothed for few hits."""
        return round(max(0.0, 1 - self.chance / self.agreement) * (self.hits + 1) / (self.hits + 2), 3)


def believed_units(samples: Sequence[Sample]) -> list[Evidence]:
    """Return the units that the numbers surely have: one, several if the numbers are mixed, or none.

    What the likeliest unit explains is set aside before the rest is asked for another one, so that a coincidence
    ("512 K" beside 512 KB) is no second unit.
    """
    found: list[Evidence] = []
    rest = list(samples)
    while rest and (best := next((each for each in weigh(rest) if each.believed), None)):
        found.append(best)
        rest = [sample for sample in rest if best.unit not in hits(sample.number, sample.stated)]
    return found


def weigh(samples: Sequence[Sample]) -> list[Evidence]:
    """Return the evidence for each unit that is hit at all, the most hits first."""
    numbers: defaultdict[str, Counter[float]] = defaultdict(Counter)
    direct: Counter[str] = Counter()
    quotes: dict[str, str] = {}
    for sample in samples:
        for unit, stated in hits(sample.number, sample.stated).items():
            numbers[unit][sample.number] += 1
            direct[unit] += stated.unit == unit
            if stated.unit == unit or unit not in quotes:
                quotes[unit] = f"“{stated.quoted}” in product {sample.product}"
    wanted = {unit for unit, found in numbers.items() if found.total() >= _HITS}
    if not wanted:
        return []
    eligible = Counter(unit for sample in samples for unit in _eligible(sample.stated) if unit in wanted)
    chances = _chances(samples, wanted)
    found = [
        Evidence(unit, numbers[unit].total(), direct[unit], eligible[unit], chances[unit], numbers[unit], quotes[unit])
        for unit in wanted
    ]
    return sorted(found, key=lambda each: (-each.hits, -each.direct, each.unit))


def hits(number: float, stated: Iterable[Stated]) -> dict[str, Stated]:
    """Return the units in which some measure is this number, each with that measure; as written goes first."""
    found: dict[str, Stated] = {}
    for each in stated:
        if each.value == number:
            found[each.unit] = each
    for each in stated:
        for unit, factor in _conversions(each.unit):
            converted = each.value * factor
            if abs(converted - number) <= _TOLERANCE * abs(converted) and number:
                found.setdefault(unit, each)
    return found


def _chances(samples: Sequence[Sample], units: set[str]) -> dict[str, float]:
    """Return for each unit how often the number of another product is hit; 1 where no other number can tell."""
    order = sorted(units)
    code = {unit: at for at, unit in enumerate(order)}
    numbers = np.array([sample.number for sample in samples])
    pairs = [(at, code[unit]) for at, sample in enumerate(samples) for unit in _eligible(sample.stated) & units]
    at_pair = {pair: row for row, pair in enumerate(pairs)}
    owners, unit_of = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    rows = [
        (at_pair[at, code[unit]], value, tolerance)
        for at, sample in enumerate(samples)
        for unit, value, tolerance in _acceptable(sample.stated)
        if unit in units
    ]
    pair_of = np.array([pair for pair, _, _ in rows], dtype=np.intp)
    values = np.array([value for _, value, _ in rows])
    tolerances = np.array([tolerance for _, _, tolerance in rows])
    exact = tolerances == 0
    trials = np.zeros(len(order), dtype=np.intp)
    met = np.zeros(len(order), dtype=np.intp)
    for shift in range(1, min(_SHUFFLES, len(samples) - 1) + 1):
        others = np.roll(numbers, -shift)
        tried = (others != numbers)[owners]
        trials += np.bincount(unit_of[tried], minlength=len(order))
        asked = others[owners[pair_of]]
        near = (np.abs(values - asked) <= tolerances) & (exact | (asked != 0))
        hit = np.zeros(len(pairs), dtype=bool)
        hit[pair_of[near]] = True
        met += np.bincount(unit_of[hit & tried], minlength=len(order))
    # One imagined hit, so that nothing is impossible.
    return {unit: (int(met[at]) + 1) / (int(trials[at]) + 2) if trials[at] else 1.0 for unit, at in code.items()}


def _acceptable(stated: Iterable[Stated]) -> Iterator[tuple[str, float, float]]:
    """Yield every number that `hits` would find: its unit, the number, and how far another may be from it."""
    for each in stated:
        yield each.unit, each.value, 0.0
        for unit, factor in _conversions(each.unit):
            if converted := each.value * factor:
                yield unit, converted, _TOLERANCE * abs(converted)


def _eligible(stated: Iterable[Stated]) -> set[str]:
    return {unit for each in stated for unit in _relatives(each.unit)}


@lru_cache(maxsize=512)
def _relatives(unit: str) -> tuple[str, ...]:
    return same_dimension(unit) or (unit,)


@lru_cache(maxsize=512)
def _conversions(unit: str) -> tuple[tuple[str, float], ...]:
    if dimension(unit) in _DIRECT_ONLY:
        return ()
    others = (other for other in same_dimension(unit) if other != unit)
    return tuple((other, factor) for other in others if (factor := convert(1.0, unit, other)) is not None)


def _divergence(share: float, chance: float) -> float:
    """Return the Kullback-Leibler divergence of two coins, in nats."""
    total = 0.0
    for a, b in ((share, chance), (1 - share, 1 - chance)):
        if a > 0:
            total += a * math.log(a / b) if b > 0 else math.inf
    return total
