"""Units of measure: what a spelling means, and numbers from one unit to another.

pint is loaded with a small registry of our own (``unit_table``) and only when a conversion between two units is
first needed; factors are remembered. A unit that the table does not know stays as it was written, unconverted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from language.unit_table import DEFINITIONS, units

if TYPE_CHECKING:
    from pint import Quantity, UnitRegistry

_READABLE = (1.0, 10_000.0)


def symbol_of(spelling: str) -> str | None:
    """Return the symbol of a unit that people may write in English or German ("Zoll" gives "in"); None if unknown."""
    exact, folded = _spellings()
    text = " ".join(spelling.split())
    return exact.get(text) or folded.get(text.casefold())


def dimension(unit: str) -> str | None:
    """Return what the unit measures, such as "[length]"; None for a unit that is not known.

    Units of one dimension can be converted into each other.
    """
    symbol = symbol_of(unit)
    return _dimension(symbol) if symbol else None


def convert(value: float, unit: str, to: str) -> float | None:
    """Return the number in another unit, to 15 digits; None if the units measure different things or are unknown.

    >>> convert(17, "Zoll", "cm")
    43.18
    """
    source, target = symbol_of(unit), symbol_of(to)
    if source is None or target is None:
        return value if " ".join(unit.split()) == " ".join(to.split()) else None
    if source == target:
        return value
    if _dimension(source) != _dimension(target):
        return None
    factor, offset = _line(source, target)
    converted = float(f"{value * factor + offset:.15g}")
    return converted if math.isfinite(converted) else None


def readable_unit(counts: Mapping[str, Iterable[float]]) -> str | None:
    """Choose the unit to keep an attribute's numbers in, of those that occur with the numbers given in each.

    It is the one used most in which at least half of the numbers lie from 1 to 10,000; if there is none, the one that
    makes most numbers so. None if there is no unit, or if the units measure different things.
    """
    given: dict[str, list[float]] = {}
    for unit, values in counts.items():
        given.setdefault(symbol_of(unit) or unit, []).extend(values)
    if not given or len({dimension(unit) or unit for unit in given}) > 1:
        return None

    def readable(unit: str) -> int:
        numbers = [convert(value, source, unit) for source, values in given.items() for value in values]
        return sum(1 for number in numbers if number is not None and _READABLE[0] <= abs(number) < _READABLE[1])

    most_used = sorted(given, key=lambda unit: (-len(given[unit]), unit))
    total = sum(len(values) for values in given.values())
    best = max(most_used, key=readable)
    return next((unit for unit in most_used if 2 * readable(unit) >= total), best)


def same_dimension(unit: str) -> tuple[str, ...]:
    """Return the symbols of all known units that measure the same as this one, itself among them."""
    found = dimension(unit)
    return _by_dimension().get(found, ()) if found else ()


@lru_cache(maxsize=1)
def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    for symbol, unit in units().items():
        for spelling in unit.spellings:
            exact.setdefault(spelling, symbol)
            folded.setdefault(spelling.casefold(), symbol)
    # People who type without capitals mean bytes: "16 gb".
    folded.update({"kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "mbps": "Mbit/s", "gbps": "Gbit/s"})
    # The case tells these apart, so the other case is none of them.
    for ambiguous in (
        "mw",
        "ma",
        "t",
        "k",
        "u",
        "b",
        "n",
        "d",
        "j",
        "f",
        "kb/s",
        "mb/s",
        "gb/s",
        "m",
        "mpa",
        "st",
        "he",
    ):
        folded.pop(ambiguous, None)
    return exact, folded


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry[Fraction]:
    from pint import UnitRegistry

    return UnitRegistry(DEFINITIONS.strip().splitlines(), non_int_type=Fraction)


@lru_cache(maxsize=512)
def _dimension(symbol: str) -> str:
    powers = _quantity(symbol, 1).dimensionality
    return " ".join(f"{name}^{power}" if power != 1 else name for name, power in sorted(powers.items()))


@lru_cache(maxsize=1)
def _by_dimension() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for symbol in units():
        found.setdefault(_dimension(symbol), []).append(symbol)
    return {name: tuple(symbols) for name, symbols in found.items()}


@lru_cache(maxsize=4096)
def _line(source: str, target: str) -> tuple[float, float]:
    """Return factor and offset: target number = source number * factor + offset."""

    def in_base_units(symbol: str, number: int) -> Fraction:
        return Fraction(_quantity(symbol, number).to_base_units().magnitude)

    zero, step = (in_base_units(source, 0), in_base_units(source, 1))
    start, stride = (in_base_units(target, 0), in_base_units(target, 1))
    return float((step - zero) / (stride - start)), float((zero - start) / (stride - start))


def _quantity(symbol: str, number: int) -> Quantity[Fraction]:
    expression = units()[symbol].expression
    if expression.isidentifier():  # only bare names may stand for temperatures, whose scales start elsewhere
        return _registry().Quantity(Fraction(number), expression)
    quantity: Quantity[Fraction] = Fraction(number) * _registry().parse_expression(expression)
    return quantity
