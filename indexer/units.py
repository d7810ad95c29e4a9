"""Unit inference: the unit of an attribute's bare numbers, learned over a catalogue and never guessed.

``UnitLearner`` sees every product once and keeps a sample of bounded size for each attribute and type: the number,
and the measures of the product's own texts. ``build`` then states a unit where the texts do (see ``unit_evidence``),
where the attribute's name does (``unit_names``), or where a sibling attribute settles it (``unit_siblings``), and
nothing elsewhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from commerce.product import Product
from indexer.unit_evidence import Evidence, Sample, Stated, believed_units, hits
from indexer.unit_names import is_count, unit_in_name
from indexer.unit_ranges import split, trimmed
from indexer.unit_siblings import Siblings
from language.dictionary import UnitRule
from language.measures import quantities
from language.units import convert, dimension, readable_unit

_OF_ALL_TYPES = 300
_OF_ONE_TYPE = 120
_MOST_SAMPLES = 500_000
_LONGEST_VALUE = 300
_REACH = 3.0  # within one type a unit is believed for numbers up to so many times beyond those that prove it
_EXPECTED, _HARDLY = 5.0, 0.25  # of a type, fewer than a quarter of at least five expected statements are conspicuous
_DIGITS = frozenset("0123456789")


class UnitLearner:
    """Learns the units of bare numbers from a catalogue, one product at a time.

    Costs about 0.1 ms a product; holds at most 500,000 samples of some 150 bytes, however large the catalogue is.
    Deterministic for the same products in the same order.
    """

    def __init__(self, locale: str = "en") -> None:
        self._locale = locale
        self._random = Random(0)  # noqa: S311 a sample, not a secret
        self._samples: dict[tuple[str, str | None], list[Sample]] = {}
        self._seen: Counter[tuple[str, str | None]] = Counter()
        self._kept = 0
        self._siblings = Siblings()

    def add(self, product: Product, type_name: str | None) -> None:
        """Learn from one product: its bare numbers beside the measures that its texts state."""
        bare = {
            name: float(value)
            for name, value in product.attributes.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        if not bare:
            return
        self._siblings.add(bare)
        stated = tuple(self._stated(product))
        if not stated:
            return
        for name, number in bare.items():
            sample = Sample(number, stated, product.id)
            self._keep((name, None), sample, _OF_ALL_TYPES)
            if type_name is not None:
                self._keep((name, type_name), sample, _OF_ONE_TYPE)

    def build(self) -> dict[str, tuple[UnitRule, ...]]:
        """Return the rules by attribute; an attribute without rules has no unit that is known."""
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
        return {**rules, **self._siblings.settled(rules)}

    def _of_attribute(self, name: str, types: list[str]) -> tuple[UnitRule, ...]:
        samples = self._samples.get((name, None), [])
        pooled = believed_units(samples)
        own = {each: found for each in sorted(types) if (found := believed_units(self._samples[name, each]))}
        units = {each.unit for found in own.values() for each in found}
        if len(pooled) == 1 and units <= {pooled[0].unit}:
            rule = _rule(pooled[0], None)
            return (replace(rule, not_types=self._unlike(name, types, rule, samples)),)
        if len(pooled) > 1 and (split := _split(pooled, samples, None)):
            return split
        return tuple(rule for each, found in own.items() for rule in _of_type(found, self._samples[name, each], each))

    def _unlike(self, name: str, types: list[str], rule: UnitRule, samples: list[Sample]) -> tuple[str, ...]:
        """Return the types that the rule of all types does not speak for.

        Those are types whose products hardly ever state the unit though others do, or whose numbers mostly lie where
        the unit is not proven: they may well mean something else.
        """
        usual = rule.support / len(samples)
        unlike = []
        for each in sorted(types):
            own = self._samples[name, each]
            stating = sum(1 for sample in own if rule.unit in hits(sample.number, sample.stated))
            expected = usual * len(own)
            within = sum(1 for sample in own if rule.holds(sample.number))
            if (expected >= _EXPECTED and stating < _HARDLY * expected) or 2 * within < len(own):
                unlike.append(each)
        return tuple(unlike)

    def _stated(self, product: Product) -> Iterator[Stated]:
        texts = [product.title, product.description]
        texts.extend(
            value
            for value in product.attributes.values()
            if isinstance(value, str) and len(value) <= _LONGEST_VALUE and not _DIGITS.isdisjoint(value)
        )
        seen = set()
        for text in texts:
            for measure in quantities(text, self._locale):
                for value in measure.values:
                    if (value, measure.unit) not in seen:
                        seen.add((value, measure.unit))
                        yield Stated(value, measure.unit, text[slice(*measure.span)])

    def _keep(self, cell: tuple[str, str | None], sample: Sample, most: int) -> None:
        """Keep a uniform sample of what a cell sees (reservoir sampling)."""
        self._seen[cell] += 1
        kept = self._samples.get(cell)
        if kept is None:
            if self._kept >= _MOST_SAMPLES:
                return
            kept = self._samples[cell] = []
        if len(kept) < most and self._kept < _MOST_SAMPLES:
            kept.append(sample)
            self._kept += 1
        elif (at := int(self._random.random() * self._seen[cell])) < len(kept):
            kept[at] = sample


def canonical_unit(rules: tuple[UnitRule, ...], given: Mapping[str, list[float]]) -> str | None:
    """Return the unit to keep an attribute's numbers in: of those that rules or the source name, the readable one."""
    numbers = {unit: list(values) for unit, values in given.items()}
    for rule in rules:
        numbers.setdefault(rule.unit, []).extend(
            number for number in (rule.low, rule.high) if number is not None for _ in range(max(1, rule.support))
        )
    return readable_unit(numbers)


def _of_type(found: list[Evidence], samples: list[Sample], type_name: str) -> tuple[UnitRule, ...]:
    if len(found) == 1:
        return (_rule(found[0], type_name),)
    return _split(found, samples, type_name)


def _rule(found: Evidence, type_name: str | None) -> UnitRule:
    """State a unit for the numbers that the evidence reaches: those that were hit; within one type, a little beyond."""
    reach = 1.0 if type_name is None else _REACH
    low, high = trimmed([number for number, count in found.numbers.items() for _ in range(count)])
    return UnitRule(
        found.unit,
        found.confidence,
        "text",
        type=type_name,
        support=found.hits,
        seen=found.eligible,
        evidence=found.quote,
        low=low / reach if low > 0 else low * reach,
        high=high * reach if high > 0 else high / reach,
    )


def _split(found: list[Evidence], samples: list[Sample], type_name: str | None) -> tuple[UnitRule, ...]:
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
