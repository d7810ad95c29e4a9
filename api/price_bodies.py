"""Price lists and assortments from JSON bodies, and to JSON."""

from collections.abc import Mapping
from decimal import Decimal

from api.body_reading import (
    MOST_ERRORS,
    BodyProblems,
    Fields,
    amount_as_given,
    filter_as_given,
    read_filter,
    read_ids,
)
from api.product_page import Json
from commerce.currencies import is_currency
from commerce.price_reading import RowReader, read_amount, read_moment, read_percent
from commerce.pricing import OWN, Assortment, PriceList, PriceRow, PriceRule, Selected
from commerce.reading import LONGEST_ID
from commerce.records import PriceDiff, PriceListHead

_LIST_MEMBERS = ("currency", "valid_from", "valid_until", "prices", "rules")
_RULE_MEMBERS = ("base", "filter", "percent", "amount")
_MOST_RULES = 1_000
_MOST_SHOWN = 1_000


def price_list_from_json(value: object, identity: str, currency: str, fields: Fields) -> PriceList:
    """Read a price list; without ``currency`` it is in the given one.

    Raises RequestProblem that names every field at fault, or UnknownField or InvalidFilter for the first bad filter.
    """
    problems = BodyProblems()
    members = problems.members("", value, _LIST_MEMBERS)
    terms = _terms(members, identity, currency, problems)
    reader = RowReader(MOST_ERRORS)
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
        PriceRule(rule.base, read_filter(given, f"/rules/{at}/filter", fields), rule.percent, rule.amount)
        for at, (rule, given) in enumerate(read)
    ]
    return PriceList(identity, terms.currency, tuple(reader.rows), tuple(filtered), terms.valid_from, terms.valid_until)


def terms_from_texts(texts: Mapping[str, str | None], identity: str, currency: str) -> PriceList:
    """Return a list without prices, of the terms that query parameters name. Raises RequestProblem."""
    problems = BodyProblems()
    found = _terms(texts, identity, currency, problems)
    problems.check()
    return found


def assortment_from_json(value: object, identity: str, fields: Fields) -> Assortment:
    """Read an assortment. Raises as ``price_list_from_json`` does."""
    problems = BodyProblems()
    members = problems.members("", value, ("include", "exclude"))
    given = {name: each for name in ("include", "exclude") if (each := members.get(name)) is not None}
    parts = {name: problems.members(f"/{name}", each, ("ids", "filter")) for name, each in given.items()}
    ids = {name: read_ids(problems, f"/{name}/ids", part.get("ids")) for name, part in parts.items()}
    problems.check()
    read = {
        name: Selected(ids[name], read_filter(part.get("filter"), f"/{name}/filter", fields))
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
            {"product_id": row.article_id, "net": amount_as_given(row.net), "min_quantity": row.min_quantity}
            for row in prices.rows
        ],
        "rules": [
            {
                "base": rule.base,
                "filter": filter_as_given(rule.filter),
                "percent": amount_as_given(rule.percent),
                "amount": amount_as_given(rule.amount),
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
        "before": None if before is None else amount_as_given(before.net),
        "net": None if now is None else amount_as_given(now.net),
    }


def _terms(members: Mapping[str, object], identity: str, currency: str, problems: BodyProblems) -> PriceList:
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


def _rule(problems: BodyProblems, at: str, value: object) -> tuple[PriceRule, object]:
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


def _terms_to_json(prices: PriceList | PriceListHead) -> Json:
    return {
        "currency": prices.currency,
        "valid_from": prices.valid_from and prices.valid_from.isoformat(),
        "valid_until": prices.valid_until and prices.valid_until.isoformat(),
    }


def _selected_to_json(selected: Selected) -> Json:
    return {"ids": sorted(selected.ids), "filter": filter_as_given(selected.filter)}


def _selected_head(selected: Selected) -> Json:
    return {"ids": len(selected.ids), "filter": filter_as_given(selected.filter)}
