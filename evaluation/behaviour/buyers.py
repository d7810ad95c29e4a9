"""Buyers in segments by recency, frequency and value of their orders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from commerce.order import Order

SEGMENTS = ("champions", "loyal", "new", "promising", "at_risk", "lost")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: buyers, their orders and revenue, and the median days since their last order."""

    name: str
    buyers: int
    orders: int
    revenue: Decimal
    days_since: float


def segments(orders: Iterable[Order], now: datetime) -> list[Segment]:
    """Return buyers by segment. Recency, frequency and value are thirds of the buyers, 3 the best.

    Champions are best in recency and in frequency or value; loyal buyers order often, others who came lately are new
    (one order) or promising; of those who stayed away the good ones are at risk and the rest is lost.
    """
    last: dict[str, datetime] = {}
    count: defaultdict[str, int] = defaultdict(int)
    value: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        name = order.account or order.user
        if name is None or order.placed_at > now:
            continue
        value[name] += sum(((line.net or Decimal(0)) * line.quantity for line in order.lines), Decimal(0))
        if any(line.quantity > 0 for line in order.lines):
            last[name] = max(order.placed_at, last.get(name, order.placed_at))
            count[name] += 1
    names = sorted(last)
    if not names:
        return []
    days = np.array([(now - last[name]).total_seconds() / 86_400 for name in names])
    recency, frequency = _thirds(-days), _thirds(np.array([count[name] for name in names], dtype=np.float64))
    money = _thirds(np.array([float(value[name]) for name in names]))
    grouped: defaultdict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        scores = (int(recency[at]), int(frequency[at]), int(money[at]))
        grouped[_segment(scores, count[name])].append(at)
    return [
        Segment(
            name,
            len(rows),
            sum(count[names[at]] for at in rows),
            sum((value[names[at]] for at in rows), Decimal(0)),
            round(float(np.median(days[rows])), 1),
        )
        for name in SEGMENTS
        if (rows := grouped.get(name))
    ]


def _thirds(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return 1 to 3 by third of the buyers; equal values get the same."""
    low, high = np.quantile(values, (1 / 3, 2 / 3))
    thirds: NDArray[np.int64] = np.searchsorted(np.array([low, high]), values, side="right") + 1
    return thirds


def _segment(scores: Sequence[int], orders: int) -> str:
    recency, frequency, money = scores
    if recency == 3:
        if orders == 1:
            return "new"
        return "champions" if frequency == 3 or money == 3 else "promising"
    if recency == 2:
        return "loyal" if frequency >= 2 and orders > 1 else "promising"
    return "at_risk" if frequency == 3 or money == 3 else "lost"
