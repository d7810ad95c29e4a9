"""Which question to ask next: the one that leaves least to choose from, as far as the buyer can answer it."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from engines.results import Facet
from language.dictionary import AttributeEntry
from language.filters.tree import Filter
from ranking.guide.answerability import Usage, chance
from ranking.guide.conversation import Question
from ranking.guide.gain import expected_remaining
from ranking.guide.options import Choices, choices_of, filter_of
from ranking.guide.wording import question_text


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known when a question is chosen: the language, what attributes mean, the currency of prices, what
    buyers filter by, and how many products a condition leaves of those that are left."""

    locale: str
    dictionary: Mapping[str, AttributeEntry]
    currency: str
    usage: Usage
    count: Callable[[Filter], int]


def next_question(facets: Sequence[Facet], total: int, done: Set[str], asking: Asking) -> Question | None:
    """Return the question with the least expected remainder among fields that are not ``done``; names decide ties.

    None where nothing divides what is left. Costs one count more than the facets where the question has an option for
    all values that it does not name.
    """
    if total < 2:
        return None
    for way in ways_to_ask(facets, total, done, asking):
        whole = counted(way, asking.count)
        if len(whole.options) > 1:
            return _question(whole, total, asking)
    return None


def ways_to_ask(facets: Sequence[Facet], total: int, done: Set[str], asking: Asking) -> list[Choices]:
    """Return the ways to ask, the one with the least expected remainder first; names decide ties."""
    ways = [
        (expected_remaining([each.count for each in way.options], total, sure), way.field, at, way)
        for facet in facets
        if facet.field not in done and (sure := chance(facet.field, asking.usage)) > 0.0
        for at, way in enumerate(choices_of(facet, asking.locale, asking.dictionary, asking.currency))
    ]
    return [way for _, _, _, way in sorted(ways, key=lambda each: each[:3])]


def counted(way: Choices, count: Callable[[Filter], int]) -> Choices:
    """Return the choices with the option for other values counted, or without it where nothing else is left."""
    if not way.rest:
        return way
    *named, last = way.options
    condition = filter_of(way.field, last.value)
    left = count(condition) if condition is not None else 0
    return replace(way, options=(*named, replace(last, count=left)) if left else tuple(named))


def _question(way: Choices, total: int, asking: Asking) -> Question:
    sure = chance(way.field, asking.usage)
    return Question(
        id=way.field,
        field=way.field,
        text=question_text(way.field, way.kind, asking.locale, asking.dictionary),
        kind=way.kind,
        options=way.options,
        expected_remaining=expected_remaining([each.count for each in way.options], total, sure),
    )
