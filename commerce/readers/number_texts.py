"""Numbers that people write into attributes: which attributes are numbers everywhere, and what each text is."""

import re

# No leading zeros: "007" is a code. Fifteen digits are what a float keeps.
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:[.,]\d+)?")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)")
_MOST_DIGITS = 15


def read_number(text: str, decimal: str = ".") -> float | None:
    """Read a number with a decimal comma or point; None for what is no number, a code for example.

    Only where a text can be read both ways, as "1.250" can, the file's sign ``decimal`` decides.

    >>> read_number("2,5"), read_number("1.250", ","), read_number("1.250"), read_number("007")
    (2.5, 1250.0, 1.25, None)
    """
    if sum(char.isdigit() for char in text) > _MOST_DIGITS:
        return None
    if _DECIMAL.fullmatch(text) and not (_GROUPED.fullmatch(text) and _other(decimal) in text):
        return float(text.replace(",", "."))
    if _GROUPED.fullmatch(text):
        grouping = next(char for char in text if char in ".,")
        return float(text.replace(grouping, "").replace(",", "."))
    return None


class NumberAttributes:
    """Finds out over a whole load which attributes have numbers only. Holds one entry an attribute."""

    def __init__(self) -> None:
        self._numeric: dict[str, bool] = {}

    def see(self, name: str, text: str) -> None:
        """Take one value of an attribute into account."""
        if self._numeric.get(name, True):
            self._numeric[name] = read_number(text) is not None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._numeric.get(name, False)


def _other(decimal: str) -> str:
    return "." if decimal == "," else ","
