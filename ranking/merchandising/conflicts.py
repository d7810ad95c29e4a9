"""What merchandisers should know of their rules: where two say different things of one search, or one says nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice
from typing import Literal

from commerce.buyer import Buyer
from commerce.merchandising import Rule, Then, When, normalise_query
from engines.plan import SearchPlan
from engines.port import SearchIndex
from language.filters.tree import And, In, fields_of
from ranking.merchandising.table import holds

ConflictKind = Literal[
    "same_position", "pinned_twice", "pin_hidden", "boosted_and_buried", "replace_query", "redirect",
    "unknown_product", "unknown_field", "ended", "does_nothing",
]  # fmt: skip
_MOST_PAIRS = 500_000
_EVERYONE = Buyer()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One finding about a rule, or about two that may hold together."""

    kind: ConflictKind
    rules: tuple[str, ...]
    detail: str


def conflicts(rules: Sequence[Rule], index: SearchIndex, moment: datetime) -> tuple[list[Conflict], bool]:
    """Return what is to be known of enabled rules, and whether all pairs that may hold together were compared."""
    enabled = [rule for rule in rules if rule.enabled]
    found = [each for rule in enabled for each in _alone(rule, moment)]
    found += _unknown(enabled, index)
    lasting = [rule for rule in enabled if rule.standing(moment) != "no_longer_in_force"]
    pairs = list(islice(_pairs(lasting), _MOST_PAIRS + 1))
    for one, other in pairs[:_MOST_PAIRS]:
        found += _between(one, other, index)
    return found, len(pairs) <= _MOST_PAIRS


def conflicts_of(rule: Rule, others: Iterable[Rule], index: SearchIndex, moment: datetime) -> list[Conflict]:
    """Return what is to be known of one rule beside all others."""
    found = [*_alone(rule, moment), *_unknown([rule], index)]
    past = ("disabled", "no_longer_in_force")
    if rule.standing(moment) not in past:
        for other in others:
            if other.id != rule.id and other.standing(moment) not in past and may_meet(rule.when, other.when):
                found += _between(rule, other, index)
    return found


def may_meet(one: When, other: When) -> bool:
    """Say whether two rules may hold for one search; of two texts inside a query only if one is inside the other."""
    return (
        _queries_meet(one, other)
        and (one.category is None or other.category is None or one.category == other.category)
        and _locales_meet(one, other)
        and not (one.end is not None and other.begin is not None and one.end <= other.begin)
        and not (other.end is not None and one.begin is not None and other.end <= one.begin)
        and not (one.devices and other.devices and one.devices.isdisjoint(other.devices))
        and _buyers_meet(one, other)
        and _arms_meet(one, other)
        and _units_meet(one, other)
    )


