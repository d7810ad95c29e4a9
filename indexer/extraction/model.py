"""What was learned of a catalogue's texts, and how a product's missing attributes are read with it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from commerce.product import Product
from indexer.extraction.cooccurrence import GramRule
from indexer.extraction.patterns import Pattern, PatternRule, first_mentions, in_unit, same
from indexer.extraction.spellings import spelled
from indexer.extraction.text import ProductText, TextField, text_of
from language.filters.tree import Scalar

_DIGITS = 6
FILTERED_FROM = 0.95
"""What fewer of 100 such readings were right about stands in sheets and is no ground for a filter."""

Kind = Literal["number", "words", "spelled", "spelled among others"]
"""How a value was read: as a number by where it stands, by words that go with it, or in its own words."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A value read from a product's texts: in the attribute's own unit, None where it has none, with how often such a
    reading was right (0 to 1), and the words that it was read from with their place in characters."""

    name: str
    value: Scalar
    unit: str | None
    confidence: float
    evidence: str
    field: TextField
    start: int
    end: int
    kind: Kind


TrustKey = tuple[str, Kind, str | None]
_Rule = TypeVar("_Rule")


class Reading(NamedTuple):
    """A value that a rule reads, before it is decided upon."""

    kind: Kind
    name: str
    value: Scalar
    score: float
    field: TextField
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trust:
    """How far readings of one attribute can be believed: at these scores and above, this share was right; the first
    score is the least that is taken at all."""

    scores: tuple[float, ...]
    right: tuple[float, ...]

    def confidence(self, score: float) -> float | None:
        """Return the share of such readings that was right; None for one not to be taken."""
        found = None
        for least, share in zip(self.scores, self.right, strict=True):
            if score >= least:
                found = share
        return found


@dataclass(frozen=True)
class ExtractionModel:
    """The rules of one catalogue. ``spellings`` are values by the words that say them, ``units`` those of numeric
    attributes. ``trust`` is by attribute, kind of reading and type, None being products without a type. What is not
    in it is not read. Filters, facets and the guide know readings of a confidence of ``filtered_from`` at least."""

    locale: str
    grams: Sequence[GramRule]
    patterns: Sequence[PatternRule]
    spellings: Mapping[str, Sequence[tuple[str, str]]]
    units: Mapping[str, str | None]
    trust: Mapping[TrustKey, Trust] = field(default_factory=dict)
    filtered_from: float = FILTERED_FROM

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tables", _Cabinet(self))

    def extract(self, product: Product, type_name: str | None) -> list[Extracted]:
        """Return the values that the texts of a product state of attributes that it does not give, by their names.

        Only attributes that products of its type usually have are read. Costs about 0.2 ms.
        """
        text = text_of(product, self.locale)
        given = {*product.attributes, *(name for variant in product.variants for name in variant.attributes)}
        return self.read(text, type_name, without=given)

    def read(self, text: ProductText, type_name: str | None, without: Collection[str] = ()) -> list[Extracted]:
        """Return what texts state of all attributes of a type but some."""
        best: dict[str, tuple[float, Reading]] = {}
        # The value's own words go before words that go with it: they are the better evidence.
        for reading in sorted(self.best(text, type_name).values(), key=lambda each: each.kind == "words"):
            name = reading.name
            if name in without:
                continue
            trust = self.trust.get((name, reading.kind, type_name))
            confidence = None if trust is None else trust.confidence(reading.score)
            if confidence is None:
                continue
            if name in best and agree(reading.value, best[name][1].value):
                best[name] = max(confidence, best[name][0]), best[name][1]
            elif name not in best or confidence > best[name][0]:
                best[name] = confidence, reading
        return [self._extracted(text, *best[name]) for name in sorted(best)]

    def best(self, text: ProductText, type_name: str | None) -> dict[tuple[str, Kind], Reading]:
        """Return the likeliest reading of each attribute and kind, however sure."""
        found: dict[tuple[str, Kind], Reading] = {}
        for reading in self._readings(text, type_name):
            before = found.get((reading.name, reading.kind))
            if before is None or reading.score > before.score:
                found[reading.name, reading.kind] = reading
        return found

    def _extracted(self, text: ProductText, confidence: float, reading: Reading) -> Extracted:
        place = reading.field, reading.start, reading.end
        unit = self.units.get(reading.name)
        return Extracted(reading.name, reading.value, unit, confidence, text.quote(*place), *place, reading.kind)

    def _readings(self, text: ProductText, type_name: str | None) -> Iterator[Reading]:
        cabinet: _Cabinet = self._tables  # type: ignore[attr-defined]
        tables = cabinet.of(type_name)
        if tables is None:
            return
        for run in [run for run in text.grams if run in tables.grams]:
            gram = text.grams[run]
            for rule in tables.grams[run]:
                yield Reading("words", rule.attribute, rule.value, rule.score, gram.field, gram.start, gram.end)
        for each in spelled(text, tables.spellings):
            kind: Kind = "spelled" if each.alone else "spelled among others"
            yield Reading(kind, each.attribute, each.value, 1.0, each.gram.field, each.gram.start, each.gram.end)
        if not tables.patterns:
            return
        for pattern, mention in first_mentions(text.mentions).items():
            for found in tables.patterns.get(pattern, ()):
                value = in_unit(mention, self.units.get(found.attribute))
                if value is not None:
                    number = float(f"{value:.{_DIGITS}g}")
                    yield Reading(
                        "number", found.attribute, number, found.score, mention.field, mention.start, mention.end
                    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The rules for one type by what they look for."""

    grams: Mapping[str, Sequence[GramRule]]
    patterns: Mapping[Pattern, Sequence[PatternRule]]
    spellings: Mapping[str, Sequence[tuple[str, str]]]


