"""Price lists: what some buyers pay instead of the catalogue's own price.

A buyer's token names lists in order of precedence. The price of an article (a product, or a variant of one) at a
quantity is that of the first list which prices it at that quantity; if none does, the catalogue's own price, unless
the token says otherwise. A list prices an article by the row of the largest ``min_quantity`` that is not above the
quantity, or else by the first of its rules that matches. A row with ``net`` None prices it on request: there is no
price, and no later list is asked.

Money is ``Decimal``. What a rule makes is rounded to the currency's minor unit, half away from zero (ROUND_HALF_UP),
once for each rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from language.filters.tree import Filter

OWN = "LIST"
"""What a rule calls the catalogue's own price."""
DEEPEST_CHAIN = 8
"""So many lists at most stand one below the other under a list by their rules."""
_MINOR_DIGITS: Mapping[str, int] = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3,
    "TND": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One article's net price from a quantity on; None is on request."""

    article_id: str
    net: Decimal | None
    min_quantity: int = 1


@dataclass(frozen=True, slots=True)
class PriceRule:
    """The price of articles that meet ``filter`` (None: of all), made from the price in another list or from the
    catalogue's own (``OWN``): base + base x percent / 100 + amount, at least 0. ``filter`` never names ``price``."""

    base: str = OWN
    filter: Filter | None = None
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def applied(self, base: Decimal, currency: str) -> Decimal:
        """Return the price that the rule makes of a base price."""
        return rounded(max(base + base * self.percent / 100 + self.amount, Decimal(0)), currency)


@dataclass(frozen=True, slots=True)
class PriceList:
    """One list. ``rows`` are unique by article and quantity. It holds from ``valid_from`` until before ``valid_until``,
    both with an offset; None is open. ``version`` counts how often it was written."""

    id: str
    currency: str
    rows: tuple[PriceRow, ...] = ()
    rules: tuple[PriceRule, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    version: int = 0

    def holds(self, moment: datetime) -> bool:
        """Say whether the list is in force at a moment."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_until is None or moment < self.valid_until)


@dataclass(frozen=True, slots=True)
class Selected:
    """Products by their ids, and those that meet a filter; either may be empty."""

    ids: frozenset[str] = frozenset()
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class Assortment:
    """The products that some buyers see: those included and not excluded. With nothing to include, all are.

    A token with several assortments sees their union. Filters never name prices or stock, which change by the buyer.
    """

    id: str
    include: Selected | None = None
    exclude: Selected = Selected()
    version: int = 0


def minor_digits(currency: str) -> int:
    """Return how many decimals a currency has."""
    return _MINOR_DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return an amount in the currency's minor unit, half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def by_article(rows: Iterable[PriceRow]) -> dict[str, list[PriceRow]]:
    """Return rows by article, each article's in ascending order of quantity."""
    found: dict[str, list[PriceRow]] = {}
    for row in sorted(rows, key=lambda each: each.min_quantity):
        found.setdefault(row.article_id, []).append(row)
    return found