def _pairs(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Yield the pairs that may hold together; rules for different whole queries are never compared."""
    by_query: dict[str, list[Rule]] = {}
    others: list[Rule] = []
    for rule in rules:
        text = rule.when.query.get("equals")
        if text is None:
            others.append(rule)
        else:
            by_query.setdefault(normalise_query(text), []).append(rule)
    for same in by_query.values():
        yield from ((a, b) for a, b in combinations(same, 2) if may_meet(a.when, b.when))
    yield from ((a, b) for a, b in combinations(others, 2) if may_meet(a.when, b.when))
    exact = [rule for same in by_query.values() for rule in same]
    yield from ((a, b) for a in others for b in exact if may_meet(a.when, b.when))


def _queries_meet(one: When, other: When) -> bool:
    if not one.query or not other.query:
        return True
    for mine, theirs in ((one, other), (other, one)):
        if (text := mine.query.get("equals")) is not None:
            query = normalise_query(text)
            return all(holds(test, text, query) for test, text in theirs.query.items())
    if one.query.keys() & other.query.keys() >= {"pattern"}:
        return one.query["pattern"] == other.query["pattern"]
    texts = [next(iter(each.query.values())) for each in (one, other)]
    return any(
        all(holds(test, said, normalise_query(text)) for test, said in each.query.items())
        for text, each in zip(texts, (other, one), strict=True)
    )


def _locales_meet(one: When, other: When) -> bool:
    return one.locale is None or other.locale is None or one.speaks_to(other.locale) or other.speaks_to(one.locale)


def _buyers_meet(one: When, other: When) -> bool:
    if not (one.accounts or one.groups) or not (other.accounts or other.groups):
        return True
    return not one.accounts.isdisjoint(other.accounts) or not one.groups.isdisjoint(other.groups)


def _arms_meet(one: When, other: When) -> bool:
    if one.experiment is None or other.experiment is None:
        return True
    return one.experiment[0] != other.experiment[0] or one.experiment[1] == other.experiment[1]


def _units_meet(one: When, other: When) -> bool:
    if one.units is None and other.units is None:
        return True
    if one.units is None or other.units is None:
        # What a rule for searches hides whatever is asked for, units do not show.
        return one.is_everywhere or other.is_everywhere
    return all(
        not mine or not theirs or not mine.isdisjoint(theirs)
        for mine, theirs in (
            (one.units.placements, other.units.placements),
            (one.units.strategies, other.units.strategies),
        )
    )


def _alone(rule: Rule, moment: datetime) -> Iterator[Conflict]:
    if rule.then == Then():
        yield Conflict("does_nothing", (rule.id,), "says nothing under `then`")
    if rule.standing(moment) == "no_longer_in_force":
        yield Conflict("ended", (rule.id,), f"held until {rule.when.end}")


def _unknown(rules: Sequence[Rule], index: SearchIndex) -> Iterator[Conflict]:
    pinned = list(dict.fromkeys(pin.id for rule in rules for pin in rule.then.pin))
    known: set[str] = set()
    for first in range(0, len(pinned), 1_000):
        known |= index.get(pinned[first : first + 1_000], _EVERYONE).keys()
    fields = index.fields()
    for rule in rules:
        for pin in rule.then.pin:
            if pin.id not in known:
                yield Conflict("unknown_product", (rule.id,), f"pins {pin.id!r}, which the catalogue does not have")
        for field in dict.fromkeys(_fields(rule)):
            if field not in fields:
                yield Conflict("unknown_field", (rule.id,), f"names {field!r}, which the catalogue does not have")


def _fields(rule: Rule) -> Iterator[str]:
    then = rule.then
    weights = [each.filter for each in (*then.boost, *then.bury)]
    for node in (rule.when.filter, then.filter, *then.hide, *weights):
        if node is not None:
            yield from fields_of(node)
    yield from (*then.facets.first, *then.facets.hidden)


def _between(one: Rule, other: Rule, index: SearchIndex) -> Iterator[Conflict]:
    both = (one.id, other.id)
    if (one.when.units is None) != (other.when.units is None):
        pinning, hiding = (one, other) if other.when.units is None else (other, one)
        yield from _hidden(pinning, hiding, index)
        return
    mine, theirs = _positions(one), _positions(other)
    for identity in mine.keys() & theirs.keys():
        if mine[identity] != theirs[identity]:
            yield Conflict("pinned_twice", both, f"{identity!r} at {mine[identity]} and at {theirs[identity]}")
    taken = {position: identity for identity, position in theirs.items()}
    for identity, position in mine.items():
        if taken.get(position, identity) != identity:
            yield Conflict("same_position", both, f"{identity!r} and {taken[position]!r} at position {position}")
    for pinning, hiding in ((one, other), (other, one)):
        yield from _hidden(pinning, hiding, index)
    for boosting, burying in ((one, other), (other, one)):
        if common := {each.filter for each in boosting.then.boost} & {each.filter for each in burying.then.bury}:
            yield Conflict("boosted_and_buried", both, f"{len(common)} filters are boosted by one, buried by the other")
    for name in ("replace_query", "redirect"):
        said = [getattr(rule.then, name) for rule in (one, other)]
        if None not in said and said[0] != said[1]:
            yield Conflict(name, both, f"{said[0]!r} and {said[1]!r}; the higher priority decides, then the id")


def _positions(rule: Rule) -> Mapping[str, int]:
    return {pin.id: pin.position for pin in rule.then.pin}


def _hidden(pinning: Rule, hiding: Rule, index: SearchIndex) -> Iterator[Conflict]:
    ids = tuple(pin.id for pin in pinning.then.pin)
    if not ids:
        return
    for condition in hiding.then.hide:
        plan = SearchPlan(buyer=_EVERYONE, filter=And((In("id", ids), condition)), limit=len(ids))
        for hit in index.search(plan).hits:
            yield Conflict("pin_hidden", (pinning.id, hiding.id), f"{hit.product.id!r} is pinned, and hidden")
