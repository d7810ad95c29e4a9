"""What a version's products tell together: its words, and how many products carry each field.

Every commit that adds products adds one document with its counts; a reader sums them. When there are many, the writer
joins them into one. Products that were replaced or removed still count until the catalogue is indexed again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engines.opensearch.connection import Connection, Json
from engines.opensearch.documents import KEYS, OFFERED
from engines.opensearch.naming import knowledge_key
from engines.port import FieldInfo, FieldKind
from engines.stock import AVAILABLE_BY
from language.analysis import analyzer
from language.filters.tree import Scalar
from language.vocabulary import Vocabulary

_MOST_DISTINCT = 10_000
MOST_DOCUMENTS = 32


@dataclass(slots=True)
class FieldCounts:
    """One field's kind, the products that carry it, its distinct values, whether a product has several of them."""

    kind: FieldKind
    products: int = 0
    distinct: int = 0
    several: bool = False


@dataclass(slots=True)
class Knowledge:
    """The counts of some products: words by locale, and fields."""

    words: dict[str, Counter[str]] = field(default_factory=dict)
    fields: dict[str, FieldCounts] = field(default_factory=dict)
    products: int = 0
    priced: int = 0

    def add(self, other: "Knowledge") -> None:
        """Add the counts of other products."""
        for locale, words in other.words.items():
            self.words.setdefault(locale, Counter()).update(words)
        for name, more in other.fields.items():
            known = self.fields.setdefault(name, FieldCounts(more.kind))
            known.products += more.products
            known.distinct = max(known.distinct, more.distinct)
            known.several |= more.several
        self.products += other.products
        self.priced += other.priced

    def to_json(self) -> Json:
        """Return the counts as they are stored."""
        return {
            "words": self.words,
            "fields": [[n, f.kind, f.products, f.distinct, f.several] for n, f in self.fields.items()],
            "products": self.products,
            "priced": self.priced,
        }


class KnowledgeCollector:
    """Counts products one by one, for the next commit."""

    def __init__(self) -> None:
        self.knowledge = Knowledge()
        self.phrases: Counter[tuple[str, str]] = Counter()
        self._distinct: defaultdict[str, set[Scalar]] = defaultdict(set)

    def add(
        self,
        values: Mapping[str, set[Scalar]],
        kinds: Mapping[str, FieldKind],
        words: Mapping[str, Iterable[str]],
        phrases: Iterable[tuple[str, str]],
        *,
        priced: bool,
    ) -> None:
        """Count one product's values by field, words by locale and (kind, text) phrases to complete."""
        known = self.knowledge
        known.products += 1
        known.priced += priced
        for locale, seen in words.items():
            known.words.setdefault(locale, Counter()).update(seen)
        for name, given in values.items():
            counts = known.fields.get(name)
            if counts is None:
                counts = known.fields[name] = FieldCounts(kinds[name])
            counts.products += 1
            counts.several |= len(given) > 1
            distinct = self._distinct[name]
            if len(distinct) < _MOST_DISTINCT and name not in KEYS:
                distinct |= given
                counts.distinct = len(distinct)
            elif name in KEYS:
                counts.distinct += 1
        self.phrases.update(phrases)


def read_knowledge(connection: Connection, index: str, numbers: Sequence[int]) -> list[Knowledge]:
    """Return what several commits told, in the order asked for."""
    if not numbers:
        return []
    answer = connection.call("POST", f"/{index}/_mget", {"ids": [knowledge_key(number) for number in numbers]})
    return [_knowledge(each["_source"]["control"]) for each in answer["docs"]]


def field_infos(knowledge: Knowledge) -> dict[str, FieldInfo]:
    """Return every field that filters, facets and sorting may name."""
    found = {name: FieldInfo(name, f.kind, f.products, f.distinct) for name, f in knowledge.fields.items()}
    for price in ("price", "list_price"):
        found[price] = FieldInfo(price, "number", knowledge.priced)
    for state in OFFERED:
        found[state] = FieldInfo(state, "boolean", knowledge.products, 2)
    found[AVAILABLE_BY] = FieldInfo(AVAILABLE_BY, "number")
    return found


class Stems:
    """The index terms of some words, made at the first look."""

    def __init__(self, words: Iterable[str], locale: str) -> None:
        self._words = words
        self._locale = locale

    @cached_property
    def _terms(self) -> frozenset[str]:
        words = analyzer(self._locale)
        return frozenset(term for word in self._words for term in words.terms(word))

    def __contains__(self, stem: object) -> bool:
        return stem in self._terms


def vocabulary_of(parts: Sequence[Knowledge], locale: str) -> Vocabulary:
    """Return the words of one locale; the first part is the table below, the others one table on top of it."""
    base = parts[0].words.get(locale, Counter()) if parts else Counter()
    below = Vocabulary(base.items(), Stems(base, locale))
    return on_top(below, parts[1:], locale, base)


def on_top(below: Vocabulary, parts: Sequence[Knowledge], locale: str, base: Iterable[str]) -> Vocabulary:
    """Return a vocabulary with the words of further parts on top of one that is there already."""
    if not parts:
        return below
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.words.get(locale, {}))
    return Vocabulary(counts.items(), Stems([*base, *counts], locale), below)


def _knowledge(content: Json) -> Knowledge:
    return Knowledge(
        {locale: Counter(words) for locale, words in content["words"].items()},
        {name: FieldCounts(kind, *rest) for name, kind, *rest in content["fields"]},
        content["products"],
        content["priced"],
    )
