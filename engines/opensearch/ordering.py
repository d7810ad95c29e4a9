"""The order of hits in the cluster, and cursors that continue it."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from engines.opensearch.conditions import UNITS
from engines.opensearch.connection import Json
from engines.opensearch.encoding import SEPARATOR
from engines.opensearch.filters import NUMBERS, PRICE_FIELDS, Names, terms_field
from engines.plan import SearchPlan, Sort, search_fingerprint
from engines.port import InvalidCursor

_LAST = "\uffff"
_TERM_SORT = """
String chosen = null;
for (String term : doc[params.field]) {
  if (term.startsWith(params.begin)) {
    String value = term.substring(params.begin.length());
    String key = params.fold ? value.toLowerCase() + params.between + value : value;
    if (chosen == null || (params.first ? key.compareTo(chosen) < 0 : key.compareTo(chosen) > 0)) { chosen = key; }
  }
}
return chosen == null ? params.missing : chosen;
"""
"""Constant, so that it is compiled once and no text of a query can ever be part of it."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: the sort values of the last hit shown, and how many words the search's hits match."""

    after: tuple[object, ...]
    least: int


def order_of(sort: Sort, names: Names, condition: Json | None, *, scored: bool) -> list[Json]:
    """Return the sort of a plan; products without a value come last, rows decide ties.

    ``condition`` is what units must meet to count, None where all hits have one unit, which meets it. ``scored`` says
    that relevance is the query's score; without a query it is popularity.
    """
    row: Json = {"row": "asc"}
    if sort.field == "relevance":
        return [{"_score": "desc"} if scored else {"popularity": "desc"}, row]
    if sort.field == "popularity":
        return [{"popularity": "desc" if sort.descending else "asc"}, row]
    order = "desc" if sort.descending else "asc"
    nested: dict[str, object] = {"path": UNITS} if condition is None else {"path": UNITS, "filter": condition}
    if sort.field in PRICE_FIELDS:
        # Always the lowest price, which is the one shown.
        return [*names.prices_of(sort.field).order(condition, descending=sort.descending), row]
    if sort.field not in names.numbers:
        return [row]
    number = names.kinds[sort.field] == "number"
    script = {
        "lang": "painless",
        "source": _TERM_SORT,
        "params": {
            "field": NUMBERS if number else terms_field(sort.field),
            "begin": names.numbers[sort.field] + SEPARATOR,
            "fold": not number,
            "between": "\0",
            "first": not sort.descending,
            "missing": "" if sort.descending else _LAST,
        },
    }
    # Of several values the one that puts the product furthest forward counts.
    mode = "max" if sort.descending else "min"
    return [{"_script": {"type": "string", "script": script, "order": order, "mode": mode, "nested": nested}}, row]


def encode_cursor(version: int, plan: SearchPlan, position: Position) -> str:
    """Return an opaque token that continues ``plan`` behind ``position``."""
    packed = orjson.dumps([version, search_fingerprint(plan).hex(), position.least, position.after])
    return base64.urlsafe_b64encode(packed).decode()


def decode_cursor(version: int, plan: SearchPlan) -> Position | None:
    """Return where the plan's cursor stands; None without one.

    Raises InvalidCursor for a token that is not ours, belongs to another query or to a version no longer served.
    """
    if plan.cursor is None:
        return None
    try:
        made_for, fingerprint, least, after = orjson.loads(base64.urlsafe_b64decode(plan.cursor.encode()))
        position = Position(_checked(after), int(least))
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidCursor("the cursor is not one that a search returned", pointer="/cursor") from error
    if fingerprint != search_fingerprint(plan).hex():
        raise InvalidCursor("the cursor belongs to another search: send it with the same body", pointer="/cursor")
    if made_for != version:
        raise InvalidCursor("the catalogue was rebuilt since: begin again without cursor", pointer="/cursor")
    return position


def _checked(after: Sequence[object]) -> tuple[object, ...]:
    if len(after) not in {1, 2} or not all(each is None or isinstance(each, str | float | int) for each in after):
        raise ValueError("no sort values")
    return tuple(after)
