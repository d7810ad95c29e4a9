"""Which question to ask next: what a merchandiser wants asked first, else the one after which fewest are still to be
asked, as far as the buyer can answer it."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from engines.port import FieldInfo
from engines.results import Facet
from language.dictionary import AttributeEntry
from language.errors import InvalidFilter, UnknownField
from language.filters.tree import Filter
from ranking.fields import resolve_filter
from ranking.guide.answerability import Usage, chance
from ranking.guide.book import Script, Written, in_language
from ranking.guide.conversation import AnyOf, NoneOf, Option, Question
from ranking.guide.gain import expected_questions, expected_remaining
from ranking.guide.options import Choices, choices_of, filter_of
from ranking.guide.wording import question_text

_CERTAIN = 0.95
"""The chance that a buyer can answer what a person wrote for buyers."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known when a question is chosen: the language, what attributes mean, the fields that there are, the
    currency of prices, what buyers filter by, what the merchandiser says, and how many products a condition leaves of
    those that are left."""

    locale: str
    dictionary: Mapping[str, AttributeEntry]
    fields: Mapping[str, FieldInfo]
    currency: str
    usage: Usage
    script: Script
    count: Callable[[Filter], int]


@dataclass(frozen=True, slots=True)
class Left:
    """Products to choose among: how many, and the counts of their fields."""

    total: int
    facets: Sequence[Facet]


def next_question(left: Left, done: Set[str], asking: Asking) -> Question | None:
    """Return the next question among those that are not ``done``; None where nothing divides what is left.

    Costs one count more than the facets for each option about several values, and one an option where a person wrote
    them.
    """
    total = left.total
    if total < 2:
        return None
    ways = ways_to_ask(left, done, asking)
    for identity in asking.script.first:
        if identity not in done and (question := _first(identity, ways, total, asking)) is not None:
            return question
    return _of_ways(ways, total, asking)


def ways_to_ask(left: Left, done: Set[str], asking: Asking) -> list[Choices]:
    """Return the ways to ask, the one after which fewest questions are expected first; names decide ties."""
    ways: list[tuple[float, str, int, Choices]] = []
    for facet in left.facets:
        sure = chance(facet.field, asking.usage)
        if facet.field in done or facet.field in asking.script.never or sure <= 0.0:
            continue
        for way in choices_of(facet, asking.locale, asking.dictionary, asking.currency):
            cost = expected_questions([each.count for each in way.options], left.total, sure)
            ways.append((cost, way.field, len(ways), way))
    return [way for _, _, _, way in sorted(ways, key=lambda each: each[:3])]


def counted(way: Choices, count: Callable[[Filter], int]) -> Choices:
    """Return the choices with the options about several values counted, without those that nothing is left of."""
    options = []
    for each in way.options:
        if isinstance(each.value, NoneOf | AnyOf) and (condition := filter_of(way.field, each.value)) is not None:
            each = replace(each, count=count(condition))
        if each.count:
            options.append(each)
    return replace(way, options=tuple(options))


def _first(identity: str, ways: Sequence[Choices], total: int, asking: Asking) -> Question | None:
    """Return a question that a person wants asked, if it divides what is left."""
    written = asking.script.questions.get(identity)
    if written is not None and written.options:
        return _written(written, total, asking)
    return _of_ways([way for way in ways if way.field == identity], total, asking)


def _of_ways(ways: Sequence[Choices], total: int, asking: Asking) -> Question | None:
    for way in ways:
        whole = counted(way, asking.count)
        if len(whole.options) > 1:
            return _question(whole, total, asking)
    return None


def _question(way: Choices, total: int, asking: Asking) -> Question:
    written = asking.script.questions.get(way.field, Written(way.field, way.field))
    text = question_text(way.field, way.kind, asking.locale, asking.dictionary)
    return Question(
        id=way.field,
        field=way.field,
        text=in_language(written.texts, asking.locale) or text,
        kind=way.kind,
        options=tuple(_in_other_words(each, written, asking.locale) for each in way.options),
        expected_remaining=expected_remaining(
            [each.count for each in way.options], total, chance(way.field, asking.usage)
        ),
        help=in_language(written.help, asking.locale),
        picture=written.picture,
    )


def _in_other_words(option: Option, written: Written, locale: str) -> Option:
    """Give an option the label and the picture that a person gave one of its spellings."""
    value = str(option.value).lower() if isinstance(option.value, bool) else option.value
    names = [name for name in (value.values if isinstance(value, AnyOf) else (value,)) if isinstance(name, str)]
    if not names:
        return option
    labels = next((written.labels[name] for name in names if name in written.labels), {})
    picture = next((written.pictures[name] for name in names if name in written.pictures), None)
    return replace(option, label=in_language(labels, locale) or option.label, picture=picture)


def _written(written: Written, total: int, asking: Asking) -> Question | None:
    """Return a question whose options a person wrote, those that leave something; None if they are fewer than two.

    An option about a field that this buyer does not know is none.
    """
    options = []
    for each in written.options:
        try:
            left = asking.count(resolve_filter(each.filter, asking.fields))
        except (UnknownField, InvalidFilter):
            continue
        if left:
            options.append(
                Option(each.value, in_language(each.labels, asking.locale) or each.value, left, each.picture)
            )
    if len(options) < 2:
        return None
    return Question(
        id=written.id,
        field=written.about,
        text=in_language(written.texts, asking.locale) or written.id,
        kind="choice",
        options=tuple(options),
        expected_remaining=expected_remaining([each.count for each in options], total, _CERTAIN),
        help=in_language(written.help, asking.locale),
        picture=written.picture,
    )
