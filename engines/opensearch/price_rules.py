"""A buyer's lists made ready for one search: the sum of each rule, its base prices, and the units that it is for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from commerce.pricing import DEEPEST_CHAIN, OWN, PriceRule, minor_digits
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.filters import Names, condition_of
from engines.opensearch.price_book import PriceBook, StoredList
from engines.opensearch.unit_criteria import criterion_of, holds

SILENT = -2
"""What stands for the amount of a price where a list does not price a unit."""
_SCALE_DIGITS = 6
Rows = Mapping[str, Sequence[int]]
"""What one unit costs by the number of a list: quantity, millionths, the next quantity …"""


@dataclass(frozen=True, slots=True)
class Step:
    """The sum of a rule in whole numbers: base x factor + amount, at least 0, rounded half up to ``minor``, which is
    ``millionths`` of the currency."""

    factor: int
    amount: int
    minor: int
    millionths: int

    def made(self, base: int) -> int:
        """Return the price that the rule makes of another, both in millionths."""
        exact = max(base * self.factor + self.amount, 0)
        return (2 * exact + self.minor) // (2 * self.minor) * self.millionths


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a list: where its base price comes from (None: the catalogue's own), and the units that it is for, as a
    condition and as a test (None: all)."""

    step: Step
    base: "ListPrices | None" = None
    condition: Json | None = None
    test: Json | None = None

    def params(self) -> Json:
        """Return the rule as the script takes it."""
        return {
            "factor": self.step.factor,
            "amount": str(self.step.amount),
            "minor": self.step.minor,
            "millionths": self.step.millionths,
            "base": None if self.base is None else self.base.params(),
            "test": self.test,
        }


@dataclass(frozen=True, slots=True)
class ListPrices:
    """One list with its rules made ready."""

    stored: StoredList
    rules: tuple[Rule, ...]

    def params(self) -> Json:
        """Return the list as the script takes it."""
        stored = self.stored
        rules = [rule.params() for rule in self.rules]
        return {"field": stored.field, "first": stored.first, "end": stored.end, "step": stored.step, "rules": rules}

    def all(self) -> "Iterator[ListPrices]":
        """Yield this list and those that its rules build on."""
        yield self
        for rule in self.rules:
            if rule.base is not None:
                yield from rule.base.all()

    def price(self, rows: Rows, own: int, unit: Json) -> int:
        """Return what a unit costs in the list: millionths, ``ON_REQUEST`` or ``SILENT``."""
        pairs = rows.get(str(self.stored.number), ())
        if pairs and pairs[0] <= 1:
            return pairs[1]
        for rule in self.rules:
            base = own if rule.base is None else rule.base.price(rows, own, unit)
            if base >= 0 and (rule.test is None or holds(rule.test, unit)):
                return rule.step.made(base)
        return SILENT


def ready(prices: StoredList, book: PriceBook, currency: str, names: Names, depth: int = 0) -> ListPrices:
    """Make a list ready; a rule whose base list is unknown or in another currency never matches."""
    rules = []
    for rule in prices.rules:
        base = None
        if rule.base != OWN:
            stored = book.get(rule.base)
            if stored is None or stored.currency != currency or depth >= DEEPEST_CHAIN:
                continue
            base = ready(stored, book, currency, names, depth + 1)
        condition = None if rule.filter is None else condition_of(rule.filter, names)
        rules.append(
            Rule(step_of(rule, currency), base, condition, None if condition is None else criterion_of(condition))
        )
    return ListPrices(prices, tuple(rules))


def step_of(rule: PriceRule, currency: str) -> Step:
    """Return the sum of a rule in whole numbers."""
    percent = rule.percent.normalize()
    digits = max(-int(percent.as_tuple().exponent), 0)
    # Exactly, in units of a millionth / (100 x 10^digits).
    parts = 100 * 10**digits
    millionths = 10 ** (_SCALE_DIGITS - minor_digits(currency))
    amount = int((rule.amount * PRICE_SCALE).to_integral_value()) * parts
    return Step(parts + int(percent.scaleb(digits)), amount, millionths * parts, millionths)
