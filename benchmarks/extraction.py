"""How well missing attributes are read from titles and descriptions: known values are hidden and read again.

``python -m benchmarks.extraction [--json]``. Everything (attribute dictionary, units, types, rules and how far they
can be believed) is learned on seven tenths of the products. Of the other three tenths all attributes are hidden, and
what is read is compared with what was hidden. Beside it stands a guess by type alone: the value that most learned
products of the type have, where at least 95 of 100 have it.

A value counts as *stated* where the texts say it in so many words: a text as it is spelled, a number with its unit
(also once converted), a number without a unit as it is written. Many attributes are never stated: no title tells the
height of a carton. So three sets are printed, all of numeric and enumerated attributes: the thirty most frequent, the
stated values of these, and all values of the thirty most frequent that texts state for two fifths of the learned
products. The target holds for the last two.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from zlib import crc32

from commerce.product import Catalog, Product
from indexer.attribute_dictionary import dictionary_of
from indexer.extraction.learning import ExtractionLearner
from indexer.extraction.model import ExtractionModel, agree
from indexer.extraction.text import ProductText, run_of, text_of
from indexer.knowledge import CatalogLearner, type_name
from indexer.types import ProductTypes
from indexer.units import UnitLearner
from indexer.values import ValueReader
from language.dictionary import AttributeEntry
from language.filters.tree import Scalar
from language.units import convert
from tests.sample import icecat_items

PRECISION, RECALL = 0.95, 0.6
_ATTRIBUTES = 30
_STATED = 0.4
_OFTEN, _ENUMERATED = 40, 0.8
_SURE = 0.95
_NEAR = 0.006
Values = Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Case:
    """One product: its texts, its type, and the single values that it gives."""

    text: ProductText
    type_name: str | None
    values: Values


@dataclass(frozen=True, slots=True)
class Score:
    """How many values were hidden, read, and read right."""

    hidden: int
    read: int
    right: int

    @property
    def precision(self) -> float:
        """Return the share of what was read that is right."""
        return self.right / self.read if self.read else 0.0

    @property
    def recall(self) -> float:
        """Return the share of what was hidden that was read right."""
        return self.right / self.hidden if self.hidden else 0.0


class Learned:
    """What the learned part of the catalogue teaches."""

    def __init__(self, products: Sequence[Product]) -> None:
        catalog = Catalog("icecat", "EUR")
        learner = CatalogLearner(catalog, len(products))
        for item in icecat_items(1):
            if not is_held_out(item.product):
                learner.add(item)
        self._types: ProductTypes | None = learner.derived_types()
        units = UnitLearner(catalog.locale)
        for product in products:
            units.add(product, self.type_of(product))
        self.dictionary: Mapping[str, AttributeEntry] = dictionary_of(learner.attributes(), units.build())
        self._values = ValueReader(self.dictionary)
        extraction = ExtractionLearner(self.dictionary, self._values, catalog.locale)
        for product in products:
            extraction.add(product, self.type_of(product))
        began = perf_counter()
        self.model: ExtractionModel = extraction.build()
        self.seconds = perf_counter() - began

    def type_of(self, product: Product) -> str | None:
        """Return the type of a product."""
        return type_name(product, self._types.of(product) if self._types else None)

    def case(self, product: Product, *, hide: bool) -> Case:
        """Return a product as a case; the type of one whose attributes are hidden is told by its texts alone."""
        shown = replace(product, attributes={}) if hide else product
        found = self._values.values(product.attributes, self.type_of(product))
        single = {name: each[0] for name, each in found.items() if len(each) == 1 and not isinstance(each[0], bool)}
        return Case(text_of(product, "en"), self.type_of(shown), single)


def is_held_out(product: Product) -> bool:
    """Say whether a product is of the three tenths that nothing is learned from."""
    return crc32(b"held out" + product.id.encode()) % 10 < 3


def is_stated(text: ProductText, value: Scalar, unit: str | None) -> bool:
    """Say whether texts state a value in so many words."""
    if isinstance(value, str):
        return (
            run_of(value) in text.grams
            or f" {run_of(value)} " in f" {run_of(text.title)} | {run_of(text.description)} "
        )
    for mention in text.mentions:
        stated = mention.value if unit is None else convert(mention.value, mention.unit, unit) if mention.unit else None
        if stated is not None and abs(stated - float(value)) <= _NEAR * abs(float(value)):
            return True
    return False


def by_frequency(cases: Iterable[Case], dictionary: Mapping[str, AttributeEntry]) -> list[str]:
    """Return the numeric and the enumerated attributes, the most frequent first."""
    counts: defaultdict[str, Counter[Scalar]] = defaultdict(Counter)
    for case in cases:
        for name, value in case.values.items():
            counts[name][value] += 1
    found = [
        name
        for name, values in counts.items()
        if dictionary[name].kind == "number"
        or sum(count for _, count in values.most_common(_OFTEN)) >= _ENUMERATED * values.total()
    ]
    return sorted(found, key=lambda name: (-counts[name].total(), name))


def stated_share(
    cases: Iterable[Case], names: Sequence[str], dictionary: Mapping[str, AttributeEntry]
) -> dict[str, float]:
    """Return for each attribute the share of its values that texts state."""
    stated: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for case in cases:
        for name in case.values.keys() & set(names):
            given[name] += 1
            stated[name] += is_stated(case.text, case.values[name], dictionary[name].unit)
    return {name: stated[name] / given[name] for name in names if given[name]}


def guesses(cases: Iterable[Case]) -> dict[tuple[str, str | None], Scalar]:
    """Return by attribute and type the value that nearly all learned products of the type have."""
    counts: defaultdict[tuple[str, str | None], Counter[Scalar]] = defaultdict(Counter)
    for case in cases:
        for name, value in case.values.items():
            counts[name, case.type_name][value] += 1
    best = {key: values.most_common(1)[0] for key, values in counts.items() if values.total() >= 5}
    return {key: value for key, (value, count) in best.items() if count >= _SURE * counts[key].total()}


def main() -> None:
    """Measure, print, and end with 1 where the target is missed."""
    products = [item.product for item in icecat_items(1)]
    learned = Learned([each for each in products if not is_held_out(each)])
    known = [learned.case(each, hide=False) for each in products if not is_held_out(each)]
    hidden = [learned.case(each, hide=True) for each in products if is_held_out(each)]
    dictionary = learned.dictionary
    ranked = by_frequency(known, dictionary)
    shares = stated_share(known, ranked, dictionary)
    frequent = ranked[:_ATTRIBUTES]
    spoken_of = [name for name in ranked if shares.get(name, 0.0) >= _STATED][:_ATTRIBUTES]
    began = perf_counter()
    read = [{each.name: each.value for each in learned.model.read(case.text, case.type_name)} for case in hidden]
    milliseconds = (perf_counter() - began) * 1e3 / len(hidden)
    usual = guesses(known)
    guessed = [
        {name: usual[name, case.type_name] for name in ranked if (name, case.type_name) in usual} for case in hidden
    ]
    scores = {
        "most frequent, all values": score(hidden, read, frequent),
        "most frequent, stated values": score(hidden, read, frequent, dictionary, only_stated=True),
        "most frequent that texts state": score(hidden, read, spoken_of),
        "the same, guessed by type": score(hidden, guessed, spoken_of),
    }
    by_name = {name: score(hidden, read, [name]) for name in spoken_of}
    if "--json" in sys.argv:
        print(
            json.dumps(
                {name: [each.precision, each.recall, each.hidden] for name, each in {**scores, **by_name}.items()}
            )
        )
    else:
        print(f"learned from {len(known):,} products in {learned.seconds:.1f} s, {len(hidden):,} held out,", end=" ")
        print(f"{milliseconds:.2f} ms a product")
        for name, each in {**scores, **by_name}.items():
            share = f"  stated {shares[name]:.2f}" if name in by_name else ""
            print(f"{name:<40} precision {each.precision:.3f}  recall {each.recall:.3f}  of {each.hidden:>6,}{share}")
    judged = scores["most frequent that texts state"], scores["most frequent, stated values"]
    sys.exit(any(each.precision < PRECISION or each.recall < RECALL for each in judged))


def score(
    cases: Sequence[Case],
    read: Sequence[Values],
    names: Iterable[str],
    dictionary: Mapping[str, AttributeEntry] | None = None,
    *,
    only_stated: bool = False,
) -> Score:
    """Compare what was read of some attributes with what was hidden."""
    wanted = set(names)
    hidden = found = right = 0
    for case, values in zip(cases, read, strict=True):
        for name in case.values.keys() & wanted:
            value = case.values[name]
            if only_stated and dictionary and not is_stated(case.text, value, dictionary[name].unit):
                continue
            hidden += 1
            found += name in values
            right += name in values and agree(values[name], value)
    return Score(hidden, found, right)


if __name__ == "__main__":
    main()
