"""Price lists and assortments from JSON bodies, and to JSON."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import orjson

from api.problems import RequestProblem
from api.product_page import Json
from commerce.currencies import is_currency
from commerce.price_reading import RowReader, read_amount, read_moment, read_percent
from commerce.pricing import OWN, Assortment, PriceList, PriceRow, PriceRule, Selected
from commerce.reading import LONGEST_ID, clean_text
from commerce.records import PriceDiff, PriceListHead
from engines.port import FieldInfo
from language.errors import InvalidFilter, VitrineError
from language.filters import LONGEST, Filter, fields_of, filter_from_json, parse_filter, to_json, to_text
from ranking.fields import resolve_filter

Fields = Mapping[str, FieldInfo]
_Read = TypeVar("_Read")
_LIST_MEMBERS = ("currency", "valid_from", "valid_until", "prices", "rules")
_RULE_MEMBERS = ("base", "filter", "percent", "amount")
_OF_THE_BUYER = ("price", "list_price", "in_stock", "available_by")
_MOST_RULES = 1_000
_MOST_ERRORS = 100
_MOST_SHOWN = 1_000
_LARGEST_TWIN = 5 * LONGEST


class _Problems:
    """What is wrong with a body, as (JSON pointer, message) pairs."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, pointer: str, message: str) -> None:
        self.found.append((pointer, message))

    def read(self, pointer: str, value: object, reader: Callable[[object], _Read], instead: _Read) -> _Read:
        try:
            return reader(value)
        except ValueError as error:
            self.add(pointer, str(error))
            return instead

    def members(self, pointer: str, value: object, known: Sequence[str]) -> Mapping[str, object]:
        """Return an object's members, an empty one in place of what is no object."""
        if not isinstance(value, Mapping):
            self.add(pointer, f"an object with {', '.join(known)} is needed")
            return {}
        for name in [each for each in value if each not in known][:_MOST_ERRORS]:
            self.add(f"{pointer}/{_escaped(str(name)[:100])}", f"is not one of {', '.join(known)}")
        return value

    def listed(self, pointer: str, value: object) -> list[object]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(pointer, "a list is needed")
            return []
        return value

    def check(self) -> None:
        if self.found:
            message = f"{len(self.found)} fields are not valid; nothing was changed"
            raise RequestProblem("invalid_request", message, self.found[:_MOST_ERRORS])


def price_list_from_json(value: object, identity: str, currency: str, fields: Fields) -> PriceList:
    """Read a price list; without ``currency`` it is in the given one.

    Raises RequestProblem that names every field at fault, or UnknownField or InvalidFilter for the first bad filter.
    """
    problems = _Problems()
    members = problems.members("", value, _LIST_MEMBERS)
    terms = _terms(members, identity, currency, problems)
    reader = RowReader(_MOST_ERRORS)
    for at, row in enumerate(problems.listed("/prices", members.get("prices"))):
        reader.add_object(at, row)
    problems.found += [(f"/prices/{at}/{name}".rstrip("/"), text) for at, name, text in reader.problems]
    rules = problems.listed("/rules", members.get("rules"))
    if len(rules) > _MOST_RULES:
        problems.add("/rules", f"has {len(rules):,} entries, at most {_MOST_RULES:,} are kept")
        rules = []
    read = [_rule(problems, f"/rules/{at}", rule) for at, rule in enumerate(rules)]
    problems.check()
    filtered = [
        PriceRule(rule.base, _filter(given, f"/rules/{at}/filter", fields), rule.percent, rule.amount)
        for at, (rule, given) in enumerate(read)
    ]
    return PriceList(identity, terms.currency, tuple(reader.rows), tuple(filtered), terms.valid_from, terms.valid_until)


def terms_from_texts(texts: Mapping[str, str | None], identity: str, currency: str) -> PriceList:
    """Return a list without prices, of the terms that query parameters name. Raises RequestProblem."""
    problems = _Problems()
    found = _terms(texts, identity, currency, problems)
    problems.check()
    return found


def assortment_from_json(value: object, identity: str, fields: Fields) -> Assortment:
    """Read an assortment. Raises as ``price_list_from_json`` does."""
    problems = _Problems()
    members = problems.members("", value, ("include", "exclude"))
    given = {name: each for name in ("include", "exclude") if (each := members.get(name)) is not None}
    parts = {name: problems.members(f"/{name}", each, ("ids", "filter")) for name, each in given.items()}
    ids = {name: _ids(problems, f"/{name}/ids", part.get("ids")) for name, part in parts.items()}
    problems.check()
    read = {
        name: Selected(ids[name], _filter(part.get("filter"), f"/{name}/filter", fields))
        for name, part in parts.items()
    }
    return Assortment(identity, read.get("include"), read.get("exclude", Selected()))


def price_list_to_json(prices: PriceList) -> Json:
    """Return a list as a body that puts it again, with its id and version."""
    return {
        "id": prices.id,
        "version": prices.version,
        **_terms_to_json(prices),
        "prices": [
            {"product_id": row.article_id, "net": _text(row.net), "min_quantity": row.min_quantity}
            for row in prices.rows
        ],
        "rules": [
            {
                "base": rule.base,
                "filter": _filter_to_json(rule.filter),
                "percent": _text(rule.percent),
                "amount": _text(rule.amount),
            }
            for rule in prices.rules
        ],
    }


def head_to_json(head: PriceListHead) -> Json:
    """Return a list without its prices and rules, but with their numbers."""
    return {
        "id": head.id,
        "version": head.version,
        **_terms_to_json(head),
        "prices": head.prices,
        "rules": len(head.rules),
    }


