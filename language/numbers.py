"""Numbers as people write them: 1,234.5 in English, 1.234,5 in German."""

import re
from decimal import Decimal

# What may follow a number's first digit: groups of three with marks between them, or plain digits; one fraction.
NUMBER_TAIL = r"(?:[0-9]{0,2}(?:[.,'’\u00a0\u202f][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|[0-9]*(?:[.,][0-9]+)?)"
NUMBER = rf"[0-9]{NUMBER_TAIL}"
_NUMBER = re.compile(NUMBER)
_ALWAYS_GROUPING = str.maketrans("", "", "'’\u00a0\u202f")


def decimal_mark(locale: str) -> str:
    """Return the decimal mark of a locale: a comma in German, else a point."""
    return "," if locale.split("-")[0].lower() == "de" else "."


def read_number(text: str, locale: str = "en") -> float | None:
    """Read a number without a sign; None if it is none or contradicts itself ("1.234.5").

    The locale decides only where the text leaves it open, as in "1.000": a thousand in German, one in English.

    >>> read_number("1.234,5"), read_number("2,5"), read_number("1.000", "de"), read_number("1.000")
    (1234.5, 2.5, 1000.0, 1.0)
    """
    if not _NUMBER.fullmatch(text):
        return None
    bare = text.translate(_ALWAYS_GROUPING)
    points, commas = bare.count("."), bare.count(",")
    if not points and not commas:
        return float(bare)
    if points and commas:
        last = "." if bare.rindex(".") > bare.rindex(",") else ","
        return _split(bare, last) if bare.count(last) == 1 else None
    mark = "." if points else ","
    head, *groups = bare.split(mark)
    grouped = len(head) <= 3 and all(len(group) == 3 for group in groups)
    if len(groups) > 1:
        return float(head + "".join(groups)) if grouped else None
    if grouped and mark != decimal_mark(locale) and bare == text and not head.startswith("0"):
        return float(head + groups[0])
    return _split(bare, mark)


def format_number(value: float, locale: str = "en", *, grouped: bool = True) -> str:
    """Write a number with all its digits, which ``read_number`` reads back in the same locale.

    >>> format_number(1234.5, "de"), format_number(0.1)
    ('1.234,5', '0.1')
    """
    number = Decimal(repr(float(value)))
    text = f"{number:,f}" if grouped else f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if decimal_mark(locale) == "." else text.translate(str.maketrans(",.", ".,"))


def _split(text: str, mark: str) -> float:
    whole, fraction = text.split(mark)
    return float(f"{whole.replace('.', '').replace(',', '')}.{fraction}")
