"""Numbers with units in titles, descriptions and queries, in English and German notation."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from language.numbers import NUMBER, NUMBER_TAIL, read_number
from language.unit_table import units
from language.units import symbol_of

Form = Literal["single", "range", "size", "times", "choice", "tolerance", "thread"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One statement of a quantity: its numbers in one unit, and where it stands in the text (in characters).

    ``form`` says how the numbers belong together: a "single" one, a "range" from the first to the second, the sides of
    a "size" (1920 x 1080 px), "times" one number so often (2 x 4 GB: ``values`` (4,), ``count`` 2), a "choice"
    (10/100/1000 Mbit/s), a "tolerance" (± 0.5 mm) or a metric "thread" (M8x40: diameter and length).
    """

    values: tuple[float, ...]
    unit: str
    span: tuple[int, int]
    form: Form = "single"
    count: int = 1


# Letters that are units by themselves count only where they touch the number: "16A", not "2.0 A".
_TOUCHING = frozenset({"A", "U", "K", "t", "N", "J", "B", "d", "in", "B/s", "St", "HE", "gr", "gal", "bit", "cd"})
_SIGNED = frozenset({"°C", "°F", "dB", "dBm", "V"})
_SIZES = frozenset({"mm", "cm", "dm", "m", "in", "ft", "µm", "px", "dpi"})
_INCH_MARKS = ('"', "″", "”", "''", "′′")
_SEPARATORS = {"x": "size", "×": "size", "X": "size", "*": "size", "/": "choice"}
_THREAD = re.compile(rf"(?<![\w.,])M([0-9]{{1,2}}(?:[.,][0-9]{{1,2}})?)\s?[x×]\s?({NUMBER})(?![\w]|[.,]\d)")
_VERSIONED = re.compile(r"(?:USB|Bluetooth|HDMI|DDR|DisplayPort|Cat\.?|Type|Version|V)\s*-?$", re.IGNORECASE)
_RATIO = re.compile(
    r"\s?(?:/\s?|per |pro )(?:s|sec|second|min|minute|h|hr|hour|day|month|year|Tag|Monat|Jahr|m|cm|mm|in|inch|ft|K|kg|g"
    r"|l|ml|turn|page|sheet|pc|Stück|Std)(?![^\W_])|[·*]\w"
)
_COLOUR_TEMPERATURES = (1_000, 20_000)
_MOST_NUMBERS = 6


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    spaced = sorted(
        {re.escape(s) for unit in units().values() for s in unit.spellings if not s.isalpha()}, key=len, reverse=True
    )
    join = r"\s?(?:x|X|×|\*|/|-|–|—|bis|to|\.\.\.|…)\s?"
    # It begins with a digit, and looks behind only then: so the search skips from digit to digit.
    first = rf"[0-9](?<![\w.,'’][0-9])(?<![0-9][-–/][0-9]){NUMBER_TAIL}"
    return re.compile(
        rf"(?P<numbers>{first}(?:{join}{NUMBER}){{0,{_MOST_NUMBERS - 1}}})"
        rf"(?P<gap>[ \u00a0\u202f]?-?[ \u00a0\u202f]?)"
        rf"(?P<unit>(?:{'|'.join(spaced)})(?![^\W_])|[^\W\d_]+(?![^\W_]))"
    )


_SIGN = re.compile(r"(?:±|\+/-|\+-|(?<![\w.)])[-−–])\s?$")
_NUMBERS = re.compile(NUMBER)


def quantities(text: str, locale: str = "en") -> list[Measure]:
    """Find the numbers with units in a text, in their order.

    What is not surely a measure is left out: versions ("USB 2.0 A"), words that only look like a unit ("4 in 1"),
    numbers whose marks contradict each other. The locale decides only what the notation leaves open ("1.000 W").
    Costs some 10 µs a title; texts without digits cost nothing.

    >>> [(m.values, m.unit, m.form) for m in quantities("LED 4x 2,5 W, 43.2 cm (17\\")")]
    [((2.5,), 'W', 'times'), ((43.2,), 'cm', 'single'), ((17.0,), 'in', 'single')]
    """
    found = [measure for match in _pattern().finditer(text) if (measure := _measure(match, text, locale))]
    if "M" in text:
        found.extend(_threads(text, locale))
        found.sort(key=lambda measure: measure.span)
    return found


