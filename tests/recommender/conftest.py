"""A small world whose right answers are known: buyers of even articles and buyers of odd ones."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from commerce.order import Order, OrderLine

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ARTICLES = [f"a{number:02d}" for number in range(24)]


def order(identity: str, day: float, buyer: str | None, *lines: tuple[str, int]) -> Order:
    """Return an order; its lines are (article, quantity)."""
    made = tuple(OrderLine(article, Decimal(quantity), Decimal("2.50"), "EUR") for article, quantity in lines)
    return Order(identity, BEGIN + timedelta(days=day), made, buyer, buyer)


def taste(article: str) -> int:
    """Return 0 for even articles and 1 for odd ones."""
    return int(article[1:]) % 2


@pytest.fixture(scope="session")
def checker_board() -> Sequence[Order]:
    """Orders of 160 buyers over 240 days: each buys four articles of one taste a time."""
    random = np.random.default_rng(7)
    found = []
    for buyer in range(160):
        liked = [each for each in ARTICLES if taste(each) == buyer % 2]
        for number, day in enumerate(np.sort(random.uniform(0, 240, 6))):
            chosen = random.choice(liked, 4, replace=False)
            found.append(order(f"{buyer}-{number}", float(day), f"b{buyer:03d}", *((str(each), 2) for each in chosen)))
    return sorted(found, key=lambda each: (each.placed_at, each.id))
