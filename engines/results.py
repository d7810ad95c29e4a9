"""What an engine answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commerce.availability import Availability
from commerce.promotions import Promoted
from engines.plan import Interval
from language.filters.tree import Scalar

FacetType = Literal["terms", "range", "boolean", "hierarchy"]


class UnitOffer(NamedTuple):
    """The buyer's offer of one variant.

    ``own`` is the catalogue's own price, ``price_list`` the list that ``net`` comes from, None for the catalogue's own.
    ``tiers`` are (quantity, net) pairs of greater quantities, net None for on request; None stands for those in
    ``StoredProduct.more``. ``promoted`` is how promotions came to ``net``, None where none lowers it.
    """

    id: str
    net: Decimal | None
    stock: int | None
    own: Decimal | None = None
    price_list: str | None = None
    tiers: tuple[tuple[int, Decimal | None], ...] | None = None
    availability: Availability = Availability()
    promoted: Promoted | None = None


class StoredProduct(NamedTuple):
    """A product as the engine keeps it: the contract's ``product`` object as UTF-8 JSON, and its offer.

    ``more`` is a JSON object of what the product has beyond that object, empty for most. ``units`` are the variants'
    offers; those that meet the search's conditions are ``matched``, none where it has no conditions. With variants
    ``net`` is the lowest price and ``stock`` the sum, both of those that match. ``own``, ``price_list``,
    ``tiers`` and ``promoted`` are those of the offer that ``net`` is of, see ``UnitOffer``.
    """

    id: str
    document: bytes
    title: str
    net: Decimal | None
    stock: int | None
    more: bytes = b""
    units: tuple[UnitOffer, ...] = ()
    matched: tuple[str, ...] = ()
    own: Decimal | None = None
    price_list: str | None = None
    tiers: tuple[tuple[int, Decimal | None], ...] | None = None
    availability: Availability = Availability()
    promoted: Promoted | None = None


class Hit(NamedTuple):
    """One product found. ``by_identifier`` says that it matched by part number and not by words, ``words`` how many of
    the plan's words it matches, ``for_stock`` is the part of the score that it has for being in stock. ``vector`` is
    the product's embedding where the plan asks for it, as far as there is one. ``factor`` is what the plan's weights
    multiply its score by."""

    product: StoredProduct
    score: float
    by_identifier: bool = False
    words: int = 0
    for_stock: float = 0.0
    vector: NDArray[np.float32] | None = None
    factor: float = 1.0


@dataclass(slots=True)
class FacetValue:
    """One line of a facet: a value (terms, boolean), a path with its level (hierarchy) or an interval (range).

    ``span`` is the smallest and the largest number in an interval, told where ``even_ranges`` are asked for.

    Not frozen: an answer has about a hundred, and freezing makes them three times slower to make.
    """

    count: int
    value: Scalar | None = None
    interval: Interval | None = None
    level: int | None = None
    selected: bool = False
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """The counts of one field within the result set; ``stats`` are (min, max, mean) of a numeric field."""

    field: str
    type: FacetType
    values: tuple[FacetValue, ...]
    stats: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order with the number of matches, and the facets in the order asked for, automatic ones last.

    ``words`` is how many words of the plan every hit matches at least. ``cursor`` continues behind the last
    hit; None when there is no more. ``timings`` are milliseconds by stage. ``exact`` is False where a part of the index
    could not answer: then hits, total and facets are of the rest.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    words: int = 0
    cursor: str | None = None
    timings: Mapping[str, float] | None = None
    exact: bool = True
