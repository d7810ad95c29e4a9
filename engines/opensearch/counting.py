"""Aggregations over the units of a search's hits, and what their answers say. A count is of products."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.opensearch.conditions import UNITS
from engines.opensearch.connection import Json
from engines.opensearch.documents import OFFERED
from engines.opensearch.encoding import SEPARATOR, numbers_of, text_term
from engines.opensearch.filters import HAS, NUMBERS, PRICE_FIELDS, TEXTS, Names, terms_field, within
from engines.plan import FacetRequest, Interval, Selection
from engines.ranges import Numbers

_DISTINCT_NUMBERS = 1_000
"""So many different numbers of a field come with the first answer; more are asked for where there are more."""
_ALL_NUMBERS = 40_000
_FIELDS = 200
_FREQUENT = 1_000
"""Automatic facets are chosen among the fields that most hits carry, by the texts that most hits carry; the numbers
come along, so that few answers need another request."""
_VARIED_VALUES = 1_000
"""Where products have variants, values come by the number of units and are then put in the order of products."""
_PRODUCTS: Json = {"products": {"reverse_nested": {}}}
_RESERVED = set('.?+*|{}[]()"\\#@&<>~^$-')


@dataclass(frozen=True, slots=True)
class NumberCounts:
    """The numbers of one field: distinct values ascending, the units that carry each; whether these are all."""

    values: NDArray[np.float64]
    units: NDArray[np.int64]
    complete: bool

    def numbers(self) -> Numbers:
        """Return every unit's number."""
        return Numbers(np.repeat(self.values, self.units))


def over_units(condition: Json, aggregations: Json) -> Json:
    """Return aggregations over the hits' units that meet a condition."""
    return {"nested": {"path": UNITS}, "aggs": {"in": {"filter": condition, "aggs": aggregations}}}


def values_of(request: FacetRequest, own: Selection | None, names: Names, *, varied: bool) -> Json:
    """Return the aggregation that counts one text, Boolean or hierarchy field; ticked values are counted whatever
    their place."""
    counted = {"aggs": _PRODUCTS} if varied else {}
    if request.field in OFFERED:
        states = {str(state).lower(): names.state(request.field, state=state) for state in (True, False)}
        values: dict[str, object] = {"filters": {"filters": states}, **counted}
    else:
        number = names.numbers[request.field]
        size = max(request.limit, _VARIED_VALUES) if varied else request.limit
        include = f"{number}{SEPARATOR}{_any_case(request.prefix) if request.prefix else ''}.*"
        field = terms_field(request.field)
        values = {"terms": {"field": field, "include": include, "size": size}, **counted}
    aggregations: dict[str, object] = {"values": values}
    if own and own.values and request.field not in OFFERED:
        field, number = terms_field(request.field), names.numbers[request.field]
        terms = {str(at): {"term": {field: text_term(number, value)}} for at, value in enumerate(own.values)}
        aggregations["ticked"] = {"filters": {"filters": terms}, **counted}
    return {"filter": {"match_all": {}}, "aggs": aggregations}


def counts_in(answer: Json, own: Selection | None) -> Counter[str]:
    """Return how many products carry each value, from the answer to ``values_of``."""
    found: Counter[str] = Counter()
    buckets = answer["values"]["buckets"]
    if isinstance(buckets, dict):
        return Counter({state: _products(bucket) for state, bucket in buckets.items()})
    for bucket in buckets:
        found[str(bucket["key"]).split(SEPARATOR, 1)[1]] = _products(bucket)
    if "ticked" in answer and own:
        for at, value in enumerate(own.values):
            name = str(value).lower() if isinstance(value, bool) else str(value)
            found[name] = _products(answer["ticked"]["buckets"][str(at)])
    return found


def numbers_in_units(field: str, names: Names, *, every: bool) -> Json:
    """Return the aggregation that lists the numbers of one field, or of prices; ``every`` one where there are many."""
    size = _ALL_NUMBERS if every else _DISTINCT_NUMBERS
    if field in PRICE_FIELDS:
        return names.prices_of(field).values(size)
    number = names.numbers[field]
    terms = {"field": NUMBERS, "include": f"{number}{SEPARATOR}.*", "size": size}
    return {"filter": {"term": {HAS: number}}, "aggs": {"values": {"terms": terms}}}


def number_counts(answer: Json, field: str, names: Names) -> NumberCounts:
    """Read the answer to ``numbers_in_units``."""
    if field in PRICE_FIELDS:
        counted = names.prices_of(field).read(answer)
        found, units, complete = counted.values, counted.units, counted.complete
    else:
        buckets = answer["values"]["buckets"]
        units = np.array([bucket["doc_count"] for bucket in buckets], dtype=np.int64)
        found = numbers_of([bucket["key"] for bucket in buckets])
        complete = not answer["values"]["sum_other_doc_count"]
    return in_order(found, units, complete=complete)


def in_order(values: NDArray[np.float64], units: NDArray[np.int64], *, complete: bool) -> NumberCounts:
    """Return distinct numbers and how many units carry each, put in ascending order."""
    order = np.argsort(values)
    return NumberCounts(values[order], units[order], complete)


def in_intervals(field: str, intervals: Sequence[Interval], names: Names) -> Json:
    """Return the aggregation that counts the products that have a number in each interval."""
    inside = {str(at): within(field, interval, names) for at, interval in enumerate(intervals)}
    return {"filters": {"filters": inside}, "aggs": _PRODUCTS}


def products_in(answer: Json, count: int) -> list[int]:
    """Read the answer to ``in_intervals``."""
    return [_products(answer["buckets"][str(at)]) for at in range(count)]


def everything() -> Json:
    """Return the aggregations from which automatic facets are chosen: which fields the units carry, and the most
    frequent texts and numbers of all fields together."""
    return {
        "has": {"terms": {"field": HAS, "size": _FIELDS}},
        "texts": {"terms": {"field": TEXTS, "size": _FREQUENT}},
        "numbers": {"terms": {"field": NUMBERS, "size": _FREQUENT}},
    }


def _products(bucket: Json) -> int:
    inner = bucket.get("products")
    return int((inner or bucket)["doc_count"])


def _any_case(prefix: str) -> str:
    """Return a regular expression for texts that begin with ``prefix`` in any case."""
    parts = []
    for char in prefix:
        cases = {form for form in (char, char.lower(), char.upper(), char.title()) if len(form) == 1}
        escaped = [f"\\{form}" if form in _RESERVED else form for form in sorted(cases)]
        parts.append(escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})")
    return "".join(parts)
