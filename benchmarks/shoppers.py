"""Simulated shoppers: each has a product in mind and answers questions about it truthfully, as far as they know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

import orjson

from commerce.buyer import ANONYMOUS
from engines.plan import FacetRequest, SearchPlan
from engines.port import EXTRACTED, SearchIndex
from engines.results import Facet
from language.filters.tree import And, Compare, Filter
from ranking.guide.book import EVERYWHERE, Book, Script
from ranking.guide.conversation import Answer, AnswerValue, GuideRequest, Option
from ranking.guide.gain import SHOWN
from ranking.guide.guide import guide
from ranking.guide.options import Choices, choices_of, filter_of
from ranking.guide.questions import counted
from ranking.guide.scope import both, scope_of
from ranking.synonyms import NO_SYNONYMS

DONT_KNOW = 0.2
MOST_QUESTIONS = 20
EARLY = 6
TYPES = 20
NEVER = frozenset({"price", "list_price", "on_offer", "in_stock", "id", "mpn", "gtin", "released", "available_by"})
"""What nobody is asked for: the sample's prices are made up, and a number names the very product."""
BOOK = Book({EVERYWHERE: Script(never=frozenset({"price"}))})
_EVERY_FIELD = 400
_VALUES = 100
_PAGE = 1_000
Chooser = Callable[[Sequence[tuple[Facet, Choices]], Random], Sequence[Choices]]
"""Puts the ways to ask in the order in which a policy would ask."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a shopper has in mind, and the type that it is of."""

    id: str
    type: str


@dataclass(frozen=True, slots=True)
class Played:
    """One conversation: the questions until ten products at most were left with the target among them (one more than
    were asked where that never came), whether the target stood among the first three after six questions, the questions
    asked, and of these those that the target's own data left unanswered."""

    questions: int
    found_early: bool | None
    asked: int
    missing: int


def draw_targets(index: SearchIndex, count: int, seed: int) -> list[Target]:
    """Draw products at random from those of the 20 largest types."""
    [types] = index.search(SearchPlan(facets=(FacetRequest("category", TYPES),), limit=0)).facets
    found: list[Target] = []
    for each in types.values:
        cursor = None
        condition = Compare("category", "=", str(each.value))
        while True:
            answer = index.search(SearchPlan(filter=condition, limit=_PAGE, cursor=cursor))
            found += [Target(hit.product.id, str(each.value)) for hit in answer.hits]
            cursor = answer.cursor
            if cursor is None:
                break
    found.sort(key=lambda target: target.id)
    return Random(seed).sample(found, count)


class Shopper:
    """Answers for one target; the same seed knows and does not know at the same turns.

    What the target has from its texts is true as often as such readings are; where it is not, the shopper has another
    value in mind and says so, and the target is lost.
    """

    def __init__(self, index: SearchIndex, target: Target, seed: int) -> None:
        self._index = index
        self._target = target
        self._random = Random(f"{seed} {target.id}")
        stated = orjson.loads(index.get([target.id], ANONYMOUS)[target.id].document).get(EXTRACTED, {})
        self._misread = {
            f"attributes.{name}"
            for name, found in stated.items()
            if Random(f"{seed} {target.id} {name}").random() >= found["confidence"]
        }

    def answer(self, field: str, options: Sequence[Option]) -> tuple[AnswerValue, bool]:
        """Return an answer, None for "I do not know", and whether the target's data could have told."""
        knows = self._random.random() >= DONT_KNOW
        for option in options:
            condition = filter_of(field, option.value)
            if condition is not None and self.holds(condition):
                if field in self._misread:
                    option = self._random.choice([each for each in options if each is not option])
                return (option.value if knows else None), True
        return None, False

    def holds(self, condition: Filter) -> bool:
        """Say whether a condition is true of the target."""
        plan = SearchPlan(filter=And((Compare("id", "=", self._target.id), condition)), limit=0)
        return self._index.search(plan).total > 0


def guided(index: SearchIndex, target: Target, query: str, seed: int) -> Played:
    """Play a conversation with the guide as it serves."""
    shopper = Shopper(index, target, seed)
    answers: tuple[Answer, ...] = ()
    reached, found_early, missing = None, None, 0
    while True:
        turn = guide(index, GuideRequest(query, answers=answers), ANONYMOUS, "EUR", book=BOOK)
        ids = [each.hit.product.id for each in turn.candidates]
        if reached is None and turn.remaining <= SHOWN and target.id in ids:
            reached = len(answers)
        if len(answers) == EARLY or (turn.question is None and found_early is None):
            found_early = target.id in ids[:3]
        done = reached is not None and len(answers) >= EARLY
        if turn.question is None or done or len(answers) == MOST_QUESTIONS:
            break
        value, told = shopper.answer(turn.question.field, turn.question.options)
        missing += not told
        answers = (*answers, Answer(turn.question.id, value))
    return Played(MOST_QUESTIONS + 1 if reached is None else reached, found_early, len(answers), missing)


def asked_by(chooser: Chooser, index: SearchIndex, target: Target, query: str, seed: int) -> Played:
    """Play a conversation in which a policy chooses among the same kinds of questions, over every field."""
    shopper = Shopper(index, target, seed)
    random = Random(f"{seed} {target.id} policy")
    scope = scope_of(index, GuideRequest(query), ANONYMOUS, index.stats().locales[0], NO_SYNONYMS).plan
    done = set(NEVER)
    asked = missing = 0
    while True:
        plan = replace(scope, auto_facets=_EVERY_FIELD, facet_limit=_VALUES, even_ranges=True)
        result = index.search(plan)
        if result.total <= SHOWN and shopper.holds(scope.filter or And(())):
            return Played(asked, None, asked, missing)
        ways = [
            (facet, way)
            for facet in result.facets
            if facet.field not in done
            for way in choices_of(facet, "en", index.dictionary(), "EUR")
        ]
        way = next(iter(chooser(ways, random)), None)
        if way is None or asked == MOST_QUESTIONS:
            return Played(MOST_QUESTIONS + 1, None, asked, missing)
        whole = counted(way, partial(_left, index, scope))
        done.add(way.field)
        value, told = shopper.answer(way.field, whole.options)
        asked += 1
        missing += not told
        scope = replace(scope, filter=both(scope.filter, filter_of(way.field, value)))


def at_random(ways: Sequence[tuple[Facet, Choices]], random: Random) -> Sequence[Choices]:
    """Ask about any field."""
    return [random.choice(ways)[1]] if ways else []


def most_common_first(ways: Sequence[tuple[Facet, Choices]], _: Random) -> Sequence[Choices]:
    """Ask about the field that most products carry, as a list of facets by coverage does."""
    ordered = sorted(ways, key=lambda each: (-sum(value.count for value in each[0].values), each[0].field))
    return [way for _, way in ordered]


def _left(index: SearchIndex, scope: SearchPlan, condition: Filter) -> int:
    return index.search(replace(scope, filter=both(scope.filter, condition), limit=0)).total
