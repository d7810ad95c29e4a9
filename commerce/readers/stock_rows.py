"""What one row says of stock: how much, where, when more comes."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol, TypedDict

from commerce.availability import FIRST_DAY, LAST_DAY, LONGEST_LEAD_TIME, Delivery, LocationStock
from commerce.readers.rules import FieldRule
from commerce.readers.said import Said
from commerce.readers.values import number_of, text_of, value_of
from commerce.reading import LARGEST_STOCK, LONGEST_ID, clean_text


class StockRules(Protocol):
    """The rules of a mapping that tell of stock."""

    @property
    def stock(self) -> FieldRule | None: ...
    @property
    def location(self) -> FieldRule | None: ...
    @property
    def lead_time_days(self) -> FieldRule | None: ...
    @property
    def next_delivery(self) -> FieldRule | None: ...
    @property
    def next_quantity(self) -> FieldRule | None: ...


class StockTexts(TypedDict):
    """The members of ``Said`` that tell of stock."""

    stock: str
    location: str
    lead_time_days: str
    next_delivery: str
    next_quantity: str


class UnusableStock(ValueError):
    """A value that spoils its row; ``name`` is the key of its rule, ``value`` the text."""

    def __init__(self, name: str, reason: str, value: str) -> None:
        super().__init__(reason)
        self.name, self.value = name, value


def read_stock(rules: StockRules, values: Mapping[str, object], decimal: str) -> StockTexts:
    """Return what a row says of stock, by the names of ``Said``; what it does not say is empty. Raises UnusableStock.

    Rows may count in decimals, of which the whole part is kept, and below none: rows of one article may be summed.
    """
    location = clean_text(_text(rules.location, values))
    if len(location) > LONGEST_ID:
        raise UnusableStock("location", f"has {len(location):,} characters, at most {LONGEST_ID:,} are kept", location)
    return {
        "stock": _whole("stock", rules.stock, values, decimal, LARGEST_STOCK),
        "location": location,
        "lead_time_days": _whole("lead_time_days", rules.lead_time_days, values, decimal, LONGEST_LEAD_TIME),
        "next_delivery": _day(rules.next_delivery, values),
        "next_quantity": _whole("next_quantity", rules.next_quantity, values, decimal, LARGEST_STOCK),
    }


def location_stock(said: Said, quantity: int | None) -> LocationStock:
    """Return what a row says of its location, with the quantity that is on hand there."""
    coming = None
    if said.next_delivery:
        expected = max(int(said.next_quantity), 0) if said.next_quantity else None
        coming = Delivery(date.fromisoformat(said.next_delivery), expected)
    lead = max(int(said.lead_time_days), 0) if said.lead_time_days else None
    return LocationStock(said.location or None, quantity, lead, coming)


def _whole(name: str, rule: FieldRule | None, values: Mapping[str, object], decimal: str, most: int) -> str:
    text = _text(rule, values)
    if not text:
        return ""
    number = number_of(text, decimal)
    if number is None:
        raise UnusableStock(name, f"{text[:40]!r} is not a number", text)
    if abs(number) > most:
        raise UnusableStock(name, f"is beyond {most:,}", text)
    return str(int(number))


def _day(rule: FieldRule | None, values: Mapping[str, object]) -> str:
    text = _text(rule, values)
    if not text:
        return ""
    try:
        # A time behind the day does no harm: what comes in counts for the day.
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise UnusableStock("next_delivery", f"{text[:40]!r} is not a day such as 2026-12-01", text)
    return day.isoformat()


def _text(rule: FieldRule | None, values: Mapping[str, object]) -> str:
    if rule is None:
        return ""
    text = text_of(value_of(rule, values)).strip()
    return "" if rule.matches and not rule.matches.search(text) else text
