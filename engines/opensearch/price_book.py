"""Which price lists a version has: the directory that a commit names.

Every list owns a stretch of the whole numbers, its span, in which each of its prices is a point: the first number says
"on request", the following ones are 0, 1, 2 … of the list's smallest step of money. So one multi-valued field of a unit
holds its prices in all lists, a range of it is a condition on one list's prices, and no two lists can meet. Whoever
writes a list again gives it a new number and a new span; what is left of the old one names a list that is no more.

The one field is cut into ``PARTS`` by the number of the list: counting and ordering walk over all values that a unit
has in a field, and those of the other parts' lists they need not see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from commerce.pricing import PriceRule
from engines.opensearch.conditions import UNITS
from engines.opensearch.connection import Json
from language.filters.twin import filter_from_json, to_json

POINTS = "points"
"""What a unit keeps its points in, by part."""
PARTS = 64
ON_REQUEST = -1
"""What stands for the amount of a price on request."""


class Retired(NamedTuple):
    """A list that is no more: its number and its span, of which rows and points may still be about."""

    number: int
    first: int
    end: int

    @property
    def part(self) -> str:
        """The part of the points in which its own lie."""
        return part_of(self.number)


@dataclass(frozen=True, slots=True)
class StoredList:
    """One list. Its points are ``first`` (on request) and on, until before ``end``; one of them more is ``step``
    millionths of the currency more. ``rows`` are how many it has, ``tiered`` says that there are some for greater
    quantities. ``replaced`` is what had its id before."""

    id: str
    number: int
    first: int
    end: int
    step: int
    rows: int
    currency: str
    rules: tuple[PriceRule, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    tiered: bool = False
    replaced: Retired | None = None

    def holds(self, moment: datetime) -> bool:
        """Say whether the list is in force at a moment."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_until is None or moment < self.valid_until)

    @property
    def part(self) -> str:
        """The part of the points in which its own lie."""
        return part_of(self.number)

    @property
    def field(self) -> str:
        """The index field of its part."""
        return f"{UNITS}.{POINTS}.{self.part}"

    def retired(self) -> Retired:
        """Return what is left to remove once this is no more."""
        return Retired(self.number, self.first, self.end)

    def net(self, point: int) -> int:
        """Return the price of a point, in millionths or ``ON_REQUEST``."""
        return ON_REQUEST if point == self.first else (point - self.first - 1) * self.step

    def point(self, net: int) -> int:
        """Return the point of a price in millionths, or of ``ON_REQUEST``."""
        return self.first if net == ON_REQUEST else self.first + 1 + net // self.step


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The lists of one commit, as they are stored, by id; the number and the point that the next list begins with; and
    the lists removed last. A list is read when somebody asks for it: there may be ten thousand of them."""

    lists: Mapping[str, Json] = field(default_factory=dict)
    next_number: int = 1
    next_point: int = 0
    retired: tuple[Retired, ...] = ()

    def get(self, identity: str) -> StoredList | None:
        """Return one list; None if there is none of this id."""
        content = self.lists.get(identity)
        return None if content is None else _list_from(identity, content)

    def in_force(self, names: Sequence[str], currency: str, moment: datetime) -> tuple[StoredList, ...]:
        """Return the named lists that hold at a moment, in the order of the names; those that are unknown or in another
        currency are passed over."""
        found = (self.get(name) for name in dict.fromkeys(names))
        return tuple(each for each in found if each and each.currency == currency and each.holds(moment))

    def stored(self) -> Iterable[StoredList]:
        """Return all lists."""
        return (_list_from(identity, content) for identity, content in self.lists.items())

    def to_json(self) -> Json:
        """Return the book as it is stored."""
        return {
            "lists": self.lists,
            "next_number": self.next_number,
            "next_point": self.next_point,
            "retired": [list(each) for each in self.retired],
        }


def part_of(number: int) -> str:
    """Return the part of the points in which those of a list lie."""
    return str(number % PARTS)


def book_from_json(content: Json) -> PriceBook:
    """Read what ``PriceBook.to_json`` made."""
    retired = tuple(Retired(*each) for each in content["retired"])
    return PriceBook(content["lists"], content["next_number"], content["next_point"], retired)


def list_to_json(prices: StoredList) -> Json:
    """Return one list as a book stores it."""
    content: dict[str, Any] = {
        "number": prices.number,
        "span": [prices.first, prices.end, prices.step],
        "rows": prices.rows,
        "currency": prices.currency,
        "tiered": prices.tiered,
    }
    if prices.rules:
        content["rules"] = [
            [each.base, each.filter and to_json(each.filter), str(each.percent), str(each.amount)]
            for each in prices.rules
        ]
    if prices.replaced:
        content["replaced"] = list(prices.replaced)
    if prices.valid_from:
        content["from"] = prices.valid_from.isoformat()
    if prices.valid_until:
        content["until"] = prices.valid_until.isoformat()
    return content


def _list_from(identity: str, content: Json) -> StoredList:
    rules = tuple(
        PriceRule(base, None if node is None else filter_from_json(node), Decimal(percent), Decimal(amount))
        for base, node, percent, amount in content.get("rules", ())
    )
    first, end, step = content["span"]
    return StoredList(
        id=identity,
        number=content["number"],
        first=first,
        end=end,
        step=step,
        rows=content["rows"],
        currency=content["currency"],
        rules=rules,
        valid_from=datetime.fromisoformat(content["from"]) if "from" in content else None,
        valid_until=datetime.fromisoformat(content["until"]) if "until" in content else None,
        tiered=content["tiered"],
        replaced=Retired(*content["replaced"]) if "replaced" in content else None,
    )
