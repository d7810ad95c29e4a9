"""What was learned of a catalogue's texts, and how a product's missing attributes are read with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from commerce.product import Product
from indexer.extraction.cooccurrence import GramRule
from indexer.extraction.patterns import Pattern, PatternRule, first_mentions, in_unit, same
from indexer.extraction.spellings import spelled
from indexer.extraction.text import ProductText, TextField, text_of
from language.filters.tree import Scalar

_DIGITS = 6


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
    in it is not read."""

    locale: str
    grams: Sequence[GramRule]
    patterns: Sequence[PatternRule]
    spellings: Mapping[str, Sequence[tuple[str, str]]]
    units: Mapping[str, str | None]
    trust: Mapping[TrustKey, Trust] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tables", {})

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
        tables = self._tables_of(type_name)
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

    def _tables_of(self, type_name: str | None) -> "_Tables":
        """Return the rules that may speak for a type, made when the type is first asked for."""
        known: dict[str | None, _Tables] = self._tables  # type: ignore[attr-defined]
        tables = known.get(type_name)
        if tables is None:
            tables = known[type_name] = _tables(self, type_name)
        return tables


@dataclass(frozen=True, slots=True)
class _Tables:
    """The rules for one type by what they look for."""

    grams: Mapping[str, Sequence[GramRule]]
    patterns: Mapping[Pattern, Sequence[PatternRule]]
    spellings: Mapping[str, Sequence[tuple[str, str]]]


def _tables(model: ExtractionModel, type_name: str | None) -> _Tables:
    """Return the rules for one type. A model that is not judged yet has no trust: there all rules speak."""

    def speaks(name: str, *kinds: Kind) -> bool:
        return not model.trust or any((name, kind, type_name) in model.trust for kind in kinds)

    grams: dict[str, list[GramRule]] = {}
    for rule in model.grams:
        if rule.type_name in {None, type_name} and speaks(rule.attribute, "words"):
            grams.setdefault(rule.gram, []).append(rule)
    patterns: dict[Pattern, list[PatternRule]] = {}
    for each in model.patterns:
        if each.type_name in {None, type_name} and speaks(each.attribute, "number"):
            patterns.setdefault(each.pattern, []).append(each)
    spellings = {
        run: kept
        for run, said in model.spellings.items()
        if (kept := [each for each in said if speaks(each[0], "spelled", "spelled among others")])
    }
    return _Tables(grams, patterns, spellings)


def agree(read: Scalar, given: Scalar) -> bool:
    """Say whether a value that was read is the one that is given: numbers but for rounding, texts in any case."""
    if isinstance(read, str) or isinstance(given, str):
        return str(read).strip().casefold() == str(given).strip().casefold()
    return same(float(read), float(given))
