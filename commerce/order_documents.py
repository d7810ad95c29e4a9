"""Orders from the contract's JSON."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from commerce.order import Order, OrderLine
from commerce.reading import LARGEST_QUANTITY, LONGEST_ID, Members, read_price
from language.errors import VitrineError

MOST_ORDERS = 10_000
_CURRENCY = re.compile(r"[A-Z]{3}")


class InvalidOrder(VitrineError):
    """Orders that cannot be used; ``problems`` are (JSON pointer, message) pairs, one a field."""

    code = "invalid_request"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{at}: {message}" for at, message in problems[:3]), pointer=problems[0][0])
        self.problems = problems


def orders_from_json(values: Sequence[object]) -> list[Order]:
    """Return the orders of a list of objects. Raises InvalidOrder naming every field at fault."""
    problems: list[tuple[str, str]] = []
    found = [order for at, value in enumerate(values) if (order := _order(value, f"/{at}", problems)) is not None]
    if problems:
        raise InvalidOrder(problems)
    return found


def read_quantity(value: object) -> Decimal:
    """Read how many: any number but 0. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError("a quantity is a number such as 12, or -1 for what came back")
    try:
        quantity = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(f"a quantity is a number, not {str(value)[:40]!r}") from error
    if not quantity.is_finite() or quantity == 0 or abs(quantity) > LARGEST_QUANTITY:
        raise ValueError(f"a quantity is not 0 and at most {LARGEST_QUANTITY:,}: {str(value)[:40]}")
    exponent = quantity.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise ValueError(f"a quantity has at most six decimals: {str(value)[:40]}")
    return quantity


def _order(value: object, at: str, problems: list[tuple[str, str]]) -> Order | None:
    if not isinstance(value, Mapping):
        problems.append((at, "an object is needed"))
        return None
    before = len(problems)
    members = Members(value, at, problems)
    identity = members.text("order_id", required=True, longest=LONGEST_ID)
    account = members.text("account", longest=LONGEST_ID) or None
    user = members.text("user", longest=LONGEST_ID) or None
    placed_at = members.moment("placed_at")
    if placed_at is None and len(problems) == before:
        problems.append((f"{at}/placed_at", "must not be empty"))
    lines = value.get("lines")
    if not isinstance(lines, list) or not lines:
        problems.append((f"{at}/lines", "a list of lines is needed"))
        return None
    read = [_line(each, f"{at}/lines/{number}", problems) for number, each in enumerate(lines)]
    if len(problems) > before or placed_at is None:
        return None
    return Order(identity, placed_at, tuple(line for line in read if line is not None), account, user)


def _line(value: object, at: str, problems: list[tuple[str, str]]) -> OrderLine | None:
    if not isinstance(value, Mapping):
        problems.append((at, "an object is needed"))
        return None
    before = len(problems)
    product_id = Members(value, at, problems).text("product_id", required=True, longest=LONGEST_ID)
    quantity, net, currency = Decimal(1), None, value.get("currency")
    try:
        quantity = read_quantity(value.get("quantity", 1))
    except ValueError as error:
        problems.append((f"{at}/quantity", str(error)))
    try:
        net = None if value.get("net") is None else read_price(value["net"])
    except ValueError as error:
        problems.append((f"{at}/net", str(error)))
    if currency is not None and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        problems.append((f"{at}/currency", "an ISO 4217 code such as EUR is needed"))
    if len(problems) > before:
        return None
    return OrderLine(product_id, quantity, net, currency if isinstance(currency, str) else None)
