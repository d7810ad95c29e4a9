"""Merchandising rules as JSON objects in the contract's shape, for the records: written and read back as the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from commerce.merchandising import FacetDisplay, Pin, Rule, Then, Units, Weight, When
from language.filters.tree import Filter
from language.filters.twin import filter_from_json, to_json


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Return all of a rule but its id and version."""
    when, then = rule.when, rule.then
    return {
        "enabled": rule.enabled,
        "priority": rule.priority,
        "note": rule.note,
        "when": {
            "query": dict(sorted(when.query.items())) or None,
            "category": when.category,
            "filter": _filter(when.filter),
            "buyer": {"accounts": sorted(when.accounts), "groups": sorted(when.groups)},
            "locale": when.locale,
            "from": moment_text(when.begin, when.time_zone),
            "until": moment_text(when.end, when.time_zone),
            "time_zone": when.time_zone,
            "devices": sorted(when.devices),
            "experiment": None if when.experiment is None else dict(zip(("id", "arm"), when.experiment, strict=True)),
            "units": when.units
            and {"placements": sorted(when.units.placements), "strategies": sorted(when.units.strategies)},
        },
        "then": {
            "pin": [{"id": each.id, "position": each.position} for each in then.pin],
            "boost": [{"filter": to_json(each.filter), "factor": each.factor} for each in then.boost],
            "bury": [{"filter": to_json(each.filter), "factor": each.factor} for each in then.bury],
            "hide": [to_json(each) for each in then.hide],
            "filter": _filter(then.filter),
            "replace_query": then.replace_query,
            "redirect": then.redirect,
            "banner": then.banner,
            "facets": {"first": list(then.facets.first), "hidden": list(then.facets.hidden)},
        },
    }


def rule_from_json(identity: str, value: Mapping[str, Any], version: int = 0) -> Rule:
    """Return the rule that ``rule_to_json`` wrote."""
    when, then = value["when"], value["then"]
    arm, units = when["experiment"], when.get("units")
    return Rule(
        id=identity,
        when=When(
            query=when["query"] or {},
            category=when["category"],
            filter=_read(when["filter"]),
            accounts=frozenset(when["buyer"]["accounts"]),
            groups=frozenset(when["buyer"]["groups"]),
            locale=when["locale"],
            begin=moment_of(when["from"], when["time_zone"]),
            end=moment_of(when["until"], when["time_zone"]),
            time_zone=when["time_zone"],
            devices=frozenset(when["devices"]),
            experiment=None if arm is None else (arm["id"], arm["arm"]),
            units=None if units is None else Units(frozenset(units["placements"]), frozenset(units["strategies"])),
        ),
        then=Then(
            pin=tuple(Pin(each["id"], each["position"]) for each in then["pin"]),
            boost=_weights(then["boost"]),
            bury=_weights(then["bury"]),
            hide=tuple(filter_from_json(each) for each in then["hide"]),
            filter=_read(then["filter"]),
            replace_query=then["replace_query"],
            redirect=then["redirect"],
            banner=then["banner"],
            facets=FacetDisplay(tuple(then["facets"]["first"]), tuple(then["facets"]["hidden"])),
        ),
        enabled=value["enabled"],
        priority=value["priority"],
        note=value["note"],
        version=version,
    )


def moment_text(moment: datetime | None, zone: str | None) -> str | None:
    """Return a time as it was said: a local one of the zone, or with its offset."""
    if moment is None:
        return None
    return (moment if zone is None else moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)).isoformat()


def moment_of(text: str | None, zone: str | None) -> datetime | None:
    """Return the time that ``moment_text`` wrote."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if zone is None else moment.replace(tzinfo=ZoneInfo(zone))


def _filter(node: Filter | None) -> object:
    return None if node is None else to_json(node)


def _read(value: object) -> Filter | None:
    return None if value is None else filter_from_json(value)


def _weights(values: list[dict[str, Any]]) -> tuple[Weight, ...]:
    return tuple(Weight(filter_from_json(each["filter"]), each["factor"]) for each in values)
