"""Merchandising rules from JSON bodies, and to JSON."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from api.body_reading import BodyProblems, Fields, filter_as_given, read_filter, read_ids
from api.product_page import Json
from commerce.merchandising import (
    DEVICES,
    QUERY_TESTS,
    Device,
    FacetDisplay,
    Pin,
    QueryTest,
    Rule,
    Then,
    Units,
    Weight,
    When,
)
from commerce.price_reading import read_moment
from commerce.reading import LONGEST_ID, clean_text
from commerce.rule_documents import moment_text, rule_to_json
from language.filters import Filter
from ranking.merchandising.effects import MOST_PINS
from ranking.merchandising.patterns import InvalidPattern, check_pattern
from recommender.serving import Strategy

_MEMBERS = ("enabled", "priority", "note", "when", "then")
_WHEN = (
    "query",
    "category",
    "filter",
    "buyer",
    "locale",
    "from",
    "until",
    "time_zone",
    "devices",
    "experiment",
    "units",
)
_THEN = ("pin", "boost", "bury", "hide", "filter", "replace_query", "redirect", "banner", "facets")
_LARGEST_PRIORITY = 1_000_000
_LONGEST_QUERY = 1_000
_LONGEST_TEXT = 2_000
_LARGEST_BANNER = 20_000
_MOST_FILTERS = 50
_MOST_FACETS = 50
_LOWEST_POSITION = 1_000
_STRONGEST = 100.0
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_TARGET = re.compile(r"(https?://[^\s\\/]|/(?![/\\]))[^\s\\]*|/")


def rule_from_body(value: object, identity: str, fields: Fields) -> Rule:
    """Read a rule.

    Raises RequestProblem that names every member at fault, or UnknownField or InvalidFilter for a bad filter.
    """
    problems = BodyProblems()
    members = problems.members("", value, _MEMBERS)
    when = problems.members("/when", _or_empty(members.get("when")), _WHEN)
    then = problems.members("/then", _or_empty(members.get("then")), _THEN)
    rule = Rule(
        id=identity,
        when=_when(problems, when),
        then=_then(problems, then),
        enabled=_flag(problems, "/enabled", members.get("enabled"), instead=True),
        priority=_whole(problems, "/priority", members.get("priority"), -_LARGEST_PRIORITY, _LARGEST_PRIORITY, 0),
        note=_text(problems, "/note", members.get("note"), _LONGEST_TEXT),
    )
    if rule.when.units is not None:
        _check_units(problems, rule.then)
    weights = {name: _factors(problems, f"/then/{name}", then.get(name), name) for name in ("boost", "bury")}
    hidden = problems.listed("/then/hide", then.get("hide"))
    if len(hidden) > _MOST_FILTERS:
        problems.add("/then/hide", f"at most {_MOST_FILTERS} filters")
    for at, each in enumerate(hidden):
        if not _is_given(each):
            problems.add(f"/then/hide/{at}", "a filter is needed")
    problems.check()

    def filter_at(pointer: str, given: object) -> Filter | None:
        return read_filter(given, pointer, fields, for_each_buyer=True)

    made = {
        name: tuple(
            Weight(found, factor)
            for at, (given, factor) in enumerate(weighed)
            if (found := filter_at(f"/then/{name}/{at}/filter", given)) is not None
        )
        for name, weighed in weights.items()
    }
    hide = (filter_at(f"/then/hide/{at}", each) for at, each in enumerate(hidden))
    return replace(
        rule,
        when=replace(rule.when, filter=filter_at("/when/filter", when.get("filter"))),
        then=replace(
            rule.then,
            boost=made["boost"],
            bury=made["bury"],
            hide=tuple(each for each in hide if each is not None),
            filter=filter_at("/then/filter", then.get("filter")),
        ),
    )


def rule_to_answer(rule: Rule) -> Json:
    """Return a rule as a body that puts it again, with its id and version."""
    found = rule_to_json(rule)
    found["when"]["filter"] = filter_as_given(rule.when.filter)
    then = found["then"]
    then["filter"] = filter_as_given(rule.then.filter)
    then["hide"] = [filter_as_given(each) for each in rule.then.hide]
    for name, weights in (("boost", rule.then.boost), ("bury", rule.then.bury)):
        then[name] = [{"filter": filter_as_given(each.filter), "factor": each.factor} for each in weights]
    return {"id": rule.id, "version": rule.version, **found}


def _when(problems: BodyProblems, when: Mapping[str, object]) -> When:
    buyer = problems.members("/when/buyer", _or_empty(when.get("buyer")), ("accounts", "groups"))
    zone = _zone(problems, when.get("time_zone"))
    begin = _moment(problems, "/when/from", when.get("from"), zone)
    end = _moment(problems, "/when/until", when.get("until"), zone)
    if begin and end and begin >= end:
        problems.add("/when/until", "must be later than from")
    return When(
        query=_query(problems, when.get("query")),
        category=_text(problems, "/when/category", when.get("category"), _LONGEST_TEXT),
        accounts=read_ids(problems, "/when/buyer/accounts", buyer.get("accounts")),
        groups=read_ids(problems, "/when/buyer/groups", buyer.get("groups")),
        locale=_locale(problems, when.get("locale")),
        begin=begin,
        end=end,
        time_zone=zone,
        devices=_devices(problems, when.get("devices")),
        experiment=_arm(problems, when.get("experiment")),
        units=_units(problems, when.get("units")),
    )


def _then(problems: BodyProblems, then: Mapping[str, object]) -> Then:
    replacing = _text(problems, "/then/replace_query", then.get("replace_query"), _LONGEST_QUERY)
    redirect = _text(problems, "/then/redirect", then.get("redirect"), _LONGEST_TEXT)
    if redirect is not None and not _TARGET.fullmatch(redirect):
        problems.add("/then/redirect", "an address with https:// or http://, or a path of the shop such as /sale")
    banner = then.get("banner")
    try:
        if len(orjson.dumps(banner)) > _LARGEST_BANNER:
            problems.add("/then/banner", f"has more than {_LARGEST_BANNER:,} bytes")
    except orjson.JSONEncodeError:
        problems.add("/then/banner", "nests too deep")
    facets = problems.members("/then/facets", _or_empty(then.get("facets")), ("first", "hidden"))
    return Then(
        pin=_pins(problems, then.get("pin")),
        replace_query=replacing,
        redirect=redirect,
        banner=banner,
        facets=FacetDisplay(
            _names(problems, "/then/facets/first", facets.get("first")),
            _names(problems, "/then/facets/hidden", facets.get("hidden")),
        ),
    )


def _query(problems: BodyProblems, value: object) -> dict[QueryTest, str]:
    found: dict[QueryTest, str] = {}
    given = problems.members("/when/query", _or_empty(value), QUERY_TESTS)
    for test in QUERY_TESTS:
        at, text = f"/when/query/{test}", given.get(test)
        if text is None:
            continue
        if not isinstance(text, str) or len(text) > _LONGEST_QUERY:
            problems.add(at, f"a text of at most {_LONGEST_QUERY:,} characters is needed")
        elif test == "pattern":
            try:
                check_pattern(text)
            except InvalidPattern as error:
                problems.add(at, error.message)
        elif test != "equals" and not text.strip():
            problems.add(at, "a text is needed; an empty `equals` means searches without words")
        found[test] = text if isinstance(text, str) else ""
    return found


def _pins(problems: BodyProblems, value: object) -> tuple[Pin, ...]:
    found: dict[str, Pin] = {}
    given = problems.listed("/then/pin", value)
    if len(given) > MOST_PINS:
        problems.add("/then/pin", f"at most {MOST_PINS} products can be pinned")
    for at, each in enumerate(given[: MOST_PINS + 1]):
        pin = problems.members(f"/then/pin/{at}", each, ("id", "position"))
        identity = pin.get("id")
        if not isinstance(identity, str) or not 0 < len(identity) <= LONGEST_ID or clean_text(identity) != identity:
            problems.add(f"/then/pin/{at}/id", f"a text of 1 to {LONGEST_ID} characters is needed")
            continue
        position = _whole(problems, f"/then/pin/{at}/position", pin.get("position"), 1, _LOWEST_POSITION)
        if identity in found:
            problems.add(f"/then/pin/{at}/id", f"{identity[:40]!r} is pinned already")
        found[identity] = Pin(identity, position)
    return tuple(found.values())


def _factors(problems: BodyProblems, pointer: str, value: object, name: str) -> list[tuple[object, float]]:
    given = problems.listed(pointer, value)
    if len(given) > _MOST_FILTERS:
        problems.add(pointer, f"at most {_MOST_FILTERS} filters")
    found = []
    for at, each in enumerate(given[:_MOST_FILTERS]):
        weight = problems.members(f"{pointer}/{at}", each, ("filter", "factor"))
        if not _is_given(weight.get("filter")):
            problems.add(f"{pointer}/{at}/filter", "a filter is needed")
        factor = weight.get("factor")
        least, most = (1.0, _STRONGEST) if name == "boost" else (1.0 / _STRONGEST, 1.0)
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not least <= factor <= most:
            problems.add(f"{pointer}/{at}/factor", f"a number from {least:g} to {most:g} is needed")
            factor = 1.0
        found.append((weight.get("filter"), float(factor)))
    return found


def _devices(problems: BodyProblems, value: object) -> frozenset[Device]:
    found: set[Device] = set()
    for at, each in enumerate(problems.listed("/when/devices", value)):
        if each in get_args(Device):
            found.add(each)  # type: ignore[arg-type]
        else:
            problems.add(f"/when/devices/{at}", f"is not one of {', '.join(DEVICES)}")
    return frozenset(found)


def _arm(problems: BodyProblems, value: object) -> tuple[str, str] | None:
    if value is None:
        return None
    given = problems.members("/when/experiment", value, ("id", "arm"))
    identity = _text(problems, "/when/experiment/id", given.get("id"), LONGEST_ID)
    arm = _text(problems, "/when/experiment/arm", given.get("arm"), LONGEST_ID)
    if identity is None or arm is None:
        problems.add("/when/experiment", "both id and arm are needed")
    return identity or "", arm or ""


def _units(problems: BodyProblems, value: object) -> Units | None:
    if value is None:
        return None
    given = problems.members("/when/units", value, ("placements", "strategies"))
    strategies = read_ids(problems, "/when/units/strategies", given.get("strategies"))
    for each in sorted(strategies - set(get_args(Strategy))):
        problems.add("/when/units/strategies", f"there is no strategy {each[:100]!r}")
    return Units(read_ids(problems, "/when/units/placements", given.get("placements")), strategies)


def _check_units(problems: BodyProblems, then: Then) -> None:
    said = {"replace_query": then.replace_query, "redirect": then.redirect}
    for name, value in said.items():
        if value is not None:
            problems.add(f"/then/{name}", "is nothing that a unit of recommendations can do: leave it out")
    if then.facets != FacetDisplay():
        problems.add("/then/facets", "units of recommendations have no facets: leave it out")


def _zone(problems: BodyProblems, value: object) -> str | None:
    if value is None:
        return None
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.add("/when/time_zone", "a time zone such as Europe/Berlin is needed")
        return None
    return str(value)


def _moment(problems: BodyProblems, pointer: str, value: object, zone: str | None) -> datetime | None:
    if zone is not None and isinstance(value, str) and _LOCAL.fullmatch(value):
        try:
            return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone))
        except ValueError as error:
            problems.add(pointer, str(error))
            return None
    moment = problems.read(pointer, value, read_moment, None)
    if moment is None or zone is None:
        return moment
    # Kept as it is said in the zone, so that it is read back as the same.
    return datetime.fromisoformat(moment_text(moment, zone) or "").replace(tzinfo=ZoneInfo(zone))


def _locale(problems: BodyProblems, value: object) -> str | None:
    if value is not None and not (isinstance(value, str) and _LOCALE.fullmatch(value)):
        problems.add("/when/locale", "a locale such as de or en-GB is needed")
        return None
    return value


def _names(problems: BodyProblems, pointer: str, value: object) -> tuple[str, ...]:
    given = problems.listed(pointer, value)
    if len(given) > _MOST_FACETS:
        problems.add(pointer, f"at most {_MOST_FACETS} facets")
    for at, each in enumerate(given[:_MOST_FACETS]):
        if not isinstance(each, str) or not 0 < len(each) <= LONGEST_ID:
            problems.add(f"{pointer}/{at}", "a field such as brand or attributes.colour is needed")
    return tuple(dict.fromkeys(each for each in given if isinstance(each, str)))


def _text(problems: BodyProblems, pointer: str, value: object, longest: int) -> str | None:
    if value is None:
        return None
    text = clean_text(value) if isinstance(value, str) else ""
    if not 0 < len(text) <= longest:
        problems.add(pointer, f"a text of 1 to {longest:,} characters is needed, or null")
        return None
    return text


def _flag(problems: BodyProblems, pointer: str, value: object, *, instead: bool) -> bool:
    if value is not None and not isinstance(value, bool):
        problems.add(pointer, "true or false is needed")
    return value if isinstance(value, bool) else instead


def _whole(
    problems: BodyProblems, pointer: str, value: object, least: int, most: int, instead: int | None = None
) -> int:
    if value is None and instead is not None:
        return instead
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        problems.add(pointer, f"a whole number from {least:,} to {most:,} is needed")
        return least
    return value


def _is_given(condition: object) -> bool:
    return condition is not None and not (isinstance(condition, str) and not condition.strip())


def _or_empty(value: object) -> object:
    return {} if value is None else value