def _measure(match: re.Match[str], text: str, locale: str) -> Measure | None:
    unit = _unit(match, text)
    if unit is None:
        return None
    start, end = match.start("numbers"), match.end()
    parts = _NUMBERS.findall(match["numbers"])
    joins = [join.strip() for join in _NUMBERS.split(match["numbers"])[1:-1]]
    read = [read_number(part, locale) for part in parts]
    numbers = [number for number in read if number is not None]
    if len(numbers) < len(read):
        return None
    if unit == "K" and not _COLOUR_TEMPERATURES[0] <= numbers[0] <= _COLOUR_TEMPERATURES[1]:
        return None  # "512K cache", "4K"
    if start and (sign := _SIGN.search(text, max(0, start - 4), start)):
        if sign[0][0] in "±+":
            return Measure((numbers[0],), unit, (sign.start(), end), "tolerance") if len(numbers) == 1 else None
        if unit in _SIGNED:
            numbers[0] = -numbers[0]
            start = sign.start()
    if len(numbers) == 1:
        return Measure((numbers[0],), unit, (start, end))
    return _several(numbers, joins, unit, (start, end))


def _several(numbers: list[float], joins: list[str], unit: str, span: tuple[int, int]) -> Measure | None:
    forms = {_SEPARATORS.get(join, "range") for join in joins}
    if len(forms) > 1:
        return None
    form = forms.pop()
    if form == "size" and unit in _SIZES:
        return Measure(tuple(numbers), unit, span, "size")
    if form == "size":
        count = numbers[0]
        if len(numbers) > 2 or not count.is_integer() or not 1 <= count <= 10_000:
            return None
        return Measure((numbers[1],), unit, span, "times", int(count))
    if form == "choice":
        first, second = numbers[0], numbers[-1]
        if unit == "in" and len(numbers) == 2:  # 3/4"
            is_fraction = second in {2, 4, 8, 16, 32, 64} and first < second
            return Measure((first / second,), unit, span) if is_fraction else None
        return Measure(tuple(numbers), unit, span, "choice")
    if len(numbers) == 2 and numbers[0] <= numbers[1]:
        return Measure(tuple(numbers), unit, span, "range")
    return None


def _unit(match: re.Match[str], text: str) -> str | None:
    spelling, gap = match["unit"], match["gap"]
    symbol = symbol_of(spelling)
    if symbol is None:
        return None
    if _RATIO.match(text, match.end()):
        return None  # "300 mm/turn", "4.5 W/m·K": another unit, which is not known
    if spelling in _INCH_MARKS:
        return symbol if not gap and not _inside_quotes(text, match.start(), match.end()) else None
    if spelling == "in" and not _is_inch(text, match.end(), gap):
        return None
    if gap == "" and spelling == symbol:
        return symbol
    if "-" in gap and (gap != "-" or (len(spelling) == 1 and spelling not in {"m", "W", "V", "U"})):
        return None
    if gap and ((spelling in _TOUCHING and spelling != "in") or _VERSIONED.search(text, 0, match.start("numbers"))):
        return None if len(spelling) <= 2 and spelling not in {"in", "mm", "cm", "kg", "GB", "MB", "TB"} else symbol
    return symbol


def _is_inch(text: str, end: int, gap: str) -> bool:
    """Say whether "in" is the unit and no preposition: it touches the number or a sign follows, not a word."""
    if gap in {"", "-"}:
        return True
    following = text[end : end + 2]
    return not following.strip() or following[0] in '.,;:)]x×"/-'


def _inside_quotes(text: str, start: int, end: int) -> bool:
    """Say whether the sign behind a number closes a quotation that was opened before it."""
    mark = text[end - 1]
    if mark == "”":
        return text.rfind("“", 0, start) > text.rfind("”", 0, start)
    opened = False
    for at, char in enumerate(text[:start]):
        if char == mark:
            opened = not opened and not (at and text[at - 1].isdigit())
    return opened


def _threads(text: str, locale: str) -> list[Measure]:
    threads = []
    for match in _THREAD.finditer(text):
        numbers = read_number(match[1], locale), read_number(match[2], locale)
        if numbers[0] is not None and numbers[1] is not None:
            threads.append(Measure((numbers[0], numbers[1]), "mm", match.span(), "thread"))
    return threads
