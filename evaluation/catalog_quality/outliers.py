"""Prices and attribute numbers far from those of the same type: a slipped point, a wrong unit, a typing error.

Prices and measures spread over powers of ten, so they are compared by their logarithm and with the modified z-score
of Iglewicz and Hoaglin (1993), which the outliers themselves do not move:

    z = (log10 x - median) / (1.4826 MAD),    MAD = median |log10 x - median|

The logarithm of a number far off stands out only if it is also far off for a person, so the divisor has a floor and
the ratio to the median a least value.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from commerce.product import AttributeValue, CatalogItem, Product, Quantity, Variant
from evaluation.catalog_quality.sketches import Extremes, LogHistogram, Sample, stable_hash

Reason = Literal["low", "high", "zero", "negative"]
FEWEST = 20
"""A type of fewer prices has no distribution of its own; its prices are compared with those of the whole catalogue."""
_CONSISTENT = 1.4826
_FEW_NEGATIVE = 0.01
_KEPT_PRICES = 20
_KEPT_NUMBERS = 5
_KEPT_ODD = 100
_PLOTTED = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """From which z-score on, and from which ratio to the median on, a number is an outlier; ``floor`` is of the
    divisor, in powers of ten."""

    score: float
    ratio: float
    floor: float


PRICE_RULE = Rule(score=5.0, ratio=8.0, floor=0.1)
NUMBER_RULE = Rule(score=8.0, ratio=50.0, floor=0.15)


@dataclass(frozen=True, slots=True)
class Outlier:
    """One number that is far off: whose it is (``id`` may be of a variant), its ``field``, the
    ``group`` that it was compared with ("" is the whole catalogue, or for attributes what has no type), the group's
    median, and its modified z-score (0 where the sign alone is at fault)."""

    product: str
    id: str
    field: str
    unit: str
    group: str
    number: float
    median: float | None
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Distribution:
    """The prices of one type: their count, median, the bounds beyond which a price is an outlier, how many are beyond
    them, and up to 200 prices for a plot."""

    group: str
    count: int
    median: float
    low: float
    high: float
    outside: int
    sample: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outliers:
    """Outliers by how far off they are; ``distributions`` of prices by their count.

    At most 20 prices and 5 attribute numbers are named at each end of a type's distribution, and 100 prices of zero.
    """

    prices: tuple[Outlier, ...]
    numbers: tuple[Outlier, ...]
    distributions: tuple[Distribution, ...]


class _Group:
    __slots__ = ("extremes", "histogram", "negative", "odd")

    def __init__(self, kept: int) -> None:
        self.histogram = LogHistogram()
        self.extremes = Extremes(kept)
        self.negative = 0
        self.odd = Extremes(kept)

    def add(self, number: float, identity: str, notes: tuple[str, ...]) -> None:
        if number > 0:
            self.histogram.add(number)
            self.extremes.add(number, identity, notes)
        elif number < 0:
            self.negative += 1
            self.odd.add(number, identity, notes)


class OutlierCounter:
    """Learns distributions and keeps what is at their ends, one product at a time.

    Memory grows with types x numeric attributes: about 2 KB each.
    """

    def __init__(self) -> None:
        self._all_prices = _Group(_KEPT_ODD)
        self._prices: defaultdict[str, _Group] = defaultdict(lambda: _Group(_KEPT_PRICES))
        self._plotted: defaultdict[str, Sample[float]] = defaultdict(lambda: Sample(_PLOTTED))
        self._free = Sample[tuple[str, str]](_KEPT_ODD)
        self._numbers: defaultdict[tuple[str, str, str], _Group] = defaultdict(lambda: _Group(_KEPT_NUMBERS))

    def add(self, item: CatalogItem, type_name: str | None, rank: int) -> None:
        """Count one product; ``rank`` is the stable hash of its id."""
        group = type_name or ""
        notes = (item.product.id, group)
        for identity, offer in item.offers():
            if offer.net is None:
                continue
            price = float(offer.net)
            own_rank = rank if identity == item.product.id else stable_hash(identity)
            if price == 0:
                self._free.add(own_rank, identity, (item.product.id, identity))
                continue
            self._prices[group].add(price, identity, notes)
            self._all_prices.add(price, identity, notes)
            self._plotted[group].add(own_rank, identity, price)
        articles: tuple[Product | Variant, ...] = (item.product, *item.product.variants)
        for own in articles:
            for name, value in own.attributes.items():
                for number, unit in _numbers(value):
                    self._numbers[name, unit, group].add(number, own.id, notes)

    def result(self) -> Outliers:
        """Return the outliers among what was counted."""
        prices = [Outlier(*each, "price", "", "", 0.0, None, 0.0, "zero") for each in self._free.things()]
        prices += self._small_types()
        for name, group in self._prices.items():
            if group.histogram.count >= FEWEST:
                prices += _far_off(group, "price", "", name, PRICE_RULE)
        numbers: list[Outlier] = []
        for (attribute, unit, name), group in self._numbers.items():
            if group.histogram.count >= FEWEST:
                numbers += _far_off(group, f"attributes.{attribute}", unit, name, NUMBER_RULE)
                numbers += _of_wrong_sign(group, f"attributes.{attribute}", unit, name)
        large = [name for name, group in self._prices.items() if group.histogram.count >= FEWEST]
        distributions = [self._distribution(name) for name in large]
        distributions.sort(key=lambda each: (-each.count, each.group))
        return Outliers(tuple(_sorted(prices)), tuple(_sorted(numbers)), tuple(distributions))

    def _small_types(self) -> Iterator[Outlier]:
        """Yield what is far off in the whole catalogue, of types that are too small to have a distribution."""
        if self._all_prices.histogram.count >= FEWEST:
            small = {name for name, group in self._prices.items() if group.histogram.count < FEWEST}
            yield from _far_off(self._all_prices, "price", "", "", PRICE_RULE, small)

    def _distribution(self, name: str) -> Distribution:
        histogram = self._prices[name].histogram
        low, high = _bounds(histogram, PRICE_RULE)
        return Distribution(
            group=name,
            count=histogram.count,
            median=10 ** histogram.median(),
            low=10**low,
            high=10**high,
            outside=histogram.outside(low, high),
            sample=tuple(sorted(self._plotted[name].things())),
        )


def _bounds(histogram: LogHistogram, rule: Rule) -> tuple[float, float]:
    """Return the powers of ten beyond which a number is an outlier."""
    reach = max(rule.score * _divisor(histogram, rule), math.log10(rule.ratio))
    median = histogram.median()
    return median - reach, median + reach


def _divisor(histogram: LogHistogram, rule: Rule) -> float:
    return max(_CONSISTENT * histogram.deviation(), rule.floor)


def _far_off(
    group: _Group, field: str, unit: str, name: str, rule: Rule, only: set[str] | None = None
) -> Iterator[Outlier]:
    """Yield a group's outliers; with ``only``, those of one of these types."""
    low, high = _bounds(group.histogram, rule)
    median, divisor = group.histogram.median(), _divisor(group.histogram, rule)
    ends: tuple[tuple[Reason, list[tuple[float, str, tuple[str, ...]]]], ...] = (
        ("low", group.extremes.low()),
        ("high", group.extremes.high()),
    )
    for reason, entries in ends:
        for number, identity, (product, own_type) in entries:
            place = math.log10(number)
            is_beyond = place < low if reason == "low" else place > high
            if is_beyond and (only is None or own_type in only):
                score = round((place - median) / divisor, 2)
                yield Outlier(product, identity, field, unit, name, number, 10**median, score, reason)


def _of_wrong_sign(group: _Group, field: str, unit: str, name: str) -> Iterator[Outlier]:
    """Yield negative numbers of an attribute that is hardly ever negative."""
    if group.negative and group.negative <= _FEW_NEGATIVE * group.histogram.count:
        median = 10 ** group.histogram.median()
        for number, identity, (product, _) in group.odd.low():
            yield Outlier(product, identity, field, unit, name, number, median, 0.0, "negative")


def _sorted(outliers: list[Outlier]) -> list[Outlier]:
    order: dict[Reason, int] = {"zero": 0, "negative": 1, "low": 2, "high": 2}
    return sorted(outliers, key=lambda each: (order[each.reason], -abs(each.score), each.id, each.field))


def _numbers(value: AttributeValue) -> Iterator[tuple[float, str]]:
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Quantity):
            yield each.value, each.unit
        elif isinstance(each, int | float) and not isinstance(each, bool):
            yield float(each), ""