def assortment_to_json(assortment: Assortment) -> Json:
    """Return an assortment as a body that puts it again, with its id and version."""
    include = None if assortment.include is None else _selected_to_json(assortment.include)
    exclude = _selected_to_json(assortment.exclude)
    return {"id": assortment.id, "version": assortment.version, "include": include, "exclude": exclude}


def assortment_head_to_json(assortment: Assortment) -> Json:
    """Return an assortment with the numbers of its ids in the place of them."""
    include = None if assortment.include is None else _selected_head(assortment.include)
    exclude = _selected_head(assortment.exclude)
    return {"id": assortment.id, "version": assortment.version, "include": include, "exclude": exclude}


def diff_to_json(diff: PriceDiff, *, with_rows: bool) -> Json:
    """Return what a write changed, in numbers, and with the first thousand rows where they are asked for."""
    found: Json = {
        "added": len(diff.added),
        "changed": len(diff.changed),
        "removed": len(diff.removed),
        "terms": diff.terms,
    }
    if with_rows:
        rows: list[tuple[str, PriceRow | None, PriceRow | None]] = [("changed", *pair) for pair in diff.changed]
        rows += [("added", None, row) for row in diff.added]
        rows += [("removed", row, None) for row in diff.removed]
        found["rows"] = [_changed_row(*each) for each in rows[:_MOST_SHOWN]]
    return found


def _changed_row(change: str, before: PriceRow | None, now: PriceRow | None) -> Json:
    row = now or before
    assert row is not None
    return {
        "change": change,
        "product_id": row.article_id,
        "min_quantity": row.min_quantity,
        "before": None if before is None else _text(before.net),
        "net": None if now is None else _text(now.net),
    }


def _terms(members: Mapping[str, object], identity: str, currency: str, problems: _Problems) -> PriceList:
    given = members.get("currency")
    if given is not None:
        if isinstance(given, str) and is_currency(given):
            currency = given
        else:
            problems.add("/currency", f"{str(given)[:20]!r} is no currency of ISO 4217: write a code such as EUR")
    begin = problems.read("/valid_from", members.get("valid_from"), read_moment, None)
    end = problems.read("/valid_until", members.get("valid_until"), read_moment, None)
    if begin and end and begin >= end:
        problems.add("/valid_until", "must be later than valid_from")
    return PriceList(identity, currency, valid_from=begin, valid_until=end)


def _rule(problems: _Problems, at: str, value: object) -> tuple[PriceRule, object]:
    """Return a rule without its filter, and the filter as it was given."""
    members = problems.members(at, value, _RULE_MEMBERS)
    base = members.get("base", OWN)
    if not isinstance(base, str) or not 0 < len(base) <= LONGEST_ID:
        problems.add(f"{at}/base", f'"{OWN}" or the id of a price list is needed')
        base = OWN
    zero = Decimal(0)
    percent = problems.read(f"{at}/percent", members.get("percent"), read_percent, zero)
    amount = problems.read(f"{at}/amount", members.get("amount"), read_amount, zero)
    return PriceRule(base, None, percent, amount), members.get("filter")


def _ids(problems: _Problems, at: str, value: object) -> frozenset[str]:
    found: set[str] = set()
    for number, each in enumerate(problems.listed(at, value)):
        text = clean_text(each) if isinstance(each, str) else ""
        if not text or len(text) > LONGEST_ID:
            problems.add(f"{at}/{number}", f"a text of 1 to {LONGEST_ID} characters is needed")
        found.add(text)
    return frozenset(found)


def _filter(given: object, pointer: str, fields: Fields) -> Filter | None:
    """Read a filter in either form, with every literal in its field's kind."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if (len(given) if isinstance(given, str) else _size(given) - _LARGEST_TWIN + LONGEST) > LONGEST:
        raise RequestProblem("too_large", "the filter is too long", [(pointer, f"has at most {LONGEST:,} characters")])
    try:
        node = parse_filter(given) if isinstance(given, str) else filter_from_json(given)
        for field in fields_of(node):
            if field in _OF_THE_BUYER:
                message = f"{field!r} differs from buyer to buyer, so it cannot decide what they see and pay"
                raise InvalidFilter(message)
        node = resolve_filter(node, fields)
        # Parentheses of a text may hold more levels than the filter can be kept with.
        return filter_from_json(to_json(node))
    except VitrineError as error:
        below = error.pointer.removeprefix("/filter") if error.pointer else ""
        error.pointer = pointer + below
        raise


def _size(given: object) -> int:
    try:
        return len(orjson.dumps(given))
    except orjson.JSONEncodeError:
        return 0  # too deep to be written is too deep to be read, and reading says so better


def _terms_to_json(prices: PriceList | PriceListHead) -> Json:
    return {
        "currency": prices.currency,
        "valid_from": prices.valid_from and prices.valid_from.isoformat(),
        "valid_until": prices.valid_until and prices.valid_until.isoformat(),
    }


def _selected_to_json(selected: Selected) -> Json:
    return {"ids": sorted(selected.ids), "filter": _filter_to_json(selected.filter)}


def _selected_head(selected: Selected) -> Json:
    return {"ids": len(selected.ids), "filter": _filter_to_json(selected.filter)}


def _filter_to_json(node: Filter | None) -> object:
    """Return a filter as text where it has one that is read back as the same, else in its JSON form."""
    if node is None:
        return None
    try:
        text = to_text(node)
        if len(text) <= LONGEST and parse_filter(text) == node:
            return text
    except (ValueError, InvalidFilter):
        pass
    return to_json(node)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
