"""What a storefront asks of search, checked and typed; and what ranking answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from commerce.merchandising import Device
from engines.plan import Selection
from engines.results import Facet, Hit
from language.errors import VitrineError
from language.filters.tree import Filter
from ranking.measures import Constraint
from ranking.merchandising.effects import Applied, Banner
from ranking.words import CompoundRead

Mode = Literal["lexical", "semantic", "hybrid"]
MatchedBy = Literal["identifier", "lexical", "semantic"]


class InvalidPage(VitrineError):
    """Paging outside the limits; the message says which."""

    code = "invalid_page"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. ``facets`` None picks them automatically; ``facet_search`` is (field, prefix).

    Prices are those that hold ``at`` a moment, None is now. Rules may ask for a ``device`` and for the ``arms`` of
    experiments, by the experiments' ids.
    """

    query: str = ""
    page: int = 1
    page_size: int = 24
    cursor: str | None = None
    filter: Filter | None = None
    selections: tuple[Selection, ...] = ()
    facets: tuple[str, ...] | None = None
    facet_limit: int = 20
    facet_search: tuple[str, str] | None = None
    sort: str = "relevance"
    locale: str | None = None
    mode: Mode = "hybrid"
    personalize: bool = True
    explain: bool = False
    at: datetime | None = None
    device: Device | None = None
    arms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How the query was understood; shown to the storefront as it is. ``ignored`` are stop words that it said."""

    language: str
    corrected_query: str | None = None
    part_number: str | None = None
    category: str | None = None
    constraints: tuple[Constraint, ...] = ()
    relaxed: tuple[str, ...] = ()
    semantic_hits: int = 0
    ignored: tuple[str, ...] = ()
    compounds: tuple[CompoundRead, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's share in a hit's score."""

    name: str
    contribution: float
    detail: str


class RankedHit(NamedTuple):
    """A hit with its highlights by field (HTML-escaped text with ``<mark>``) and, if asked for, its explanation.

    ``matched_by`` are the ways that it was found in, none when browsing. ``team`` is the ranking that it comes from in
    an interleaving: 0 the first, 1 the second, None for neither.
    """

    hit: Hit
    position: int
    matched_by: tuple[MatchedBy, ...]
    highlight: Mapping[str, str]
    stages: tuple[Stage, ...] | None = None
    team: int | None = None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The whole answer to a search, in ``locale``; ``timings`` are milliseconds by stage. ``total_is_exact`` is False
    where a part of the index could not answer. ``personalized`` says that a profile had a say in the order. ``rules``
    are those that acted, ``redirect`` is where one of them sends the buyer instead."""

    hits: tuple[RankedHit, ...]
    total: int
    interpretation: Interpretation
    facets: tuple[Facet, ...]
    cursor: str | None
    locale: str
    timings: Mapping[str, float]
    total_is_exact: bool = True
    personalized: bool = False
    rules: tuple[Applied, ...] = ()
    banners: tuple[Banner, ...] = ()
    redirect: str | None = None
