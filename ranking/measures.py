"""Quantities and price limits in a query, as conditions on typed attributes and as terms.

A price limit is sure enough to filter by. Any other quantity is a word of the query: it counts where a product's title
states it, in whatever unit, or where an attribute of that dimension has it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engines.plan import Word
from language.analysis import Analyzer
from language.dictionary import AttributeEntry
from language.filters.tree import And, Compare, Filter, Operator, Or
from language.measure_terms import measure_term
from language.measures import Measure, quantities
from language.numbers import NUMBER, read_number
from language.units import convert, dimension

_CURRENCIES = r"(?:€|eur\b|euros?\b|\$|usd\b|£|gbp\b)"
_MARKS = {"EUR": ("€", "eur"), "USD": ("$", "usd"), "GBP": ("£", "gbp")}
_BELOW = r"(?:under|below|less than|cheaper than|unter|weniger als)"
_UP_TO = r"(?:up to|at most|max(?:imum|imal)?\.?|bis(?: zu)?|höchstens|hoechstens)"
_ABOVE = r"(?:over|above|more than|über|ueber|mehr als)"
_FROM = r"(?:from|at least|min(?:imum|destens)?\.?|ab)"
_LIMITS: Sequence[tuple[str, Operator]] = ((_BELOW, "<"), (_UP_TO, "<="), (_ABOVE, ">"), (_FROM, ">="))
_WORDS = "|".join(f"(?P<w{at}>{words})" for at, (words, _) in enumerate(_LIMITS))
_LIMIT = re.compile(rf"(?<!\w)(?:{_WORDS})\s*$", re.IGNORECASE)
_PRICE = re.compile(
    rf"(?<!\w)(?:{_WORDS})\s+(?:(?P<mark>[€$£])\s?(?P<marked>{NUMBER})|(?P<number>{NUMBER})\s?{_CURRENCIES})(?!\w)",
    re.IGNORECASE,
)
_PRICES = re.compile(
    rf"(?<!\w)(?:between|zwischen|from|von)\s+[€$£]?(?P<low>{NUMBER})\s?{_CURRENCIES}?\s+(?:and|und|to|bis)\s+"
    rf"(?:[€$£]\s?(?P<marked>{NUMBER})|(?P<high>{NUMBER})\s?{_CURRENCIES})(?!\w)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?<!\w)(?:between|zwischen|from|von)\s+(?P<low>{NUMBER})(?P<unit>\s?[^\W\d_]+)?\s+(?:and|und|to|bis)\s+$",
    re.IGNORECASE,
)
_MOST_ATTRIBUTES = 12
_NEARLY = 1e-6
_INCH, _SMALLEST_CLASS = "in", 10.0
_MOST_KNOWN = 32
_Attributes = Mapping[str, Sequence[tuple[AttributeEntry, frozenset[str]]]]
_known: dict[tuple[int, str], tuple[Mapping[str, AttributeEntry], _Attributes]] = {}


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition that a part of the query says: ``text`` as typed, ``filters`` whether it decides what is found."""

    field: str
    op: Operator
    value: float
    unit: str | None
    text: str
    filters: bool = False


@dataclass(frozen=True, slots=True)
class Quantities:
    """What was read: conditions to show, the filter of those that are sure, and words in the place of spans of the
    query."""

    constraints: tuple[Constraint, ...] = ()
    filter: Filter | None = None
    words: tuple[tuple[tuple[int, int], tuple[Word, ...]], ...] = ()


