"""Prices that people and their programs wrote, checked value by value."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from commerce.pricing import PriceRow
from commerce.reading import HIGHEST_PRICE, LARGEST_QUANTITY, LONGEST_ID, clean_text, read_price

COLUMNS = ("product_id", "net", "min_quantity")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_WHOLE = re.compile(r"[0-9]{1,10}")
_SHOWN = 40
_MOST_DECIMALS = 6
_HIGHEST_PERCENT = Decimal(10_000)


class RowReader:
    """Checks the rows of one price list and keeps them.

    ``problems`` are (where, member, message) of what is wrong, the first hundred of them, ``where`` being what ``add``
    was told; ``wrong`` counts all. An article may have one row for each quantity.
    """

    def __init__(self, most_problems: int = 100) -> None:
        self.rows: list[PriceRow] = []
        self.problems: list[tuple[int, str, str]] = []
        self.wrong = 0
        self._most = most_problems
        self._places: dict[tuple[str, int], int] = {}

    def add(self, where: int, article: object, net: object, quantity: object) -> None:
        """Read one row. ``net`` None or empty is on request, ``quantity`` None or empty is 1."""
        before = self.wrong
        identity = self._identity(where, article)
        amount: Decimal | None = None
        if net is not None and net != "":
            try:
                amount = read_price(net)
            except ValueError as error:
                self.refuse(where, "net", str(error))
        least = self._quantity(where, quantity)
        if self.wrong > before:
            return
        first = self._places.setdefault((identity, least), where)
        if first != where:
            message = f"the price of {identity[:_SHOWN]!r} from {least} on was said before, in row {first + 1}"
            self.refuse(where, "product_id", message)
            return
        self.rows.append(PriceRow(identity, amount, least))

    def add_object(self, where: int, value: object) -> None:
        """Read one row as an object with the members of ``COLUMNS``; ``net`` must be there, if only as null."""
        if not isinstance(value, Mapping):
            self.refuse(where, "", "an object with product_id and net is needed")
        elif unknown := [name for name in value if name not in COLUMNS]:
            self.refuse(where, str(unknown[0])[:_SHOWN], f"is not one of {', '.join(COLUMNS)}")
        elif "net" not in value:
            self.refuse(where, "net", "is needed; null is a price on request")
        else:
            self.add(where, value.get("product_id"), value["net"], value.get("min_quantity"))

    def refuse(self, where: int, member: str, message: str) -> None:
        """Note what is wrong with a row."""
        self.wrong += 1
        if len(self.problems) < self._most:
            self.problems.append((where, member, message))

    def _identity(self, where: int, article: object) -> str:
        text = clean_text(article) if isinstance(article, str) else ""
        if not text or len(text) > LONGEST_ID:
            self.refuse(where, "product_id", f"a text of 1 to {LONGEST_ID} characters is needed")
        return text

    def _quantity(self, where: int, given: object) -> int:
        if given is None or given == "":
            return 1
        if isinstance(given, str) and _WHOLE.fullmatch(given.strip()):
            given = int(given)
        if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= LARGEST_QUANTITY:
            self.refuse(where, "min_quantity", "a whole number from 1 is needed")
            return 1
        return given


def read_moment(value: object) -> datetime | None:
    """Read a time with its offset from UTC; None or an empty text is none. Raises ValueError."""
    if value is None or value == "":
        return None
    problem = f"a time with an offset is needed, such as 2027-01-01T00:00:00+01:00, not {str(value)[:_SHOWN]!r}"
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(problem)
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError(problem) from error


def read_percent(value: object) -> Decimal:
    """Read a percentage, such as "-5.0"; None is 0. Raises ValueError."""
    return _signed(value, _HIGHEST_PERCENT)


def read_amount(value: object) -> Decimal:
    """Read an amount of money that may be negative; None is 0. Raises ValueError."""
    return _signed(value, HIGHEST_PRICE)


def _signed(value: object, highest: Decimal) -> Decimal:
    if value is None:
        return Decimal(0)
    problem = f'a decimal text such as "-5.0" is needed, not {str(value)[:_SHOWN]!r}'
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(problem)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(problem) from error
    if not number.is_finite() or abs(number) > highest:
        raise ValueError(f"is beyond {highest:,}: {str(value)[:_SHOWN]}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
        raise ValueError(f"has more than {_MOST_DECIMALS} decimals: {str(value)[:_SHOWN]}")
    return number
