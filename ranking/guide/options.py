"""The options of a question, from the counts of a field: at most eight, each with how many products it leaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engines.plan import Interval
from engines.results import Facet, FacetValue
from language.dictionary import AttributeEntry
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or
from language.numbers import format_number
from ranking.facets import unit
from ranking.guide.conversation import AnswerValue, AnyOf, NoneOf, Option, QuestionKind
from ranking.guide.gain import MOST_OPTIONS
from ranking.guide.wording import no_other, words_of

_LONGEST = 60
"""A value of more characters is a text to read, not a choice."""
_SEPARATOR = " > "


@dataclass(frozen=True, slots=True)
class Choices:
    """How a field may be asked for. The counts of options about several values are sums of the values' counts, and want
    to be counted before they are shown."""

    field: str
    kind: QuestionKind
    options: tuple[Option, ...]


def choices_of(facet: Facet, locale: str, dictionary: Mapping[str, AttributeEntry], currency: str) -> list[Choices]:
    """Return the ways to ask for a field, each of at least two options; none where there is nothing to choose.

    A category is asked for on one level; which one serves best is for the caller to say.
    """
    if facet.type == "range":
        shown = unit(facet.field, dictionary) or (currency if facet.field == "price" else None)
        options = tuple(_ranged(each, locale, shown) for each in facet.values[:MOST_OPTIONS])
        return [Choices(facet.field, "range", options)] if len(options) > 1 else []
    if facet.type == "boolean":
        known = {bool(each.value): each.count for each in facet.values}
        yes_no = tuple(
            Option(value, words_of(locale).yes if value else words_of(locale).no, known[value])
            for value in (True, False)
            if known.get(value)
        )
        return [Choices(facet.field, "yes_no", yes_no)] if len(yes_no) > 1 else []
    if facet.type == "hierarchy":
        levels: defaultdict[int, list[FacetValue]] = defaultdict(list)
        for each in facet.values:
            levels[each.level or 1].append(each)
        return [choices for level in sorted(levels) for choices in _named(facet.field, levels[level], locale)]
    return _named(facet.field, facet.values, locale)


def _named(field: str, values: Sequence[FacetValue], locale: str) -> list[Choices]:
    spellings: defaultdict[str, list[FacetValue]] = defaultdict(list)
    for each in values:
        spellings[" ".join(str(each.value).casefold().split())].append(each)
    meant = sorted(spellings.values(), key=lambda alike: -sum(each.count for each in alike))
    readable = [alike for alike in meant if alike[0].count and len(str(alike[0].value)) <= _LONGEST]
    fits = len(readable) == len(meant) and len(meant) <= MOST_OPTIONS
    shown = readable[: MOST_OPTIONS if fits else MOST_OPTIONS - 1]
    options = [_spelled(alike) for alike in shown]
    left = sum(each.count for each in values) - sum(each.count for each in options)
    if not fits and options and left:
        named = tuple(str(each.value) for alike in shown for each in alike)
        options.append(Option(NoneOf(named), no_other(locale), left))
    return [Choices(field, "choice", tuple(options))] if len(options) > 1 else []


def _spelled(alike: Sequence[FacetValue]) -> Option:
    """Return one option for values that differ in case or spaces only, by the name of the most frequent one."""
    names = tuple(str(each.value) for each in alike)
    value = names[0] if len(names) == 1 else AnyOf(names)
    return Option(value, names[0].rsplit(_SEPARATOR, 1)[-1], sum(each.count for each in alike))


def _ranged(value: FacetValue, locale: str, shown: str | None) -> Option:
    assert value.interval is not None
    return Option(value.interval, range_label(value.interval, value.span, locale, shown), value.count)


def range_label(interval: Interval, span: tuple[float, float] | None, locale: str, unit: str | None) -> str:
    """Return how a range is called: by its one value, else by its edges.

    >>> range_label(Interval(15.0, 16.0), (15.6, 15.6), "en", "in"), range_label(Interval(10.0, 20.0), None, "en", "cm")
    ('15.6 in', '10 – under 20 cm')
    """
    behind = f" {unit}" if unit else ""
    said = words_of(locale)
    if span is not None and span[0] == span[1]:
        return format_number(span[0], locale) + behind
    low = None if interval.gte is None else format_number(interval.gte, locale)
    high = None if interval.lt is None else format_number(interval.lt, locale)
    if low is None:
        return said.under.format(high) + behind if high is not None else said.any_number
    if high is None:
        return said.at_least.format(low) + behind
    return said.between.format(low, high) + behind


def filter_of(field: str, value: AnswerValue) -> Filter | None:
    """Return what an answer about a field lets through; None for one that says nothing of the product."""
    match value:
        case None | "any":
            return None
        case NoneOf(values=values):
            return And((Exists(field), Not(In(field, values))))
        case Interval(gte=low, lt=high):
            bounds: list[Filter] = []
            if low is not None:
                bounds.append(Compare(field, ">=", low))
            if high is not None:
                bounds.append(Compare(field, "<", high))
            return And(tuple(bounds)) if bounds else Exists(field)
        case AnyOf(values=values):
            return Or(tuple(each for part in values if (each := filter_of(field, part)) is not None))
        case _:
            return Compare(field, "=", value)
