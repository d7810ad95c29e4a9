"""Where an attribute mixes two units, the ranges of numbers that each of them has to itself."""

import math
from collections.abc import Sequence
from typing import NamedTuple

_ERRORS = 0.03
_REACH = 3.0


class Range(NamedTuple):
    """The numbers from ``low`` to ``high``, both included."""

    low: float
    high: float


def split(proven: Sequence[tuple[float, str]], small: str, large: str) -> dict[str, Range]:
    """Return the range of numbers by unit, for each of the two units that has a range to itself.

    ``proven`` are numbers whose unit is known. The larger the unit, the smaller its numbers: 4 GB, 4096 MB. Three in a
    hundred of a range may be of the other unit, as they are in shops; what lies between the ranges belongs to neither.
    """
    ordered = sorted(each for each in proven if each[1] in {small, large})
    if not ordered:
        return {}
    edge = _edge(ordered, large)
    found = {}
    for unit, side in ((large, [p for p in ordered if p[0] < edge]), (small, [p for p in ordered if p[0] >= edge])):
        own = [number for number, of in side if of == unit]
        if own and len(side) - len(own) <= _ERRORS * len(side):
            found[unit] = Range(own[0], own[-1])
    return found


def trimmed(numbers: Sequence[float], share: float = 0.01) -> Range:
    """Return the range of some numbers without the share at either end that may be there by chance."""
    ordered = sorted(numbers)
    stray = int(len(ordered) * share)
    return Range(ordered[stray], ordered[-1 - stray])


def reaching(within: Range) -> Range:
    """Return the range that proofs within a range reach: three times beyond, if no other unit is in the way."""
    low, high = within
    return Range(low / _REACH if low > 0 else low * _REACH, high * _REACH if high > 0 else high / _REACH)


def _edge(ordered: Sequence[tuple[float, str]], large: str) -> float:
    """Return the number from which on the smaller unit holds with the fewest errors."""
    errors = sum(1 for _, unit in ordered if unit == large)  # all would be of the smaller unit
    best, edge = errors, ordered[0][0]
    for at, (number, unit) in enumerate(ordered):
        errors += -1 if unit == large else 1
        following = ordered[at + 1][0] if at + 1 < len(ordered) else math.inf
        if errors < best and following > number:
            best, edge = errors, following
    return edge
