"""Which attributes the products of each type have, and attributes that are given in several kinds."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sys import intern
from typing import Literal

from commerce.product import AttributeValue, Product, Quantity
from evaluation.catalog_quality.sketches import Sample

Kind = Literal["text", "number", "boolean"]
_KINDS: tuple[Kind, ...] = ("number", "boolean", "text")
_SAMPLE = 5
_KEPT_PRODUCTS = 40


@dataclass(frozen=True, slots=True)
class Covered:
    """How many of a type's ``products`` have an attribute, with ids of some that lack it (of 40 looked at)."""

    type: str
    attribute: str
    products: int
    having: int
    lacking_sample: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share that has it, 0 to 1."""
        return self.having / self.products


@dataclass(frozen=True, slots=True)
class MixedKind:
    """An attribute that comes in several kinds: only values of ``kind`` can be filtered, sorted and counted by.

    ``others`` counts the values that are left out, by kind; ``sample`` are ids of products that have such values.
    """

    attribute: str
    kind: Kind
    values: int
    others: tuple[tuple[Kind, int], ...]
    sample: tuple[str, ...]

    @property
    def left_out(self) -> int:
        """How many values are left out."""
        return sum(count for _, count in self.others)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The attributes of a catalogue by type.

    ``types`` and ``attributes`` hold (name, products) pairs, the most frequent first; products without a type are
    not in ``types``. ``by_type`` has one entry for each attribute that a type uses at all.
    """

    types: tuple[tuple[str, int], ...]
    attributes: tuple[tuple[str, int], ...]
    by_type: tuple[Covered, ...]
    mixed: tuple[MixedKind, ...]
    values: int
    without_attributes: int


class CoverageCounter:
    """Counts attributes, one product at a time. Memory grows with the attributes that each type uses."""

    def __init__(self) -> None:
        self._types: Counter[str] = Counter()
        self._attributes: Counter[str] = Counter()
        self._having: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._looked_at: defaultdict[str, Sample[tuple[str, tuple[str, ...]]]] = defaultdict(
            lambda: Sample(_KEPT_PRODUCTS)
        )
        self._products_by_kind: Counter[tuple[str, Kind]] = Counter()
        self._values_by_kind: Counter[tuple[str, Kind]] = Counter()
        self._samples: defaultdict[tuple[str, Kind], Sample[str]] = defaultdict(lambda: Sample(_SAMPLE))
        self._values = self._without = 0

    def add(self, product: Product, type_name: str | None, rank: int) -> None:
        """Count one product; ``rank`` is the stable hash of its id."""
        own = (product.attributes, *(variant.attributes for variant in product.variants))
        names = tuple(dict.fromkeys(intern(name) for attributes in own for name in attributes))
        self._attributes.update(names)
        self._without += not names
        if type_name:
            self._types[type_name] += 1
            self._having[type_name].update(names)
            self._looked_at[type_name].add(rank, product.id, (product.id, names))
        for attributes in own:
            self._count_kinds(attributes, product.id, rank)

    def _count_kinds(self, attributes: Mapping[str, AttributeValue], identity: str, rank: int) -> None:
        values = [
            (name, [kind_of(each) for each in value] if isinstance(value, tuple) else [kind_of(value)])
            for name, value in attributes.items()
        ]
        # A product, and each of its variants, counts for the kind of its first value, as in indexing.
        self._products_by_kind.update([(name, kinds[0]) for name, kinds in values if kinds])
        every = [(name, kind) for name, kinds in values for kind in kinds]
        self._values += len(every)
        self._values_by_kind.update(every)
        for key in every:
            self._samples[key].add(rank, identity, identity)

    def result(self) -> Coverage:
        """Return what was counted."""
        return Coverage(
            types=_by_count(self._types),
            attributes=_by_count(self._attributes),
            by_type=tuple(self._by_type()),
            mixed=tuple(sorted(self._mixed(), key=lambda each: (-each.left_out, each.attribute))),
            values=self._values,
            without_attributes=self._without,
        )

    def _by_type(self) -> Iterator[Covered]:
        for type_name, products in _by_count(self._types):
            looked_at = [(identity, frozenset(names)) for identity, names in self._looked_at[type_name].things()]
            for attribute, having in _by_count(self._having[type_name]):
                without = [identity for identity, names in looked_at if attribute not in names]
                yield Covered(type_name, attribute, products, having, tuple(without[:_SAMPLE]))

    def _mixed(self) -> Iterator[MixedKind]:
        products, values = self._products_by_kind, self._values_by_kind
        for name, count in Counter(name for name, _ in values).items():
            if count > 1:
                # The contract's rule: the kind that most products use; on a tie number, then boolean, then text.
                kind = max(_KINDS, key=lambda each: products[name, each])
                others = tuple((k, values[name, k]) for k in _KINDS if k != kind and values[name, k])
                ids = {identity for other, _ in others for identity in self._samples[name, other].things()}
                yield MixedKind(name, kind, values[name, kind], others, tuple(sorted(ids)[:_SAMPLE]))


def kind_of(value: AttributeValue) -> Kind:
    """Return the kind of one value; a quantity is a number."""
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float | Quantity) else "text"


def _by_count(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
