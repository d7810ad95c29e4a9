"""What a catalogue manager looks after: attributes that types of products lack, and texts that contradict them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from commerce.product import Product
from indexer.extraction.model import Extracted, ExtractionModel, agree
from indexer.extraction.text import text_of
from indexer.values import ValueReader
from language.filters.tree import Scalar

_USUAL = 0.5
_FEWEST = 5
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A product whose texts state another value of an attribute than it gives, both in the attribute's unit."""

    product: Product
    given: Scalar
    stated: Extracted


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete the products of one type are in the attributes that at least half of them have.

    ``given`` is the share of these values that is there, ``extracted`` the share that texts add. ``lacking`` are the
    attributes that most products lack, with how many, after what texts add.
    """

    type_name: str
    products: int
    usual: int
    given: float
    extracted: float
    lacking: tuple[tuple[str, int], ...]


class AttributeAudit:
    """Looks at a catalogue's products one at a time. Memory grows with types and attributes, and contradictions."""

    def __init__(self, values: ValueReader, model: ExtractionModel | None) -> None:
        self._values = values
        self._model = model
        self._products: Counter[str] = Counter()
        self._given: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._extracted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.contradictions: list[Contradiction] = []

    def add(self, product: Product, type_name: str | None) -> None:
        """Look at one product."""
        named = type_name or ""
        given = {*product.attributes, *(name for variant in product.variants for name in variant.attributes)}
        self._products[named] += 1
        self._given[named].update(given)
        if self._model is None:
            return
        values = self._values.values(product.attributes, type_name)
        for stated in self._model.read(text_of(product, self._model.locale), type_name):
            if stated.name not in given:
                self._extracted[named][stated.name] += 1
            elif contradicts(stated, values):
                self.contradictions.append(Contradiction(product, values[stated.name][0], stated))

    def completeness(self) -> list[Completeness]:
        """Return the types with five products at least, the least complete first."""
        found = [self._of(name) for name, products in self._products.items() if name and products >= _FEWEST]
        return sorted((each for each in found if each.usual), key=lambda each: (each.given, each.type_name))

    def _of(self, name: str) -> Completeness:
        products, given, extracted = self._products[name], self._given[name], self._extracted[name]
        usual = [attribute for attribute, count in given.items() if count >= _USUAL * products]
        cells = len(usual) * products or 1
        missing = {attribute: products - given[attribute] - extracted[attribute] for attribute in usual}
        lacking = sorted((each for each in missing.items() if each[1]), key=lambda each: (-each[1], each[0]))
        return Completeness(
            name,
            products,
            len(usual),
            sum(given[attribute] for attribute in usual) / cells,
            sum(extracted[attribute] for attribute in usual) / cells,
            tuple(lacking[:_NAMED]),
        )


def contradicts(stated: Extracted, values: Mapping[str, tuple[Scalar, ...]]) -> bool:
    """Say whether a product gives a single other value than its texts state in so many words.

    What words only suggest, and one of several values, contradicts nothing.
    """
    given = values.get(stated.name, ())
    return len(given) == 1 and stated.kind in {"number", "spelled"} and not agree(stated.value, given[0])
