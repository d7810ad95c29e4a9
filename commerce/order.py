"""An order: what an account bought, or sent back, at one moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many of one article (product or variant); a negative ``quantity`` was sent back or cancelled.

    ``net`` is the price of one in ``currency``, None where it is not known.
    """

    product_id: str
    quantity: Decimal
    net: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the shop booked it; ``account`` and ``user`` None is a guest. ``placed_at`` has an offset."""

    id: str
    placed_at: datetime
    lines: tuple[OrderLine, ...]
    account: str | None = None
    user: str | None = None
