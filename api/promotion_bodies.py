"""Promotions from JSON bodies, and to JSON."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from api.body_reading import BodyProblems, Fields, amount_as_given, filter_as_given, read_filter, read_ids
from api.product_page import Json
from commerce.price_reading import read_amount, read_moment, read_percent
from commerce.pricing import Selected
from commerce.promotions import Promotion
from commerce.reading import LARGEST_QUANTITY, clean_text, read_price

_MEMBERS = (
    "enabled", "text", "code", "valid_from", "valid_until", "ids", "filter", "percent", "amount", "net", "priority",
    "stackable", "applies_to_price_lists", "limits",
)  # fmt: skip
_LIMITS = ("minimum_net", "min_quantity")
_KINDS = ("percent", "amount", "net")
_LONGEST_TEXT = 200
_LONGEST_CODE = 64
_LONGEST_LOCALE = 35
_MOST_TEXTS = 100
_LARGEST_PRIORITY = 1_000_000


def promotion_from_json(value: object, identity: str, fields: Fields) -> Promotion:
    """Read a promotion.

    Raises RequestProblem that names every member at fault, or UnknownField or InvalidFilter for a bad filter.
    """
    problems = BodyProblems()
    members = problems.members("", value, _MEMBERS)
    limits = problems.members("/limits", members.get("limits") or {}, _LIMITS)
    begin = problems.read("/valid_from", members.get("valid_from"), read_moment, None)
    end = problems.read("/valid_until", members.get("valid_until"), read_moment, None)
    if begin and end and begin >= end:
        problems.add("/valid_until", "must be later than valid_from")
    promotion = Promotion(
        id=identity,
        selected=Selected(read_ids(problems, "/ids", members.get("ids"))),
        text=_text(problems, members.get("text")),
        code=_code(problems, members.get("code")),
        enabled=_flag(problems, members, "enabled", instead=True),
        valid_from=begin,
        valid_until=end,
        priority=_whole(problems, "/priority", members.get("priority"), 0, -_LARGEST_PRIORITY, _LARGEST_PRIORITY),
        stackable=_flag(problems, members, "stackable", instead=False),
        applies_to_price_lists=_flag(problems, members, "applies_to_price_lists", instead=False),
        minimum_net=_money(problems, "/limits/minimum_net", limits.get("minimum_net")),
        min_quantity=_whole(problems, "/limits/min_quantity", limits.get("min_quantity"), 1, 1, LARGEST_QUANTITY),
    )
    promotion = _with_reduction(promotion, members, problems)
    condition = members.get("filter")
    has_filter = condition is not None and not (isinstance(condition, str) and not condition.strip())
    if not promotion.selected.ids and not has_filter:
        problems.add("/filter", "ids or a filter are needed; `id EXISTS` is a filter for all products")
    problems.check()
    return replace(promotion, selected=replace(promotion.selected, filter=read_filter(condition, "/filter", fields)))


def promotion_to_json(promotion: Promotion) -> Json:
    """Return a promotion as a body that puts it again, with its id and version."""
    fixed = promotion.net is not None
    return {
        "id": promotion.id,
        "version": promotion.version,
        "enabled": promotion.enabled,
        "text": dict(promotion.text),
        "code": promotion.code,
        "valid_from": promotion.valid_from and promotion.valid_from.isoformat(),
        "valid_until": promotion.valid_until and promotion.valid_until.isoformat(),
        "ids": sorted(promotion.selected.ids),
        "filter": filter_as_given(promotion.selected.filter),
        "percent": amount_as_given(promotion.percent) if not fixed and promotion.percent else None,
        "amount": amount_as_given(promotion.amount) if not fixed and promotion.amount else None,
        "net": amount_as_given(promotion.net),
        "priority": promotion.priority,
        "stackable": promotion.stackable,
        "applies_to_price_lists": promotion.applies_to_price_lists,
        "limits": {"minimum_net": amount_as_given(promotion.minimum_net), "min_quantity": promotion.min_quantity},
    }


def promotion_head_to_json(promotion: Promotion) -> Json:
    """Return a promotion with the number of its ids in the place of them."""
    return {**promotion_to_json(promotion), "ids": len(promotion.selected.ids)}


def _with_reduction(promotion: Promotion, members: Mapping[str, object], problems: BodyProblems) -> Promotion:
    given = [name for name in _KINDS if members.get(name) is not None]
    if len(given) != 1:
        problems.add(f"/{given[1] if given else _KINDS[0]}", f"exactly one of {', '.join(_KINDS)} is needed")
        return promotion
    [kind] = given
    if kind == "net":
        return replace(promotion, net=_money(problems, "/net", members["net"]))
    reader = read_percent if kind == "percent" else read_amount
    zero = Decimal(0)
    off = problems.read(f"/{kind}", members[kind], reader, zero)
    if off > 0:
        problems.add(f"/{kind}", f"a promotion never raises a price: write {-off:f} to take {off:f} off")
    elif off == 0:
        problems.add(f"/{kind}", "takes nothing off: write a negative number, such as -10.0")
    return replace(promotion, percent=off) if kind == "percent" else replace(promotion, amount=off)


def _text(problems: BodyProblems, value: object) -> Mapping[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or len(value) > _MOST_TEXTS:
        problems.add("/text", f"an object of texts by locale, at most {_MOST_TEXTS}, is needed")
        return {}
    found: dict[str, str] = {}
    for locale, given in value.items():
        text = clean_text(given) if isinstance(given, str) else ""
        if not 0 < len(locale) <= _LONGEST_LOCALE or not 0 < len(text) <= _LONGEST_TEXT:
            problems.add("/text", f"a locale such as de, and a text of 1 to {_LONGEST_TEXT} characters, are needed")
            break
        found[str(locale)] = text
    return found


def _code(problems: BodyProblems, value: object) -> str:
    if value is None:
        return "promotion"
    text = clean_text(value) if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST_CODE:
        problems.add("/code", f"a text of 1 to {_LONGEST_CODE} characters is needed")
    return text


def _flag(problems: BodyProblems, members: Mapping[str, object], name: str, *, instead: bool) -> bool:
    value = members.get(name)
    if value is None:
        return instead
    if not isinstance(value, bool):
        problems.add(f"/{name}", "true or false is needed")
        return instead
    return value


def _whole(problems: BodyProblems, at: str, value: object, instead: int, least: int, most: int) -> int:
    if value is None:
        return instead
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        problems.add(at, f"a whole number from {least:,} to {most:,} is needed")
        return instead
    return value


def _money(problems: BodyProblems, at: str, value: object) -> Decimal | None:
    return None if value is None else problems.read(at, value, read_price, Decimal(0))
