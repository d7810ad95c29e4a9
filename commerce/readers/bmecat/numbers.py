"""Numbers as BMEcat writes them: with a decimal point and without a sign for thousands."""

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?|[+-]?\.\d{1,30}")
_EXACT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_MOST_DIGITS = 15
_LONG_NUMBER = 8


def decimal_of(text: str) -> Decimal | None:
    """Return the number that a text is; None for any other text."""
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def measured(text: str, *, has_unit: bool) -> float | None:
    """Return the number that a feature's value is; None for a text.

    What is written unlike a number ("007", "1e5"), or too long for one, is a text. Without a unit, whole numbers of
    eight digits or more are texts as well: they are part numbers, GTINs and customs codes.
    """
    if not _EXACT.fullmatch(text):
        return None
    digits = sum(char.isdigit() for char in text)
    if digits > _MOST_DIGITS or (not has_unit and "." not in text and digits >= _LONG_NUMBER):
        return None
    return float(text)
