"""Quantities as index terms: "185 cm", "1.85 m" and "1850mm" are the same word."""

from functools import lru_cache

from language.measures import quantities
from language.units import convert, dimension

_LETTERS = str.maketrans({"²": "2", "³": "3", "µ": "u", "Ω": "ohm", "°": "deg", "%": "percent", "€": "eur", '"': "in"})


_USUAL = ("mm", "mm²", "l", "g", "s", "Hz", "A", "V", "W", "Wh", "GB", "px", "lm", "m³/h")


def measure_term(value: float, unit: str) -> str:
    """Return the term of a quantity, in the usual unit of what it measures; letters and digits only.

    >>> measure_term(1.85, "m"), measure_term(2.5, "mm²")
    ('1850mm', '2p5mm2')
    """
    symbol = _usual(unit)
    number = convert(value, unit, symbol)
    number = value if number is None else number
    spelled = f"{number:.6g}" if abs(number) < 1e6 else f"{number:.0f}"
    written = spelled.replace("+", "").replace("-", "m").replace(".", "p")
    return written + "".join(char for char in symbol.translate(_LETTERS) if char.isalnum()).lower()


def measure_terms(text: str, locale: str = "en") -> list[str]:
    """Return the terms of all quantities that a text states, each once."""
    found = (measure_term(value, each.unit) for each in quantities(text, locale) for value in each.values)
    return list(dict.fromkeys(found))


@lru_cache(maxsize=512)
def _usual(unit: str) -> str:
    """Return the unit that stands for all that measure the same; else the unit itself."""
    measured = dimension(unit)
    return next((usual for usual in _USUAL if measured and dimension(usual) == measured), unit)
