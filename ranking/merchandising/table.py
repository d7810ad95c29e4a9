"""The rules of a catalogue, found by what a query has: thousands cost no more than the few that may hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from commerce.merchandising import QueryTest, Rule, Then, normalise_query
from ranking.merchandising.patterns import Patterns, matches
from ranking.merchandising.situation import Situation

_GRAM = 3


class RuleTable:
    """Enabled rules by what they ask for that is rarest: a text of the query, a category, an account or a group.

    A rule stands in one place only, and is then looked at as a whole. What asks for none of these is always looked at.
    Rules for units of recommendations stand apart from those for searches.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}
        self._equals: dict[str, list[Rule]] = {}
        self._begins: dict[str, list[Rule]] = {}
        self._inside = _Inside()
        self._patterned: list[Rule] = []
        self._category: dict[str, list[Rule]] = {}
        self._buyer: dict[str, list[Rule]] = {}
        self._always: list[Rule] = []
        self._placement: dict[str, list[Rule]] = {}
        self._units: list[Rule] = []
        self._everywhere: list[Rule] = []
        for rule in self.rules.values():
            if rule.enabled:
                self._place(rule)
        self._begins_of = sorted({len(text) for text in self._begins})
        self._patterns = Patterns([rule.when.query["pattern"] for rule in self._patterned])

    def __bool__(self) -> bool:
        return bool(self.rules)

    def holding(self, asked: Situation) -> list[Rule]:
        """Return the rules that hold, the highest priority first, then by id."""
        found = [
            rule
            for rule in self._candidates(asked)
            if asked.meets(rule.when) and all(holds(*test, asked.query) for test in rule.when.query.items())
        ]
        return _in_order(found)

    def hiding(self, asked: Situation) -> list[Rule]:
        """Return the rules that hide products whatever is asked for, as rules that do nothing else, in order."""
        plain = replace(asked, query="", category=None, conditions=(), unit=None)
        return _in_order([replace(each, then=Then(hide=each.then.hide)) for each in self._hiding(plain)])

    def holding_for_unit(self, asked: Situation) -> list[Rule]:
        """Return the rules that hold for a unit of recommendations, and those that hide products everywhere."""
        return _in_order([*self.holding(asked), *self.hiding(asked)])

    def _hiding(self, asked: Situation) -> Iterator[Rule]:
        return (rule for rule in self._everywhere if asked.meets(rule.when))

    def _place(self, rule: Rule) -> None:
        when = rule.when
        if when.units is not None:
            for name in when.units.placements:
                self._placement.setdefault(name, []).append(rule)
            if not when.units.placements:
                self._units.append(rule)
            return
        if when.is_everywhere and rule.then.hide:
            self._everywhere.append(rule)
        if (text := when.query.get("equals")) is not None:
            self._equals.setdefault(normalise_query(text), []).append(rule)
        elif (text := when.query.get("starts_with")) is not None:
            self._begins.setdefault(normalise_query(text), []).append(rule)
        elif (text := when.query.get("contains")) is not None:
            self._inside.add(normalise_query(text), rule)
        elif "pattern" in when.query:
            self._patterned.append(rule)
        elif when.category is not None:
            self._category.setdefault(when.category, []).append(rule)
        elif when.accounts or when.groups:
            for name in (*(f"account {each}" for each in when.accounts), *(f"group {each}" for each in when.groups)):
                self._buyer.setdefault(name, []).append(rule)
        else:
            self._always.append(rule)

    def _candidates(self, asked: Situation) -> Iterator[Rule]:
        query = asked.query
        if asked.unit is not None:
            yield from self._placement.get(asked.unit.placement or "", ())
            yield from self._units
            return
        yield from self._equals.get(query, ())
        for length in self._begins_of:
            if length > len(query):
                break
            yield from self._begins.get(query[:length], ())
        yield from self._inside.of(query)
        for at in self._patterns.matching(query) if query else ():
            yield self._patterned[at]
        if asked.category is not None:
            yield from self._category.get(asked.category, ())
        if self._buyer:
            yield from self._buyer.get(f"account {asked.account}", ())
            for group in asked.groups:
                yield from self._buyer.get(f"group {group}", ())
        yield from self._always


def _in_order(rules: Iterable[Rule]) -> list[Rule]:
    # A buyer of two groups may meet a rule by both.
    unique = {rule.id: rule for rule in rules}
    return sorted(unique.values(), key=lambda rule: (-rule.priority, rule.id))


def holds(test: QueryTest, text: str, query: str) -> bool:
    """Say whether a normalised query passes one test of a rule."""
    match test:
        case "equals":
            return query == normalise_query(text)
        case "starts_with":
            return query.startswith(normalise_query(text))
        case "contains":
            return normalise_query(text) in query
        case "pattern":
            return matches(text, query)


@dataclass(slots=True)
class _Inside:
    """Texts that stand somewhere in a query, by their first letters."""

    begins: dict[str, list[tuple[str, Rule]]] = field(default_factory=dict)

    def add(self, text: str, rule: Rule) -> None:
        self.begins.setdefault(text[:_GRAM], []).append((text, rule))

    def of(self, query: str) -> Iterator[Rule]:
        if not self.begins:
            return
        grams = {query[at : at + size] for size in range(1, _GRAM + 1) for at in range(len(query) - size + 1)}
        for gram in grams:
            for text, rule in self.begins.get(gram, ()):
                if text in query:
                    yield rule


NO_RULES = RuleTable()
