"""Part numbers: how they are compared, and what in a query may be one."""

import re

_MEASURE = re.compile(
    r"""[\d.,x×/-]+(?:
        "|''|″|%|°|gb|tb|mb|kb|ghz|mhz|hz|khz|mm|cm|km|m|ft|in|inch|kg|g|mg|lb|oz|l|ml|w|kw|wh|kwh|v|kv|va|kva|a|ma|mah|ah
        |k|p|fps|dpi|rpm|pc|pcs|er|st|nd|rd|th|bit|ppm|db|bar|lm|nm|€|\$|£|eur|usd|gbp)?""",
    re.VERBOSE | re.IGNORECASE,
)
_LONG_NUMBER = 8


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
    return len(normalise_identifier(token)) > 2 and not _MEASURE.fullmatch(token)
