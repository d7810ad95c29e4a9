"""What the rules that hold together do to one search."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from commerce.merchandising import FacetDisplay, Pin, Rule, Weight
from language.filters.tree import And, Filter, Not, Or

MOST_PINS = 100


@dataclass(frozen=True, slots=True)
class Banner:
    """Data for the storefront to show above the hits, and the rule that it comes from."""

    rule_id: str
    data: Any


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that holds, what it does, and what it asked for and found."""

    id: str
    effects: tuple[str, ...]
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """All that rules do to a search.

    ``condition`` narrows it: what is to be filtered, and nothing of what is hidden. ``pins`` name each product once, by
    their positions, each with the rule that says so. ``replace_query`` and ``redirect`` are those of the rule of the
    highest priority that has one.
    """

    rules: tuple[Rule, ...] = ()
    condition: Filter | None = None
    weights: tuple[Weight, ...] = ()
    pins: tuple[tuple[Pin, str], ...] = ()
    replace_query: str | None = None
    redirect: str | None = None
    banners: tuple[Banner, ...] = ()
    facets: FacetDisplay = field(default_factory=FacetDisplay)

    def pinned_by(self, identity: str) -> str | None:
        """Return the rule that pins a product."""
        return next((rule for pin, rule in self.pins if pin.id == identity), None)

    def applied(self, pinned: Iterable[str]) -> tuple[Applied, ...]:
        """Return the rules with what they do, where the products ``pinned`` are shown where they were pinned."""
        placed = set(pinned)
        acting = {rule for pin, rule in self.pins if pin.id in placed}
        found = []
        for rule in self.rules:
            effects = tuple(self._done_by(rule, pins=rule.id in acting))
            if effects:
                found.append(Applied(rule.id, effects, tuple(_reasons(rule))))
        return tuple(found)

    def _done_by(self, rule: Rule, *, pins: bool) -> Iterator[str]:
        then = rule.then
        if pins:
            yield "pin"
        for name in ("boost", "bury", "hide", "filter", "banner"):
            # An empty banner is one all the same.
            if getattr(then, name) not in (None, ()):
                yield name
        if then.replace_query is not None and rule is self._first(lambda each: each.then.replace_query):
            yield "replace_query"
        if then.redirect is not None and rule is self._first(lambda each: each.then.redirect):
            yield "redirect"
        if then.facets != FacetDisplay():
            yield "facets"

    def _first(self, effect: Callable[[Rule], object]) -> Rule | None:
        return next((rule for rule in self.rules if effect(rule) is not None), None)


NO_EFFECTS = Effects()


def effects_of(rules: Iterable[Rule]) -> Effects:
    """Join what rules do; they come in the order of their priority."""
    holding = tuple(rules)
    if not holding:
        return NO_EFFECTS
    hidden = tuple(each for rule in holding for each in rule.then.hide)
    narrowing = [rule.then.filter for rule in holding if rule.then.filter is not None]
    if hidden:
        narrowing.append(Not(hidden[0] if len(hidden) == 1 else Or(hidden)))
    return Effects(
        rules=holding,
        condition=None if not narrowing else narrowing[0] if len(narrowing) == 1 else And(tuple(narrowing)),
        weights=tuple(each for rule in holding for each in (*rule.then.boost, *rule.then.bury)),
        pins=_pins(holding),
        replace_query=next((r.then.replace_query for r in holding if r.then.replace_query is not None), None),
        redirect=next((rule.then.redirect for rule in holding if rule.then.redirect is not None), None),
        banners=tuple(Banner(rule.id, rule.then.banner) for rule in holding if rule.then.banner is not None),
        facets=FacetDisplay(
            tuple(dict.fromkeys(each for rule in holding for each in rule.then.facets.first)),
            tuple(dict.fromkeys(each for rule in holding for each in rule.then.facets.hidden)),
        ),
    )


def _pins(rules: Iterable[Rule]) -> tuple[tuple[Pin, str], ...]:
    """Return each product that is pinned once, by position; of two at one position that of the first rule leads."""
    first: dict[str, tuple[Pin, str]] = {}
    for rule in rules:
        for pin in rule.then.pin:
            if len(first) < MOST_PINS:
                first.setdefault(pin.id, (pin, rule.id))
    return tuple(sorted(first.values(), key=lambda each: each[0].position))


def _reasons(rule: Rule) -> Iterator[str]:
    when = rule.when
    for test, text in when.query.items():
        yield f"query {test.replace('_', ' ')} {' '.join(text.split())}"
    if when.units is not None:
        yield from (f"placement {each}" for each in sorted(when.units.placements))
        yield from (f"strategy {each}" for each in sorted(when.units.strategies))
    if when.category is not None:
        yield f"category {when.category}"
    if when.filter is not None:
        yield "filter"
    if when.accounts or when.groups:
        yield "buyer"
    if when.locale is not None:
        yield f"locale {when.locale}"
    if when.begin is not None or when.end is not None:
        yield "time"
    if when.devices:
        yield "device"
    if when.experiment is not None:
        yield "experiment"
