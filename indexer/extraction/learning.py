"""Learning to extract: rules from products that give an attribute, and how far each can be believed.

Rules are believed as far as they are right on products that they were not learned from: the examples are cut into
three parts, each is read with rules of the other two, and an attribute is read only from the score on at which at
least ``_PRECISION`` of these readings were right.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

from commerce.product import Product
from indexer.extraction.cooccurrence import Example, gram_rules
from indexer.extraction.model import ExtractionModel, Kind, Trust, TrustKey, agree
from indexer.extraction.patterns import Numbered, pattern_rules
from indexer.extraction.spellings import spellings
from indexer.extraction.text import ProductText, text_of
from indexer.values import ValueReader
from language.dictionary import AttributeEntry
from language.filters.tree import Scalar

_FOLDS = 3
_CARRIERS = 30
_OFTEN = 40
_ENUMERATED = 0.8
_USUAL, _USUAL_UNTYPED, _USUAL_BY_WORDS = 0.25, 0.5, 0.8
_TYPE_SHARE, _TYPE_PRODUCTS = 0.15, 5
_PRECISION = 0.92
_READINGS = 12
_STEPS = 8


class Judged(NamedTuple):
    """A reading by rules that were learned from other products: whether it was right, None where the product does not
    give the attribute."""

    score: float
    is_right: bool | None


class TextExample(NamedTuple):
    """One product to learn from: its texts, its type, and the single values that it gives by attribute."""

    text: ProductText
    type_name: str | None
    brand: str | None
    values: Mapping[str, Scalar]
    fold: int


class ExtractionLearner:
    """Learns from a catalogue's products, one at a time; holds their texts, so give it a sample of a large one."""

    def __init__(self, dictionary: Mapping[str, AttributeEntry], values: ValueReader, locale: str) -> None:
        self._dictionary = dictionary
        self._values = values
        self._locale = locale
        self._examples: list[TextExample] = []

    def add(self, product: Product, type_name: str | None) -> None:
        """Learn from one product."""
        single = {
            name: found[0]
            for name, found in self._values.values(product.attributes, type_name).items()
            if len(found) == 1 and not isinstance(found[0], bool)
        }
        fold = crc32(product.id.encode()) % _FOLDS
        self._examples.append(TextExample(text_of(product, self._locale), type_name, product.brand, single, fold))

    def build(self) -> ExtractionModel:
        """Return the model. Costs about 1 ms a product."""
        wanted = _attributes(self._examples, self._dictionary)
        examples = [
            each._replace(values={name: value for name, value in each.values.items() if name in wanted})
            for each in self._examples
        ]
        usual = _usual_types(examples)
        readings: defaultdict[TrustKey, list[Judged]] = defaultdict(list)
        for fold in range(_FOLDS):
            model = self._model([each for each in examples if each.fold != fold], wanted)
            for example in examples:
                if example.fold == fold:
                    for (name, kind), reading in model.best(example.text, example.type_name).items():
                        if example.type_name is None or example.type_name in usual[name]:
                            given = example.values.get(name)
                            is_right = None if given is None else agree(reading.value, given)
                            readings[name, kind, example.type_name].append(Judged(reading.score, is_right))
        return _trusted_only(self._model(examples, wanted), trust_of(readings))

    def _model(self, examples: Sequence[TextExample], wanted: Collection[str]) -> ExtractionModel:
        units = {name: self._dictionary[name].unit for name in wanted if self._dictionary[name].kind == "number"}
        said = [Example(each.type_name, each.brand, each.text.grams, each.values) for each in examples]
        numbered = [
            Numbered(
                each.type_name,
                each.text.mentions,
                [(name, float(value), units[name]) for name, value in each.values.items() if name in units],
            )
            for each in examples
        ]
        known = spellings(each.values for each in examples)
        return ExtractionModel(self._locale, gram_rules(said), pattern_rules(numbered), known, units)


