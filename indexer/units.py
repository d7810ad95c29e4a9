"""Unit inference: the unit of an attribute's bare numbers, learned over a catalogue and never guessed.

``UnitLearner`` sees every product once and keeps a sample of bounded size for each attribute and type: the number,
and the measures of the product's own texts. ``build`` then states a unit where the texts do (see ``unit_evidence``),
where the attribute's name does (``unit_names``), or where a sibling attribute settles it (``unit_siblings``), and
nothing elsewhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from commerce.product import AttributeValue, Product, Quantity
from indexer.reservoirs import Reservoirs
from indexer.unit_evidence import Evidence, Sample, Stated, believed_units, hits
from indexer.unit_names import is_count, unit_in_name
from indexer.unit_ranges import reaching, split, trimmed
from indexer.unit_siblings import Siblings
from language.dictionary import UnitRule, rule_for
from language.measures import quantities
from language.units import convert, dimension

_OF_ALL_TYPES = 300
_OF_ONE_TYPE = 120
_MOST_SAMPLES = 500_000
_LONGEST_VALUE = 300
_GIVEN = 100
_NUMBERS = 200
_VARIANTS = 10
_GENERAL_AGREEMENT = 0.65  # what holds for types that say nothing themselves needs more than a majority
_EXPECTED, _HARDLY = 5.0, 0.25  # of a type, fewer than a quarter of at least five expected statements are conspicuous
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class LearnedUnits:
    """What is known of units, by attribute: the rules of bare numbers, some numbers for each unit that the source gave,
    and the share of all numbers (0 to 1) whose unit is known by either."""

    rules: Mapping[str, tuple[UnitRule, ...]]
    given: Mapping[str, Mapping[str, Sequence[float]]]
    known: Mapping[str, float] = field(default_factory=dict)


class UnitLearner:
    """Learns the units of bare numbers from a catalogue, one product at a time.

    Costs about 0.1 ms a product; holds at most 500,000 samples of some 150 bytes, however large the catalogue is.
    Deterministic for the same products in the same order.
    """

    def __init__(self, locale: str = "en") -> None:
        self._locale = locale
        self._samples: Reservoirs[tuple[str, str | None], Sample] = Reservoirs(_MOST_SAMPLES)
        self._numbers: Reservoirs[str, tuple[float, str | None]] = Reservoirs(_MOST_SAMPLES)
        self._siblings = Siblings()
        self._given: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._bare_numbers: Counter[str] = Counter()
        self._given_numbers: Counter[str] = Counter()

    def add(self, product: Product, type_name: str | None) -> None:
        """Learn from one product: its bare numbers beside the measures that its texts state."""
        stated: tuple[Stated, ...] | None = None
        carriers = [("", product.attributes), *((each.title, each.attributes) for each in product.variants)]
        for at, (title, attributes) in enumerate(carriers):
            bare = self._bare(attributes)
            if not bare:
                continue
            self._siblings.add(bare)
            self._bare_numbers.update(bare.keys())
            for name, number in bare.items():
                self._numbers.add(name, (number, type_name), _NUMBERS)
            if at > _VARIANTS:
                continue  # many variants of one product would outvote other products
            if stated is None:
                stated = tuple(self._stated(_texts(product), set()))
            told = stated
            if title and title != product.title:
                told += tuple(self._stated([title], {(each.value, each.unit) for each in stated}))
            if told:
                self._sample(bare, told, product.id, type_name)

    def build(self) -> LearnedUnits:
        """Return what was learned; the bare numbers of an attribute without rules have no unit that is known."""
        types: defaultdict[str, list[str]] = defaultdict(list)
        for name, type_name in self._samples:
            if type_name is not None:
                types[name].append(type_name)
        rules: dict[str, tuple[UnitRule, ...]] = {}
        for name in self._siblings.names():
            if unit := unit_in_name(name):
                evidence = f"the attribute's name says {unit}"
                rules[name] = (UnitRule(unit, 0.95, "name", evidence=evidence),)
            elif not is_count(name) and (found := self._of_attribute(name, types[name])):
                rules[name] = found
        rules.update(self._siblings.settled(rules))
        given = {name: dict(units) for name, units in self._given.items()}
        known = {name: self._known(name, rules.get(name, ())) for name in {*rules, *given}}
        return LearnedUnits(rules, given, known)

    def _known(self, name: str, rules: tuple[UnitRule, ...]) -> float:
        numbers = self._numbers.of(name)  # a sample of the bare ones
        explained = sum(1 for number, of_type in numbers if rule_for(rules, number, of_type))
        bare, given = self._bare_numbers[name], self._given_numbers[name]
        return (given + bare * explained / (len(numbers) or 1)) / ((bare + given) or 1)

    def _count_given(self, name: str, value: AttributeValue) -> None:
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Quantity):
                self._given_numbers[name] += 1
                kept = self._given[name][each.unit]
                if len(kept) < _GIVEN:
                    kept.append(each.value)

    def _of_attribute(self, name: str, types: list[str]) -> tuple[UnitRule, ...]:
        samples = self._samples.of((name, None))
        pooled = believed_units(samples)
        own = {each: found for each in sorted(types) if (found := believed_units(self._samples.of((name, each))))}
        units = {each.unit for found in own.values() for each in found}
        if len(pooled) == 1 and units <= {pooled[0].unit} and pooled[0].agreement >= _GENERAL_AGREEMENT:
            rule = _rule(pooled[0], None)
            return (replace(rule, not_types=self._unlike(name, types, rule, samples)),)
        if len(pooled) > 1 and len(ranges := _split(pooled, samples, None)) > 1:
            return ranges
        return tuple(
            rule for each, found in own.items() for rule in _of_type(found, self._samples.of((name, each)), each)
        )

    def _unlike(self, name: str, types: list[str], rule: UnitRule, samples: Sequence[Sample]) -> tuple[str, ...]:
        """Return the types that the rule of all types does not speak for.

        Those are types whose products hardly ever state the unit though others do, or whose numbers mostly lie where
        the unit is not proven: they may well mean something else.
        """
        usual = rule.support / len(samples)
        unlike = []
        for each in sorted(types):
            own = self._samples.of((name, each))
            stating = sum(1 for sample in own if rule.unit in hits(sample.number, sample.stated))
            expected = usual * len(own)
            within = sum(1 for sample in own if rule.holds(sample.number))
            if (expected >= _EXPECTED and stating < _HARDLY * expected) or 2 * within < len(own):
                unlike.append(each)
        return tuple(unlike)

    def _bare(self, attributes: Mapping[str, AttributeValue]) -> dict[str, float]:
        bare: dict[str, float] = {}
        for name, value in attributes.items():
            if isinstance(value, float | int) and not isinstance(value, bool):
                bare[name] = float(value)
            elif isinstance(value, Quantity | tuple):
                self._count_given(name, value)
        return bare

    def _sample(
        self, bare: Mapping[str, float], stated: tuple[Stated, ...], identity: str, type_name: str | None
    ) -> None:
        for name, number in bare.items():
            sample = Sample(number, stated, identity)
            self._samples.add((name, None), sample, _OF_ALL_TYPES)
            if type_name is not None:
                self._samples.add((name, type_name), sample, _OF_ONE_TYPE)

    def _stated(self, texts: Iterable[str], seen: set[tuple[float, str]]) -> Iterator[Stated]:
        for text in texts:
            for measure in quantities(text, self._locale):
                for value in measure.values:
                    if (value, measure.unit) not in seen:
                        seen.add((value, measure.unit))
                        yield Stated(value, measure.unit, text[slice(*measure.span)])


def _texts(product: Product) -> Iterator[str]:
    yield product.title
    yield product.description
    for value in product.attributes.values():
        if isinstance(value, str) and len(value) <= _LONGEST_VALUE and not _DIGITS.isdisjoint(value):
            yield value


def _of_type(found: list[Evidence], samples: Sequence[Sample], type_name: str) -> tuple[UnitRule, ...]:
    if len(found) == 1:
        return (_rule(found[0], type_name),)
    return _split(found, samples, type_name)


def _rule(found: Evidence, type_name: str | None) -> UnitRule:
    """State a unit for the numbers that the evidence reaches: those that were hit, and a little beyond."""
    within = reaching(trimmed([number for number, count in found.numbers.items() for _ in range(count)]))
    return UnitRule(
        found.unit,
        found.confidence,
        "text",
        type=type_name,
        support=found.hits,
        seen=found.eligible,
        evidence=found.quote,
        low=within.low,
        high=within.high,
    )


def _split(found: list[Evidence], samples: Sequence[Sample], type_name: str | None) -> tuple[UnitRule, ...]:
    """State a unit for each range of numbers, where the ranges of two mixed units lie apart; else nothing."""
    if len(found) != 2 or dimension(found[0].unit) != dimension(found[1].unit):
        return ()
    small, large = sorted(found, key=lambda each: convert(1.0, each.unit, found[0].unit) or 0.0)
    proven = []
    for sample in samples:
        met = hits(sample.number, sample.stated)
        if (small.unit in met) != (large.unit in met):
            proven.append((sample.number, small.unit if small.unit in met else large.unit))
    ranges = split(proven, small.unit, large.unit)
    return tuple(
        replace(_rule(each, type_name), low=ranges[each.unit].low, high=ranges[each.unit].high)
        for each in (small, large)
        if each.unit in ranges
    )