class _Cabinet:
    """The rules of a model by attribute, and by type once a product of the type is read: thousands of rules speak, of
    one type only few."""

    def __init__(self, model: ExtractionModel) -> None:
        self._model = model
        self._by_type: dict[str | None, _Tables | None] = {}
        self._trusted: defaultdict[str | None, defaultdict[Kind, set[str]]] = defaultdict(lambda: defaultdict(set))
        for name, kind, of in model.trust:
            self._trusted[of][kind].add(name)
        self._grams = _grouped((rule.attribute, rule) for rule in model.grams)
        self._patterns = _grouped((rule.attribute, rule) for rule in model.patterns)
        self._spellings = _grouped(
            (name, (run, value)) for run, said in model.spellings.items() for name, value in said
        )

    def of(self, type_name: str | None) -> _Tables | None:
        """Return the rules that may speak for a type, None where none may."""
        if type_name not in self._by_type:
            self._by_type[type_name] = self._tables(type_name)
        return self._by_type[type_name]

    def _tables(self, type_name: str | None) -> _Tables | None:
        if self._model.trust and type_name not in self._trusted:
            return None
        grams: dict[str, list[GramRule]] = {}
        for name in self._speaking(self._grams, type_name, "words"):
            for rule in self._grams.get(name, ()):
                if rule.type_name in {None, type_name}:
                    grams.setdefault(rule.gram, []).append(rule)
        patterns: dict[Pattern, list[PatternRule]] = {}
        for name in self._speaking(self._patterns, type_name, "number"):
            for each in self._patterns.get(name, ()):
                if each.type_name in {None, type_name}:
                    patterns.setdefault(each.pattern, []).append(each)
        spellings: dict[str, list[tuple[str, str]]] = {}
        for name in self._speaking(self._spellings, type_name, "spelled", "spelled among others"):
            for run, value in self._spellings.get(name, ()):
                spellings.setdefault(run, []).append((name, value))
        return _Tables(grams, patterns, spellings)

    def _speaking(self, known: Iterable[str], type_name: str | None, *kinds: Kind) -> list[str]:
        """Return the attributes that a type is read for. A model that is not judged yet has no trust: there all
        speak."""
        if not self._model.trust:
            return list(known)
        trusted = self._trusted[type_name]
        return sorted({name for kind in kinds for name in trusted[kind]})


def _grouped(pairs: Iterable[tuple[str, _Rule]]) -> dict[str, list[_Rule]]:
    found: defaultdict[str, list[_Rule]] = defaultdict(list)
    for name, rule in pairs:
        found[name].append(rule)
    return dict(found)


def agree(read: Scalar, given: Scalar) -> bool:
    """Say whether a value that was read is the one that is given: numbers but for rounding, texts in any case."""
    if isinstance(read, str) or isinstance(given, str):
        return str(read).strip().casefold() == str(given).strip().casefold()
    return same(float(read), float(given))
