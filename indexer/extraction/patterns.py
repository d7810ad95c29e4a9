"""Rules of the kind "the number with this unit between these words is the value", counted over a catalogue.

Where many values are written each its own way ("43.2 cm", "1.8 m"), words cannot be learned by heart; what stands
around the number can. A rule is right for a product where the number is the one that the product gives.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.extraction.confidence import lower_bound_of
from indexer.extraction.text import Mention
from language.units import convert, dimension

_SUPPORT = 4
_LEAST = 0.7
_TOLERANCE = 0.006


class Pattern(NamedTuple):
    """Where a number stands: its unit or what that measures, the words before and behind; None is any word."""

    unit: str
    before: str | None
    behind: str | None


_Key = tuple[Pattern, str, str | None]


class PatternRule(NamedTuple):
    """Of numbers that stand like this the first is the attribute's value; for one type, or all (None)."""

    pattern: Pattern
    attribute: str
    type_name: str | None
    score: float


class Numbered(NamedTuple):
    """One product to learn from: its type, the numbers of its texts, and its numbers by attribute with their units."""

    type_name: str | None
    mentions: Sequence[Mention]
    numbers: Sequence[tuple[str, float, str | None]]


def patterns_of(mention: Mention) -> Iterator[Pattern]:
    """Yield the patterns that a number stands in, the narrow ones first; a bare number needs a word beside it."""
    yield Pattern(mention.unit, mention.before, mention.behind)
    yield Pattern(mention.unit, None, mention.behind)
    yield Pattern(mention.unit, mention.before, None)
    if mention.unit:
        yield Pattern(mention.unit, None, None)
        if measured := dimension(mention.unit):
            yield Pattern(measured, None, None)


def first_mentions(mentions: Sequence[Mention]) -> dict[Pattern, Mention]:
    """Return the first number in each pattern."""
    found: dict[Pattern, Mention] = {}
    for mention in mentions:
        for pattern in patterns_of(mention):
            found.setdefault(pattern, mention)
    return found


def in_unit(mention: Mention, unit: str | None) -> float | None:
    """Return a mentioned number in an attribute's unit; None where it measures something else.

    An attribute without a unit takes any number as it is written.
    """
    if unit is None:
        return mention.value
    return _converted(mention.value, mention.unit, unit) if mention.unit else None


def same(stated: float, given: float) -> bool:
    """Say whether two numbers are the same but for rounding."""
    return abs(stated - given) <= _TOLERANCE * abs(given)


def pattern_rules(examples: Sequence[Numbered]) -> list[PatternRule]:
    """Return the rules that are right for seven tenths at least, of one type only where better than of all."""
    found = [first_mentions(example.mentions) for example in examples]
    right: Counter[_Key] = Counter()
    for example, firsts in zip(examples, found, strict=True):
        stated = _by_mention(firsts)
        for name, number, unit in example.numbers:
            for mention, patterns in stated.items():
                value = in_unit(mention, unit)
                if value is not None and same(value, number):
                    right.update((pattern, name, of) for pattern in patterns for of in {example.type_name, None})
    seen = _seen(examples, found, {key for key, count in right.items() if count >= _SUPPORT})
    scores = {key: score for key, count in seen.items() if (score := lower_bound_of(right[key], count)) >= _LEAST}
    return [
        PatternRule(pattern, name, of, round(score, 4))
        for (pattern, name, of), score in scores.items()
        if of is None or scores.get((pattern, name, None), 0.0) < score
    ]


def _seen(
    examples: Sequence[Numbered], found: Sequence[Mapping[Pattern, Mention]], wanted: Collection[_Key]
) -> Counter[_Key]:
    """Count how often each of some rules could speak."""
    attributes: defaultdict[Pattern, set[str]] = defaultdict(set)
    for pattern, name, _ in wanted:
        attributes[pattern].add(name)
    seen: Counter[_Key] = Counter()
    for example, firsts in zip(examples, found, strict=True):
        units = {name: unit for name, _, unit in example.numbers}
        for pattern, mention in firsts.items():
            for name in attributes.get(pattern, ()):
                if name in units and in_unit(mention, units[name]) is not None:
                    seen.update((pattern, name, of) for of in {example.type_name, None})
    return Counter({key: count for key, count in seen.items() if key in wanted})


def _by_mention(firsts: Mapping[Pattern, Mention]) -> dict[Mention, list[Pattern]]:
    found: dict[Mention, list[Pattern]] = {}
    for pattern, mention in firsts.items():
        found.setdefault(mention, []).append(pattern)
    return found


@lru_cache(maxsize=200_000)
def _converted(value: float, unit: str, wanted: str) -> float | None:
    return convert(value, unit, wanted)
