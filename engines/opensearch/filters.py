"""Filter trees and selections to conditions on units, in the cluster's query language.

Each condition is about one unit: whoever asks for products wraps it in ``of_product``, which then holds where one unit
meets it as a whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engines.opensearch.conditions import NOTHING, UNITS, all_of, any_of
from engines.opensearch.connection import Json
from engines.opensearch.documents import KEYS
from engines.opensearch.encoding import AFTER_SEPARATOR, SEPARATOR, number_term, text_term
from engines.opensearch.prices import OwnPrices, Prices
from engines.opensearch.states import of_states
from engines.opensearch.stock import EVERYONES_STOCK, STOCK_FIELDS, SeenStock
from engines.plan import Interval, Selection
from engines.port import FieldKind
from engines.stock import AVAILABLE_BY
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Operator, Or, Scalar

HAS, TEXTS, NUMBERS, UNIQUE = "units.has", "units.kv", "units.num", "units.key"
PRICE_FIELDS = ("price", "list_price")
ON_OFFER = "on_offer"
_OWN = OwnPrices()
_RANGES: dict[Operator, str] = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


@dataclass(frozen=True, slots=True)
class Names:
    """What conditions must know of a version's fields: their kinds and numbers, the prices that the buyer pays, and
    what the buyer can have."""

    kinds: Mapping[str, FieldKind]
    numbers: Mapping[str, str]
    prices: Prices = _OWN
    stock: SeenStock = EVERYONES_STOCK

    def prices_of(self, field: str) -> Prices:
        """Return the prices of a price field; ``list_price`` is always the catalogue's own."""
        return self.prices if field == "price" else _OWN

    def state(self, field: str, *, state: bool) -> Json:
        """Return the condition that a field of ``OFFERED`` is true of a unit, or that it is not."""
        if field == ON_OFFER:
            lowered = self.prices.lowered()
            return lowered if state else {"bool": {"must_not": [lowered]}}
        return self.stock.in_stock(state=state)


def of_product(condition: Json, *, inner_hits: Json | None = None) -> Json:
    """Return a query for the products that have a unit which meets the condition."""
    nested = {"path": UNITS, "query": condition, "score_mode": "none"}
    return {"nested": nested if inner_hits is None else {**nested, "inner_hits": inner_hits}}


def condition_of(node: Filter, names: Names) -> Json:
    """Return a filter's condition; a field that the version does not have satisfies no comparison."""
    match node:
        case Exists() | In() | Compare() if node.field in STOCK_FIELDS:
            return names.stock.condition(node)
        case Exists() | In() | Compare() if node.field == ON_OFFER:
            return of_states(node, lambda state: names.state(ON_OFFER, state=state))
        case And(parts=parts):
            return all_of(condition_of(each, names) for each in parts)
        case Or(parts=parts):
            return any_of([condition_of(each, names) for each in parts])
        case Not(part=inner):
            return {"bool": {"must_not": [condition_of(inner, names)]}}
        case Exists(field=field):
            return _exists(field, names)
        case In(field=field, values=values):
            return _has_any(field, values, names)
        case Compare(field=field, op="=", value=value):
            return _has_any(field, (value,), names)
        case Compare(field=field, op="!=", value=value):
            has, other = _exists(field, names), _has_any(field, (value,), names)
            return {"bool": {"filter": [has], "must_not": [other]}}
        case Compare(field=field, op=op, value=value):
            return _ordered(field, op, value, names)


def selected(selection: Selection, names: Names) -> Json:
    """Return the condition that a unit carries any of the selected values or lies in any of the intervals."""
    parts = [condition_of(In(selection.field, selection.values), names)] if selection.values else []
    parts += [within(selection.field, interval, names) for interval in selection.intervals]
    return any_of(parts)


def within(field: str, interval: Interval, names: Names) -> Json:
    """Return the condition that a unit has a number in the interval."""
    if field == AVAILABLE_BY:
        return names.stock.within(interval)
    if field in PRICE_FIELDS:
        bounds = {name: end for name, end in (("gte", interval.gte), ("lt", interval.lt)) if end is not None}
        return names.prices_of(field).within(bounds)
    if names.kinds.get(field) != "number":
        return NOTHING
    number = names.numbers[field]
    first = number + SEPARATOR if interval.gte is None else number_term(number, interval.gte)
    last = number + AFTER_SEPARATOR if interval.lt is None else number_term(number, interval.lt)
    return {"range": {NUMBERS: {"gte": first, "lt": last}}}


def terms_field(field: str) -> str:
    """Return the index field in which a text or Boolean field's terms stand."""
    return UNIQUE if field in KEYS else TEXTS


def _exists(field: str, names: Names) -> Json:
    if field in PRICE_FIELDS:
        return names.prices_of(field).within({})
    return {"term": {HAS: names.numbers[field]}} if field in names.numbers else NOTHING


def _has_any(field: str, values: Iterable[Scalar], names: Names) -> Json:
    if field in PRICE_FIELDS:
        wanted = [float(value) for value in values if not isinstance(value, str)]
        return any_of([names.prices_of(field).within({"gte": each, "lte": each}) for each in wanted])
    kind = names.kinds.get(field)
    if kind is None:
        return NOTHING
    number = names.numbers[field]
    if kind == "number":
        terms = [number_term(number, float(value)) for value in values if not isinstance(value, str)]
        return {"terms": {NUMBERS: terms}}
    return {"terms": {terms_field(field): [text_term(number, value) for value in values]}}


def _ordered(field: str, op: Operator, value: Scalar, names: Names) -> Json:
    kind = "number" if field in PRICE_FIELDS else names.kinds.get(field)
    if kind is None or (kind == "number" and isinstance(value, str)):
        return NOTHING
    if field in PRICE_FIELDS:
        return names.prices_of(field).within({_RANGES[op]: float(value)})
    number = names.numbers[field]
    term = number_term(number, float(value)) if kind == "number" else text_term(number, value)
    other = {"gte": number + SEPARATOR} if op in {"<", "<="} else {"lt": number + AFTER_SEPARATOR}
    where = NUMBERS if kind == "number" else terms_field(field)
    return {"range": {where: {_RANGES[op]: term, **other}}}
