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
        by_gram: dict[str, list[GramRule]] = {}
        for rule in self.grams:
            by_gram.setdefault(rule.gram, []).append(rule)
        by_pattern: dict[Pattern, list[PatternRule]] = {}
        for pattern in self.patterns:
            by_pattern.setdefault(pattern.pattern, []).append(pattern)
        object.__setattr__(self, "_by_gram", by_gram)
        object.__setattr__(self, "_by_pattern", by_pattern)

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
        by_gram: Mapping[str, Sequence[GramRule]] = self._by_gram  # type: ignore[attr-defined]
        for gram in text.grams.values():
            for rule in by_gram.get(gram.words, ()):
                if rule.type_name in {None, type_name}:
                    yield Reading("words", rule.attribute, rule.value, rule.score, gram.field, gram.start, gram.end)
        for each in spelled(text, self.spellings):
            kind: Kind = "spelled" if each.alone else "spelled among others"
            yield Reading(kind, each.attribute, each.value, 1.0, each.gram.field, each.gram.start, each.gram.end)
        by_pattern: Mapping[Pattern, Sequence[PatternRule]] = self._by_pattern  # type: ignore[attr-defined]
        for pattern, mention in first_mentions(text.mentions).items():
            for found in by_pattern.get(pattern, ()):
                if found.type_name in {None, type_name}:
                    value = in_unit(mention, self.units.get(found.attribute))
                    if value is not None:
                        number = float(f"{value:.{_DIGITS}g}")
                        yield Reading(
                            "number", found.attribute, number, found.score, mention.field, mention.start, mention.end
                        )


def agree(read: Scalar, given: Scalar) -> bool:
    """Say whether a value that was read is the one that is given: numbers but for rounding, texts in any case."""
    if isinstance(read, str) or isinstance(given, str):
        return str(read).strip().casefold() == str(given).strip().casefold()
    return same(float(read), float(given))
