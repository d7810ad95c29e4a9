"""Values of a feature: numbers, quantities, ranges and texts, as its type and unit say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from commerce.product import Quantity, Scalar
from commerce.readers.bmecat.numbers import measured
from commerce.readers.bmecat.sheet import Value

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:\.{{2,3}}|…|–|\bto\b|\bbis\b)\s*({_NUMBER})", re.IGNORECASE)
_NOTHING = frozenset({"-", "--", "–", "—"})
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the values of one feature are: some values, or (of a range) the lowest and the highest."""

    values: tuple[Value, ...] = ()
    low: Value | None = None
    high: Value | None = None


def says_nothing(text: str) -> bool:
    """Return whether a value only holds the place of one that is missing."""
    return not text or text in _NOTHING


def read_values(texts: Sequence[str], unit: str, kind: str) -> Reading:
    """Read the texts of a feature; ``kind`` is its FVALUE_TYPE ("choice", "set", "range" or empty).

    They are numbers only if all of them are; a text that is no number says its unit itself.
    """
    has_unit = bool(unit)
    ends = _ends(texts, kind, has_unit)
    if ends is not None:
        return Reading(low=_with_unit(ends[0], unit), high=_with_unit(ends[1], unit))
    numbers = [measured(text, has_unit=has_unit) for text in texts]
    if None not in numbers:
        return Reading(tuple(_with_unit(number, unit) for number in numbers if number is not None))
    if all(text in _BOOLEANS for text in texts):
        return Reading(tuple(_BOOLEANS[text] for text in texts))
    return Reading(tuple(f"{text} {unit}".strip() if any(map(str.isdigit, text)) else text for text in texts))


def _ends(texts: Sequence[str], kind: str, has_unit: bool) -> tuple[float, float] | None:
    if kind == "range" and len(texts) == 2:
        found = (measured(texts[0], has_unit=True), measured(texts[1], has_unit=True))
    elif len(texts) == 1 and (kind == "range" or has_unit) and (match := _RANGE.fullmatch(texts[0])):
        found = (measured(match[1].lstrip("+"), has_unit=True), measured(match[2].lstrip("+"), has_unit=True))
    else:
        return None
    low, high = found
    return None if low is None or high is None else (min(low, high), max(low, high))


def _with_unit(number: float, unit: str) -> Scalar | Quantity:
    return Quantity(number, unit) if unit else number
