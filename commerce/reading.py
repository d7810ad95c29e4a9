"""Reads the members of a JSON object one by one and collects what is wrong with them."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from commerce.product import AttributeValue, Quantity, Scalar, Tier

LONGEST_ID = 512
LONGEST_TEXT = 100_000
MOST_ATTRIBUTES = 5_000
MOST_VALUES = 1_000
HIGHEST_PRICE = Decimal(10_000_000)
LARGEST_STOCK = 10**12
LARGEST_QUANTITY = 10**9


class Members:
    """The members of one object; ``problems`` grow as (JSON pointer, message) pairs while they are read."""

    def __init__(self, value: Mapping[object, object], at: str, problems: list[tuple[str, str]]) -> None:
        self._value = value
        self._at = at
        self._problems = problems

    def has(self, name: str) -> bool:
        """Say whether the object has a member."""
        return name in self._value

    def text(self, name: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str:
        """Return a text, empty if there is none."""
        value = self._value.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self.wrong(name, "a text is needed")
            return ""
        text = clean_text(value)
        if required and not text:
            self.wrong(name, "must not be empty")
        if len(text) > longest:
            self.wrong(name, f"has {len(text):,} characters, at most {longest:,} are kept")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, each once."""
        value = self._value.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(name, "a list of texts is needed")
            return ()
        if len(value) > MOST_VALUES:
            self.wrong(name, f"has {len(value):,} entries, at most {MOST_VALUES:,} are kept")
            return ()
        return tuple(dict.fromkeys(text for each in value if (text := clean_text(each))))

    def named_texts(self, name: str) -> dict[str, str]:
        """Return an object of texts."""
        value = self._value.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            self.wrong(name, "an object of texts is needed")
            return {}
        return {str(key): text for key, each in value.items() if (text := clean_text(each))}

    def objects(self, name: str) -> "list[Members]":
        """Return the objects of a list."""
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.wrong(name, "a list of objects is needed")
            return []
        if len(value) > MOST_VALUES:
            self.wrong(name, f"has {len(value):,} entries, at most {MOST_VALUES:,} are kept")
            return []
        return [Members(each, f"{self._at}/{name}/{at}", self._problems) for at, each in enumerate(value)]

    def named_objects(self, name: str) -> "dict[str, Members]":
        """Return the objects of an object."""
        value = self._value.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(each, Mapping) for each in value.values()):
            self.wrong(name, "an object of objects is needed")
            return {}
        return {
            str(key): Members(each, f"{self._at}/{name}/{_escaped(key)}", self._problems) for key, each in value.items()
        }

    def moment(self, name: str) -> datetime | None:
        """Return a date, in UTC where it names no zone."""
        value = self._value.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self.wrong(name, "a date such as 2024-05-31T00:00:00Z is needed")
            return None
        try:
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            self.wrong(name, f"{value[:40]!r} is not a date such as 2024-05-31T00:00:00Z")
            return None

    def price(self, currency: str | None = None) -> Decimal | None:
        """Return the net price, of ``{"net": …}`` or bare; one in another currency than the catalogue's is wrong."""
        value = self._value.get("price")
        if isinstance(value, Mapping):
            named = value.get("currency")
            if currency is not None and named is not None and named != currency:
                self.wrong("price/currency", f"the catalogue's prices are in {currency}")
            value = value.get("net")
        return None if value is None else self._money("price", value)

    def tiers(self) -> tuple[Tier, ...]:
        """Return the price's tiers in ascending order."""
        price = self._value.get("price")
        if not isinstance(price, Mapping) or not price.get("tiers"):
            return ()
        found: dict[int, Tier] = {}
        for tier in Members(price, f"{self._at}/price", self._problems).objects("tiers"):
            quantity, net = tier._value.get("min_quantity"), tier._value.get("net")
            whole = isinstance(quantity, int) and not isinstance(quantity, bool)
            if not whole or not 1 <= quantity <= LARGEST_QUANTITY:  # type: ignore[operator]
                tier.wrong("min_quantity", "a whole number from 1 is needed")
            elif (amount := tier._money("net", net)) is not None:
                found[quantity] = Tier(quantity, amount)  # type: ignore[index, arg-type]
        return tuple(found[quantity] for quantity in sorted(found))

    def inner(self, name: str) -> "Members | None":
        """Return an object."""
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.wrong(name, "an object is needed")
            return None
        return Members(value, f"{self._at}/{name}", self._problems)

    def day(self, name: str, first: date, last: date) -> date | None:
        """Return a day without time; it is required."""
        value = self._value.get(name)
        try:
            found = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or not first <= found <= last:
            self.wrong(name, f"a day from {first} to {last} such as 2026-12-01 is needed")
            return None
        return found

    def whole_number(self, name: str, most: int) -> int | None:
        """Return a whole number from 0."""
        value = self._value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.wrong(name, f"a whole number from 0 to {most:,} is needed")
            return None
        return value

    def cost(self) -> Decimal | None:
        """Return what the article costs the shop, of ``{"cost": …}`` in the price; None where it does not say."""
        price = self._value.get("price")
        given = price.get("cost") if isinstance(price, Mapping) else None
        return None if given is None else self._money("price/cost", given)

    def stock(self, name: str = "stock") -> int | None:
        """Return the stock; less than none counts as none."""
        value = self._value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_STOCK:
            self.wrong(name, "a whole number is needed")
            return None
        return max(value, 0)

    def popularity(self) -> float:
        """Return how often buyers chose the product."""
        value = self._value.get("popularity", 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            self.wrong("popularity", "a number from 0 is needed")
            return 0.0
        return float(value)

    def attributes(self) -> dict[str, AttributeValue]:
        """Return the attributes."""
        value = self._value.get("attributes")
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.wrong("attributes", "an object of attributes is needed")
            return {}
        if len(value) > MOST_ATTRIBUTES:
            self.wrong("attributes", f"has {len(value):,} attributes, at most {MOST_ATTRIBUTES:,} are kept")
            return {}
        return dict(self._attributes(value))

    def _attributes(self, value: Mapping[object, object]) -> Iterator[tuple[str, AttributeValue]]:
        for name, given in value.items():
            if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_ID or "`" in name:
                message = "a name of 1 to 512 characters without backquotes is needed"
                self.wrong(f"attributes/{_escaped(name)}", message)
                continue
            try:
                if (read := _attribute(given)) is not None:
                    yield name, read
            except ValueError as error:
                self.wrong(f"attributes/{_escaped(name)}", str(error))

    def _money(self, name: str, value: object) -> Decimal | None:
        try:
            return read_price(value)
        except ValueError as error:
            self.wrong(name, str(error))
            return None

    def wrong(self, name: str, message: str) -> None:
        """Note what is wrong with a member."""
        self._problems.append((f"{self._at}/{name}", message))


def clean_text(text: str) -> str:
    """Return the text with control characters as spaces, trimmed."""
    if text.isprintable():
        return text.strip()
    return "".join(" " if char < " " or char == "\x7f" else char for char in text).strip()


def read_price(value: object) -> Decimal:
    """Read an amount of money. Raises ValueError for what is none, negative or absurd."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError('a price is a decimal text such as "12.90"')
    try:
        price = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(f'a price is a decimal text such as "12.90", not {str(value)[:40]!r}') from error
    if not price.is_finite() or price < 0:
        raise ValueError(f"a price is not negative: {str(value)[:40]}")
    if price > HIGHEST_PRICE:
        raise ValueError(f"a price of {price} is beyond {HIGHEST_PRICE:,}: is it in minor units?")
    exponent = price.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise ValueError(f"a price has at most six decimals: {price}")
    return price


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _attribute(value: object) -> AttributeValue | None:
    if isinstance(value, Mapping) and value.get("unit") is None:
        return _attribute(value.get("value"))
    if isinstance(value, list):
        if len(value) > MOST_VALUES:
            raise ValueError(f"has {len(value):,} values, at most {MOST_VALUES:,} are kept")
        values = tuple(read for each in value if (read := _single(each)) is not None)
        return values or None
    return None if value is None else _single(value)


def _single(value: object) -> Scalar | Quantity | None:
    if not isinstance(value, Mapping):
        return _scalar(value)
    number, unit = value.get("value"), value.get("unit")
    if isinstance(number, bool) or not isinstance(number, int | float) or not isinstance(unit, str):
        raise ValueError('a quantity is {"value": number, "unit": text}')
    return Quantity(_finite(number), clean_text(unit))


def _scalar(value: object) -> Scalar | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _finite(value)
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"has {len(value):,} characters, at most {LONGEST_TEXT:,} are kept")
        return clean_text(value) or None
    raise ValueError("a value is a text, a number, true, false, a list of those, or a quantity")


def _finite(value: float) -> float:
    if not math.isfinite(value) or abs(value) > 1e300:
        raise ValueError("a number must be finite")
    return value