class MeasureReader:
    """Reads quantities by one catalogue's attribute dictionary. ``fields`` are those that the buyer may name."""

    def __init__(self, dictionary: Mapping[str, AttributeEntry], analyzer: Analyzer, locale: str) -> None:
        self._dictionary = dictionary
        self._analyzer = analyzer
        self._locale = locale

    def read(self, query: str) -> Quantities:
        """Read one cleaned query. Costs some microseconds, and nothing without a digit."""
        if not any(char.isdigit() for char in query):
            return Quantities()
        constraints, taken = self._prices(query)
        words: list[tuple[tuple[int, int], tuple[Word, ...]]] = [(span, ()) for span in taken]
        about = set(self._analyzer.terms(query))
        for measure in quantities(query, self._locale):
            # "M8x40" is written so in the catalogue as well.
            if measure.form == "thread" or any(
                start < measure.span[1] and measure.span[0] < end for start, end in taken
            ):
                continue
            span, found, shown = self._measure(query, measure, about)
            constraints += shown
            if found:
                words.append((span, found))
        sure = tuple(Compare(each.field, each.op, each.value) for each in constraints if each.filters)
        filtering = And(sure) if len(sure) > 1 else sure[0] if sure else None
        return Quantities(tuple(constraints), filtering, tuple(sorted(words, key=lambda each: each[0])))

    def _prices(self, query: str) -> tuple[list[Constraint], list[tuple[int, int]]]:
        found: list[Constraint] = []
        taken: list[tuple[int, int]] = []
        if match := _PRICES.search(query):
            low = read_number(match["low"], self._locale)
            high = read_number(match["marked"] or match["high"], self._locale)
            if low is not None and high is not None and low <= high:
                found.append(Constraint("price", ">=", low, _currency(match[0]), match[0], filters=True))
                found.append(Constraint("price", "<=", high, _currency(match[0]), match[0], filters=True))
                taken.append(match.span())
        elif match := _PRICE.search(query):
            value = read_number(match["marked"] or match["number"], self._locale)
            if value is not None:
                found.append(Constraint("price", _operator(match), value, _currency(match[0]), match[0], filters=True))
                taken.append(match.span())
        return found, taken

    def _measure(
        self, query: str, measure: Measure, about: set[str]
    ) -> tuple[tuple[int, int], tuple[Word, ...], list[Constraint]]:
        start, end = measure.span
        entries = self._entries(measure.unit, about)
        told = self._told(entries, measure.unit, about)
        bounds: list[tuple[Operator, float]] | None = None
        if measure.form == "range":
            bounds = [(">=", measure.values[0]), ("<=", measure.values[1])]
        elif between := _RANGE.search(query, 0, start):
            low = read_number(between["low"], self._locale)
            if low is not None and low <= measure.values[0]:
                start = between.start()
                bounds = [(">=", low), ("<=", measure.values[0])]
        elif limit := _LIMIT.search(query, 0, start):
            start = limit.start()
            bounds = [(_operator(limit), measure.values[0])]
        text = query[start:end]
        if bounds is not None:
            condition = _any([_within(entry, bounds, measure.unit) for entry in entries])
            word = Word(text, (), condition=condition) if condition else None
            said = self._said(told, bounds, measure.unit, text)
            return (start, end), (word,) if word else (), said
        words = []
        said = []
        for value in measure.values:
            condition = _any([_within(entry, _near(value, measure.unit), measure.unit) for entry in entries])
            single = len(measure.values) == 1
            shown = text if single else f"{value:g} {measure.unit}"
            together = "".join(self._analyzer.words(text)) if single else ""
            forms = dict.fromkeys(form for form in (measure_term(value, measure.unit), together) if form)
            words.append(Word(shown, tuple((form, 1.0) for form in forms), condition=condition))
            if single:
                said = self._said(told, [("=", value)], measure.unit, text)
        return (start, end), tuple(words), said

    def _said(
        self, told: AttributeEntry | None, bounds: Sequence[tuple[Operator, float]], unit: str, text: str
    ) -> list[Constraint]:
        if told is None:
            return []
        field = f"attributes.{told.name}"
        return [Constraint(field, op, _converted(value, unit, told), told.unit, text) for op, value in bounds]

    def _entries(self, unit: str, about: set[str]) -> list[AttributeEntry]:
        """Return the attributes that a quantity may be of, the likeliest first: those whose label has words of the
        query, if any do, else those kept in this unit, then those that most products carry."""
        wanted = dimension(unit)
        fit = self._attributes().get(wanted, ()) if wanted else ()
        named = [entry for entry, terms in fit if about & terms]
        if named:
            return named[:_MOST_ATTRIBUTES]
        same = [entry for entry, _ in fit if entry.unit == unit]
        others = [entry for entry, _ in fit if entry.unit != unit]
        return [*same, *others][:_MOST_ATTRIBUTES]

    def _told(self, entries: Sequence[AttributeEntry], unit: str, about: set[str]) -> AttributeEntry | None:
        """Return the attribute that a quantity is told to be of: named by the query, or kept in that very unit."""
        first = entries[0] if entries else None
        if first is None or first.unit == unit:
            return first
        return first if about.intersection(self._analyzer.terms(first.label(self._locale) or first.name)) else None

    def _attributes(self) -> _Attributes:
        """Return the numeric attributes by what they measure; made once a dictionary, which a snapshot keeps."""
        key = (id(self._dictionary), self._locale)
        known = _known.get(key)
        if known is None or known[0] is not self._dictionary:
            found: dict[str, list[tuple[AttributeEntry, frozenset[str]]]] = {}
            for entry in sorted(self._dictionary.values(), key=lambda entry: (-entry.products, entry.name)):
                measured = dimension(entry.unit) if entry.kind == "number" and entry.unit else None
                if measured:
                    terms = frozenset(self._analyzer.terms(entry.label(self._locale) or entry.name))
                    found.setdefault(measured, []).append((entry, terms))
            known = self._dictionary, found
            while len(_known) >= _MOST_KNOWN:
                _known.pop(next(iter(_known)), None)
            _known[key] = known
        return known[1]


def _near(value: float, unit: str) -> list[tuple[Operator, float]]:
    """Return what a quantity means: the value itself. Whole inches are the class of a screen: 15 inch are 15.6 too."""
    below: tuple[Operator, float] = (">=", value - abs(value) * _NEARLY)
    if unit == _INCH and value >= _SMALLEST_CLASS and value == int(value):
        return [below, ("<", value + 1.0)]
    return [below, ("<=", value + abs(value) * _NEARLY)]


def _currency(text: str) -> str:
    lowered = text.casefold()
    return next((code for code, marks in _MARKS.items() if any(mark in lowered for mark in marks)), "EUR")


def _operator(match: re.Match[str]) -> Operator:
    return next(op for at, (_, op) in enumerate(_LIMITS) if match[f"w{at}"])


def _converted(value: float, unit: str, entry: AttributeEntry) -> float:
    converted = convert(value, unit, entry.unit or unit)
    return value if converted is None else converted


def _within(entry: AttributeEntry, bounds: Sequence[tuple[Operator, float]], unit: str) -> Filter:
    field = f"attributes.{entry.name}"
    parts = tuple(Compare(field, op, _converted(value, unit, entry)) for op, value in bounds)
    return parts[0] if len(parts) == 1 else And(parts)


def _any(conditions: Sequence[Filter]) -> Filter | None:
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))
