"""The search plan: what to find, said once, for any engine to execute. Engines execute plans; they never parse text."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from commerce.buyer import ANONYMOUS, Buyer
from commerce.merchandising import Weight
from language.filters.tree import Filter, Scalar

HEAVIEST = 100.0
"""No weights together multiply a score by more."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the query, analysed: it matches if any of ``forms`` stands in a searched field.

    ``forms`` are index terms, each with a weight in (0, 1]; the query's own word has weight 1, corrections less.
    ``prefix`` lets the typed text match as the beginning of a word (the last word while a buyer is typing). It also
    matches where the ``condition`` holds for one of the product's units: what a quantity says of typed attributes.
    """

    text: str
    forms: tuple[tuple[str, float], ...]
    prefix: str | None = None
    condition: Filter | None = None


@dataclass(frozen=True, slots=True)
class Boost:
    """What a text match prefers: ``score`` is added for products of which one unit meets the condition."""

    condition: Filter
    score: float


@dataclass(frozen=True, slots=True)
class TextMatch:
    """The textual part of a plan.

    ``fields`` weigh the searched text fields. Documents that match more of ``words`` stand first. Where at least
    ``enough`` products match a number of words, products that match fewer are left out; none matches fewer
    than ``minimum``.
    ``phrases`` are runs of index terms that earn ``phrase_boost`` where they stand together in the title.
    ``identifiers`` are normalised part numbers; a document that carries one stands before all others. ``pieces`` are
    normalised parts of some, of four characters at least; behind those with a whole one stands a document that has a
    number beginning with one of them, then a document that has one inside, then all that match words only. A GTIN is
    found by eight of its digits. ``boosts`` decide among products that match as many words, and find nothing by
    themselves. The texts that are searched are those of ``locale``, None for the catalogue's default.
    """

    words: tuple[Word, ...]
    fields: Mapping[str, float]
    minimum: int
    enough: int = 10
    phrases: tuple[tuple[str, ...], ...] = ()
    phrase_boost: float = 2.0
    identifiers: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    boosts: tuple[Boost, ...] = ()
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class VectorMatch:
    """The products nearest in meaning: up to ``limit`` whose inner product with ``values`` is at least ``floor``."""

    values: tuple[float, ...]
    floor: float
    limit: int


class Interval(NamedTuple):
    """A half-open range ``gte <= x < lt``; a missing end is open."""

    gte: float | None = None
    lt: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the buyer ticked in one facet: any of ``values`` or any of ``intervals``."""

    field: str
    values: tuple[Scalar, ...] = ()
    intervals: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """Count the values of one field; ``prefix`` keeps the values that begin with it (any case)."""

    field: str
    limit: int = 20
    prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of hits. ``field`` is ``relevance``, ``popularity``, ``released``, ``price`` or ``attributes.X``."""

    field: str = "relevance"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """All that an engine needs to answer; nothing in it is text that still has to be understood.

    Prices, assortments and what is available are the ``buyer``'s as they hold ``at`` a moment, None is now.
    ``text`` and ``vector`` None browses the catalogue; a plan has one of them at most, and whoever wants both fuses two
    answers: ``also`` are the ids of products that are found beside those of the text, as far as the buyer sees them and
    the filter holds, and stand behind them. ``auto_facets`` asks for that many facets beside ``facets``, picked by
    coverage and information within the result set. ``cursor`` continues behind an earlier answer and excludes
    ``offset``. ``with_vectors`` asks for the hits' vectors. What a promotion makes cheaper for the buyer scores by the
    share ``on_offer_boost`` more, among products that match as many words; without promotions it changes nothing.
    ``even_ranges`` cuts the numbers of facets but prices so that each interval has about as many products, see
    ``ranges.even_intervals``, and tells the span of the numbers in each.
    The score of a product with a unit that meets a filter of ``weights``, and the plan's, is multiplied by the factor,
    among products that match as many words; several are multiplied up to ``HEAVIEST``. What is found beside the text
    and what a vector finds keeps its score, and its hit says the factor.
    The products of the ids ``apart`` are counted in facets where they are found, but are neither among the hits nor in
    the total: whoever asks shows them elsewhere.
    """

    buyer: Buyer = ANONYMOUS
    at: datetime | None = None
    text: TextMatch | None = None
    vector: VectorMatch | None = None
    also: tuple[str, ...] = ()
    filter: Filter | None = None
    selections: tuple[Selection, ...] = ()
    facets: tuple[FacetRequest, ...] = ()
    auto_facets: int = 0
    facet_limit: int = 20
    sort: Sort = field(default_factory=Sort)
    offset: int = 0
    limit: int = 24
    cursor: str | None = None
    with_vectors: bool = False
    on_offer_boost: float = 0.0
    even_ranges: bool = False
    weights: tuple[Weight, ...] = ()
    apart: tuple[str, ...] = ()


def search_fingerprint(plan: SearchPlan) -> bytes:
    """Return eight bytes that all pages of one search share, whatever else each page asks for beside its hits."""
    same = replace(
        plan,
        cursor=None,
        limit=0,
        offset=0,
        facets=(),
        auto_facets=0,
        facet_limit=0,
        even_ranges=False,
        also=(),
        with_vectors=False,
    )
    return hashlib.blake2b(repr(same).encode(), digest_size=8).digest()
