"""Merchandising rules: when a search, a page or a buyer is of a kind, then some products stand elsewhere.

A rule says ``when`` it holds and what is done ``then``. Of rules that hold together the one of the higher priority
decides what only one can decide: where a product is pinned, what replaces the query, where the buyer is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from language.filters.tree import Filter

QueryTest = Literal["equals", "contains", "starts_with", "pattern"]
QUERY_TESTS: tuple[QueryTest, ...] = ("equals", "contains", "starts_with", "pattern")
Device = Literal["desktop", "tablet", "mobile", "app"]
DEVICES: tuple[Device, ...] = ("desktop", "tablet", "mobile", "app")
Standing = Literal["in_force", "disabled", "not_yet_in_force", "no_longer_in_force"]


def normalise_query(query: str) -> str:
    """Return a query as rules compare it: without outer spaces, single spaces inside, any case."""
    return " ".join(query.split()).casefold()


@dataclass(frozen=True, slots=True)
class Units:
    """Units of recommendations: those of one of the placements and strategies, of any where none is named."""

    placements: frozenset[str] = frozenset()
    strategies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class When:
    """When a rule holds: all that is said must be so; what is left out is so for everyone.

    A rule with ``units`` is for recommendations, one without for searches and pages of categories.

    ``query`` are texts by how they are compared, all of which must hold. ``category`` is the page of a category.
    ``filter`` holds where the request is narrowed at least as far. A buyer is meant by account or by group.
    ``locale`` "de" is all of German. ``begin`` and ``end`` bound the time, the end outside; with ``time_zone`` they are
    local times there. ``experiment`` is an experiment and one of its arms.
    """

    query: Mapping[QueryTest, str] = field(default_factory=dict)
    category: str | None = None
    filter: Filter | None = None
    accounts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    locale: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    time_zone: str | None = None
    devices: frozenset[Device] = frozenset()
    experiment: tuple[str, str] | None = None
    units: Units | None = None

    @property
    def is_everywhere(self) -> bool:
        """Say whether it does not matter what is asked for: what such a rule hides is hidden everywhere."""
        return not self.query and self.category is None and self.filter is None and self.units is None

    def speaks_to(self, locale: str) -> bool:
        """Say whether a locale is meant."""
        if self.locale is None:
            return True
        mine, asked = self.locale.lower(), locale.lower()
        return asked == mine or asked.startswith(f"{mine}-")


@dataclass(frozen=True, slots=True)
class Pin:
    """A product that stands at a position, the first being 1."""

    id: str
    position: int


@dataclass(frozen=True, slots=True)
class Weight:
    """Products that meet a filter score so many times as much: more than 1 boosts, less buries."""

    filter: Filter
    factor: float


@dataclass(frozen=True, slots=True)
class FacetDisplay:
    """Facets that stand first, in this order, and facets that are not shown unless asked for by name."""

    first: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Then:
    """What a rule does. ``hide`` takes what meets one of its filters out of hits, totals and facets; ``banner`` is any
    JSON value that the storefront makes something of. Units of recommendations know no query to replace, no redirect
    and no facets."""

    pin: tuple[Pin, ...] = ()
    boost: tuple[Weight, ...] = ()
    bury: tuple[Weight, ...] = ()
    hide: tuple[Filter, ...] = ()
    filter: Filter | None = None
    replace_query: str | None = None
    redirect: str | None = None
    banner: Any | None = None
    facets: FacetDisplay = FacetDisplay()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``note`` is for its keepers; ``version`` counts how often it was written."""

    id: str
    when: When = field(default_factory=When)
    then: Then = field(default_factory=Then)
    enabled: bool = True
    priority: int = 0
    note: str | None = None
    version: int = 0

    def standing(self, moment: datetime) -> Standing:
        """Return whether the rule is in force at a moment, and if not, why."""
        if not self.enabled:
            return "disabled"
        if self.when.begin is not None and moment < self.when.begin:
            return "not_yet_in_force"
        if self.when.end is not None and moment >= self.when.end:
            return "no_longer_in_force"
        return "in_force"
