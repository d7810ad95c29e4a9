"""Which question to ask next: what a merchandiser wants asked first, else the one that leaves least to choose from, as
far as the buyer can answer it."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from engines.port import FieldInfo
from engines.results import Facet
from language.dictionary import AttributeEntry
from language.errors import InvalidFilter, UnknownField
from language.filters.tree import Filter
from ranking.fields import resolve_filter
from ranking.guide.answerability import Usage, chance
from ranking.guide.book import Script, Written, in_language
from ranking.guide.conversation import Option, Question
from ranking.guide.gain import expected_remaining
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


@dataclass(frozen=True, slots=True)
class Likely:
    """Those of the products left that do not have what the buyer did not know of, and the share of the belief that the
    choice will be one of them."""

    left: Left
    share: float


def next_question(left: Left, likely: Likely | None, done: Set[str], asking: Asking) -> Question | None:
    """Return the next question among those that are not ``done``; None where nothing divides what is left.

    Costs one count more than the facets where the question has an option for all values that it does not name, and one
    an option where a person wrote them.
    """
    total = left.total
    if total < 2:
        return None
    ways = ways_to_ask(left, likely, done, asking)
    for identity in asking.script.first:
        if identity not in done and (question := _first(identity, ways, total, asking)) is not None:
            return question
    return _of_ways(ways, total, asking)


def ways_to_ask(left: Left, likely: Likely | None, done: Set[str], asking: Asking) -> list[Choices]:
    """Return the ways to ask, the one with the least expected remainder first; names decide ties.

    Where some products are likelier than others, a field counts by the share that it leaves of them and of all, each
    by how far it is believed in.
    """
    of_likely: dict[str, float] = {}
    if likely is not None:
        for share, way in _shares(likely.left, done, asking):
            of_likely[way.field] = min(share, of_likely.get(way.field, 1.0))
    belief = 0.0 if likely is None else likely.share
    ways = [
        (belief * of_likely.get(way.field, 1.0) + (1.0 - belief) * share, way.field, at, way)
        for at, (share, way) in enumerate(_shares(left, done, asking))
    ]
    return [way for _, _, _, way in sorted(ways, key=lambda each: each[:3])]


def _shares(left: Left, done: Set[str], asking: Asking) -> Iterator[tuple[float, Choices]]:
    """Yield each way to ask with the share of the products that it is expected to leave."""
    for facet in left.facets:
        sure = chance(facet.field, asking.usage)
        if facet.field in done or facet.field in asking.script.never or sure <= 0.0:
            continue
        for way in choices_of(facet, asking.locale, asking.dictionary, asking.currency):
            counts = [each.count for each in way.options]
            yield expected_remaining(counts, left.total, sure) / max(left.total, 1), way


def counted(way: Choices, count: Callable[[Filter], int]) -> Choices:
    """Return the choices with the option for other values counted, or without it where nothing else is left."""
    if not way.rest:
        return way
    *named, last = way.options
    condition = filter_of(way.field, last.value)
    left = count(condition) if condition is not None else 0
    return replace(way, options=(*named, replace(last, count=left)) if left else tuple(named))


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
    name = str(option.value).lower() if isinstance(option.value, bool) else option.value
    if not isinstance(name, str):
        return option
    label = in_language(written.labels.get(name, {}), locale) or option.label
    return replace(option, label=label, picture=written.pictures.get(name))


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