def trust_of(readings: Mapping[TrustKey, Sequence[Judged]]) -> dict[TrustKey, Trust]:
    """Return how far readings can be believed, by type; types with few readings are judged together.

    What products without a type are is not known: there the words themselves must tell that the attribute is theirs.

    What is not in it is not to be believed, nor is what takes no score.
    """
    found: dict[TrustKey, Trust] = {}
    few: defaultdict[tuple[str, Kind], list[Judged]] = defaultdict(list)
    members: defaultdict[tuple[str, Kind], list[str]] = defaultdict(list)
    for (name, kind, type_name), judged in readings.items():
        if type_name is None:
            found[name, kind, None] = trusted(judged, _USUAL_BY_WORDS if kind == "words" else _USUAL_UNTYPED)
        elif sum(each.is_right is not None for each in judged) >= _READINGS:
            found[name, kind, type_name] = trusted(judged)
        else:
            few[name, kind].extend(judged)
            members[name, kind].append(type_name)
    for (name, kind), judged in few.items():
        together = trusted(judged)
        found |= {(name, kind, type_name): together for type_name in members[name, kind]}
    return {key: trust for key, trust in found.items() if trust.scores}


def _usual_types(examples: Sequence[TextExample]) -> dict[str, frozenset[str]]:
    """Return for each attribute the types whose products usually have it."""
    types = Counter(each.type_name for each in examples if each.type_name)
    carried: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        for name in example.values:
            carried[name].update([example.type_name] if example.type_name else [])
    found = {
        name: frozenset(
            each for each, count in of_type.items() if count >= _TYPE_PRODUCTS and count >= _TYPE_SHARE * types[each]
        )
        for name, of_type in carried.items()
    }
    return defaultdict(frozenset, found)


def trusted(judged: Iterable[Judged], usual: float = _USUAL) -> Trust:
    """Return from which score on readings are taken, if at all.

    Confidence is the smoothed share of those right at a score and above, (k + 1) / (n + 2). Where less than the share
    ``usual`` of the products of which something is read gives the attribute, it is none of theirs: nothing is taken.
    """
    ranked = sorted(judged, key=lambda each: -each.score)
    right = given = 0
    cuts: list[tuple[float, float]] = []
    for count, (score, is_right) in enumerate(ranked, start=1):
        given += is_right is not None
        right += is_right is True
        is_last = count == len(ranked) or ranked[count].score < score
        if is_last and given >= _READINGS and right >= _PRECISION * given and given >= usual * count:
            cuts.append((score, round((right + 1) / (given + 2), 3)))
    kept = [cuts[at * (len(cuts) - 1) // (_STEPS - 1)] for at in range(_STEPS)] if len(cuts) > _STEPS else cuts
    ascending = sorted(dict(kept).items())
    return Trust(tuple(score for score, _ in ascending), tuple(share for _, share in ascending))


def _trusted_only(model: ExtractionModel, trust: Mapping[TrustKey, Trust]) -> ExtractionModel:
    """Return a model without the rules that are never believed."""
    least: dict[tuple[str, Kind], float] = {}
    for (name, kind, _), each in trust.items():
        if each.scores:
            least[name, kind] = min(each.scores[0], least.get((name, kind), 1.0))
    spelled = {name for name, kind in least if kind.startswith("spelled")}
    numeric = {name for name, kind in least if not kind.startswith("spelled")}
    kept = {run: [each for each in said if each[0] in spelled] for run, said in model.spellings.items()}
    return ExtractionModel(
        model.locale,
        [rule for rule in model.grams if rule.score >= least.get((rule.attribute, "words"), 2.0)],
        [rule for rule in model.patterns if rule.score >= least.get((rule.attribute, "number"), 2.0)],
        {run: said for run, said in kept.items() if said},
        {name: unit for name, unit in model.units.items() if name in numeric},
        trust,
    )


def _attributes(examples: Sequence[TextExample], dictionary: Mapping[str, AttributeEntry]) -> frozenset[str]:
    """Return the attributes that can be learned: numeric ones, and those that have few values for most products."""
    counts: defaultdict[str, Counter[Scalar]] = defaultdict(Counter)
    for example in examples:
        for name, value in example.values.items():
            counts[name][value] += 1
    return frozenset(
        name
        for name, values in counts.items()
        if values.total() >= _CARRIERS and (dictionary[name].kind == "number" or _is_enumerated(values))
    )


def _is_enumerated(values: Counter[Scalar]) -> bool:
    often = sum(count for _, count in values.most_common(_OFTEN))
    return often >= _ENUMERATED * values.total() and 2 * len(values) <= values.total()
