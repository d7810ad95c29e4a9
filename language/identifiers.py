"""Part numbers: how they are compared, and what in a query may be one."""

import re

_MEASURE = re.compile(
    r"""[\d.,x×/-]+(?:
        "|''|″|%|°|gb|tb|mb|kb|ghz|mhz|hz|khz|mm|cm|km|m|ft|in|inch|kg|g|mg|lb|oz|l|ml|w|kw|wh|kwh|v|kv|va|kva|a|ma|mah|ah
        |k|p|fps|dpi|rpm|pc|pcs|er|st|nd|rd|th|bit|ppm|db|bar|lm|nm|€|\$|£|eur|usd|gbp)?""",
    re.VERBOSE | re.IGNORECASE,
)
_LONG_NUMBER = 8
SHORTEST_PIECE = 4
"""So many characters of a part number find it."""
GTIN_PIECE = 8
"""So many digits of a GTIN find it: fewer are the same in too many."""
_SHORTEST_GTIN = 12


def normalise_identifier(text: str) -> str:
    """Return the letters and digits of a part number in upper case: "tn-2110" and "TN 2110" are the same."""
    return "".join(char for char in text if char.isalnum()).upper()


def looks_like_identifier(token: str) -> bool:
    """Say whether one token of a query may be a part number or GTIN.

    That is digits together with letters or punctuation, but no measure ("16gb", "15.6"", "2x4"), or at least eight
    digits.
    """
    digits = sum(char.isdigit() for char in token)
    if not digits:
        return False
    if digits >= _LONG_NUMBER:
        return True
    return len(normalise_identifier(token)) > 2 and not is_measure(token)


def is_measure(token: str) -> bool:
    """Say whether a token is a number or several, with a unit or without: "16gb", "2x4"."""
    return _MEASURE.fullmatch(token) is not None


def is_gtin_like(identifier: str) -> bool:
    """Say whether a normalised identifier has the length and the digits of a GTIN, or is a longer number."""
    return len(identifier) >= _SHORTEST_GTIN and identifier.isdigit()
