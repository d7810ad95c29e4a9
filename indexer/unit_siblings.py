"""Units that sibling attributes settle.

If "weight" divided by "weight__imperial_" is 453.6 on product after product, they are grams and pounds, whatever nobody
wrote down. And where the width of a thing has a unit, its height and depth are given in the same one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from statistics import median

from indexer.unit_ranges import Range, reaching, split, trimmed
from language.dictionary import UnitRule
from language.units import convert

_SIDES = re.compile(r"(?:^|(?<=_))(width|height|depth|breite|h[oö]e?he|tiefe)(?=_|$)")
# What an imperial unit is the twin of, the larger unit first.
_METRIC: Mapping[str, tuple[str, ...]] = {
    "lb": ("kg", "g"),
    "oz": ("g",),
    "in": ("m", "cm", "mm"),
    "ft": ("m",),
    "fl oz": ("ml",),
    "gal": ("l",),
}
_RATIOS = 400
_FEWEST_RATIOS = 8
_AGREEMENT = 0.8
_PURE = 0.97
_TOLERANCE = 0.03
_NUMBERS = 100
_ALIKE = 30.0


class Siblings:
    """Remembers some numbers of the attributes that may settle each other's unit."""

    def __init__(self) -> None:
        self._ratios: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        self._numbers: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, bare: Mapping[str, float]) -> None:
        """Learn from one product's bare numbers."""
        for name, number in bare.items():
            twin = _metric_twin(name)
            if twin is not None and twin in bare and len(self._ratios[twin, name]) < _RATIOS:
                self._ratios[twin, name].append((bare[twin], number))
            kept = self._numbers[name]
            if len(kept) < _NUMBERS:
                kept.append(number)

    def names(self) -> list[str]:
        """Return all attributes that have bare numbers, in order."""
        return sorted(self._numbers)

    def settled(self, rules: Mapping[str, tuple[UnitRule, ...]]) -> dict[str, tuple[UnitRule, ...]]:
        """Return the attributes with rules that follow from those of others; they go before their own, weaker ones."""
        found: dict[str, tuple[UnitRule, ...]] = {}
        for (metric, imperial), ratios in sorted(self._ratios.items()):
            for name, settled in _twins_settled(metric, imperial, ratios).items():
                if combined := _combined(rules.get(name, ()), settled):
                    found[name] = combined
        families: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names():
            if _SIDES.search(name):
                families[_SIDES.sub("*", name)].append(name)
        for family in families.values():
            found.update(self._sides_settled(family, {**rules, **found}))
        return found

    def _sides_settled(
        self, family: list[str], rules: Mapping[str, tuple[UnitRule, ...]]
    ) -> dict[str, tuple[UnitRule, ...]]:
        known = {name: rule for name in family if (rule := _general(rules.get(name, ())))}
        if len({rule.unit for rule in known.values()}) != 1:
            return {}
        told = max(known, key=lambda name: known[name].confidence)
        found: dict[str, tuple[UnitRule, ...]] = {}
        for name in family:
            scale = median(self._numbers[name]) / (median(self._numbers[told]) or 1.0)
            if name not in rules and 1 / _ALIKE <= scale <= _ALIKE:
                confidence = round(known[told].confidence * 0.9, 3)
                evidence = f"{told} of the same things is in “{known[told].unit}”"
                rule = replace(
                    known[told], source="sibling", confidence=confidence, evidence=evidence, support=0, seen=0
                )
                found[name] = (rule,)
        return found


def _combined(own: tuple[UnitRule, ...], settled: tuple[UnitRule, ...]) -> tuple[UnitRule, ...]:
    """Return what a sibling settled together with an attribute's own rules for types; nothing if they contradict."""
    if any(rule.source != "text" or rule.unit != settled[0].unit for rule in own):
        return ()
    general = _general(own)
    if general and general.support >= settled[0].support:
        return ()
    return (*settled, *(rule for rule in own if rule.type is not None))


def _general(rules: tuple[UnitRule, ...]) -> UnitRule | None:
    """Return the rule of every type, of an attribute that has one unit everywhere."""
    if len({rule.unit for rule in rules}) != 1:
        return None
    return next((rule for rule in rules if rule.type is None), None)


@lru_cache(maxsize=50_000)
def _metric_twin(name: str) -> str | None:
    """Return the name of the attribute that this one repeats in imperial units."""
    if "imperial" not in name.lower():
        return None
    stem = re.sub(r"[_\s]*[(\[_]?imperial[)\]_]?[_\s]*$", "", name, flags=re.IGNORECASE)
    return stem if stem and stem != name else None


def _twins_settled(
    metric: str, imperial: str, ratios: Sequence[tuple[float, float]]
) -> dict[str, tuple[UnitRule, ...]]:
    best, proven = "", list[tuple[float, str]]()
    for unit in _METRIC:
        assigned = [
            (number, own)
            for number, other in ratios
            if (own := next((each for each in _METRIC[unit] if _is_same(number, each, other, unit)), None))
        ]
        if len(assigned) > len(proven):
            best, proven = unit, assigned
    if len(proven) < max(_FEWEST_RATIOS, _AGREEMENT * len(ratios)):
        return {}
    counts = Counter(own for _, own in proven)
    (main, most), *others = counts.most_common()
    evidence = f"{imperial} is the same in “{best}” on {len(proven)} of {len(ratios)} products"

    def rule(unit: str, within: Range) -> UnitRule:
        confidence = round((counts[unit] + 1) / (counts[unit] + 2) * len(proven) / len(ratios), 3)
        return UnitRule(
            unit,
            confidence,
            "sibling",
            support=counts[unit],
            seen=len(ratios),
            evidence=evidence,
            low=within.low,
            high=within.high,
        )

    found: dict[str, tuple[UnitRule, ...]] = {
        imperial: (
            UnitRule(
                best,
                round(len(proven) / (len(ratios) + 1), 3),
                "sibling",
                support=len(proven),
                seen=len(ratios),
                evidence=f"{metric} is the same in “{main}” on {most} of {len(ratios)} products",
            ),
        )
    }
    if most >= _PURE * len(proven):
        found[metric] = (rule(main, reaching(trimmed([number for number, own in proven if own == main]))),)
    elif others:
        small, large = sorted((main, others[0][0]), key=lambda unit: convert(1.0, unit, main) or 0.0)
        # Products with both numbers are few and alike: what the rarer unit's range is elsewhere, they cannot tell.
        if main in (ranges := split(proven, small, large)):
            found[metric] = (rule(main, ranges[main]),)
    return found


def _is_same(number: float, unit: str, other: float, imperial: str) -> bool:
    """Say whether two numbers are the same quantity, as far as the imperial one's decimals can tell."""
    factor = convert(1.0, imperial, unit) or 0.0
    decimals = len(repr(other).partition(".")[2].rstrip("0"))
    return abs(number - other * factor) <= 0.6 * 10.0**-decimals * factor + _TOLERANCE * abs(number)
