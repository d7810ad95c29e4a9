"""What engines share about stock: the names of its fields, its days as numbers, what being in stock is worth."""

from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

IN_STOCK = "in_stock"
AVAILABLE_BY = "available_by"
"""The first moment, as ``released`` in seconds since 1970, of the day from which the buyer can have an article."""
EVERYWHERE = 0
"""The place that stands for all locations together."""
IN_STOCK_SCORE = 0.5
"""Added to the score of a product that this buyer can have at once, where a catalogue knows of one out of stock: enough
to decide between hits that are about equal, less than what a word in the title counts."""
DAY_SECONDS = 86_400
_FIRST = date(1970, 1, 1)
_PLACES = (1 << 41) - 1


def place_of(location: str | None) -> int:
    """Return the number of a location: a hash of 41 bits that is never ``EVERYWHERE``, which None has.

    Locations need no directory then; that two of a shop's thousand have the same is a chance of one in four million.
    """
    if location is None:
        return EVERYWHERE
    digest = blake2b(location.encode("utf-8", "surrogatepass"), digest_size=8, person=b"location").digest()
    return int.from_bytes(digest, "little") % _PLACES + 1


def number_of_day(day: date) -> int:
    """Return the days since 1970."""
    return (day - _FIRST).days


def day_of_number(number: int) -> date:
    """Return the day of a number of days since 1970."""
    return _FIRST + timedelta(days=number)


def seconds_of_day(number: int) -> float:
    """Return the moment at which a day begins, in seconds since 1970."""
    return float(number * DAY_SECONDS)


def day_number_at(at: datetime | None) -> int:
    """Return the number of a moment's day, None is now."""
    return number_of_day((at or datetime.now(UTC)).astimezone(UTC).date())
