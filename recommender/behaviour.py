"""Orders as arrays: who bought what when, with what was sent back taken off."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from commerce.order import Order

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Days = NDArray[np.float64]
GUEST = -1
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row for each product of each order, in the order of time; ids are sorted, so a number is stable.

    All arrays have one entry a row: ``user`` (GUEST without an account), ``item`` and ``order`` are numbers, ``at`` is
    days since 1970, ``price`` that of one.
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    user: Ints
    item: Ints
    order: Ints
    at: Days
    quantity: Floats
    price: Floats

    def before(self, day: float) -> "Behaviour":
        """Return what happened before a day; the numbers of users, items and orders stay."""
        return self.chosen(slice(0, int(np.searchsorted(self.at, day))))

    def chosen(self, rows: slice | NDArray[np.bool_]) -> "Behaviour":
        """Return some of the rows; the numbers of users, items and orders stay."""
        return replace(
            self,
            user=self.user[rows],
            item=self.item[rows],
            order=self.order[rows],
            at=self.at[rows],
            quantity=self.quantity[rows],
            price=self.price[rows],
        )

    def __len__(self) -> int:
        return len(self.item)


def read_behaviour(orders: Iterable[Order]) -> Behaviour:
    """Return the behaviour in orders, which come in the order of time.

    A buyer is an account, or a user without one. A negative quantity takes off what the same buyer bought of the
    product before, the latest first; guests' are left out. All rows are held in memory, about 36 bytes each while they
    are read.
    """
    lines = _Lines()
    for number, order in enumerate(orders):
        lines.add(number, order)
    return lines.behaviour()


def buyer_name(account: str | None, user: str | None) -> str | None:
    """Return what a buyer goes by among ``Behaviour.users``, where accounts and users may have equal ids; None is a
    guest."""
    if account:
        return f"account {account}"
    return f"user {user}" if user else None


def account_of(name: str) -> str | None:
    """Return the account of one of ``Behaviour.users``; None for a user without one."""
    return name.removeprefix("account ") if name.startswith("account ") else None


def day_of(moment: datetime) -> float:
    """Return a moment in days since 1970."""
    return moment.timestamp() / _DAY


class _Lines:
    """The lines of orders in columns, as they come: user, item, order, day, quantity and price."""

    def __init__(self) -> None:
        self._user, self._item, self._order = array("i"), array("i"), array("i")
        self._at, self._quantity, self._price = array("d"), array("d"), array("d")
        self._users: dict[str, int] = {}
        self._items: dict[str, int] = {}

    def add(self, number: int, order: Order) -> None:
        """Add the lines of one order."""
        name = buyer_name(order.account, order.user)
        user = GUEST if name is None else self._users.setdefault(name, len(self._users))
        day = day_of(order.placed_at)
        for line in order.lines:
            quantity = float(line.quantity)
            item = self._items.setdefault(line.product_id, len(self._items))
            if quantity < 0 and user == GUEST:
                continue
            self._user.append(user)
            self._item.append(item)
            self._order.append(number)
            self._at.append(day)
            self._quantity.append(quantity)
            self._price.append(float(line.net) if line.net else 0.0)

    def behaviour(self) -> Behaviour:
        """Return what was bought and kept."""
        user, item, order = (np.frombuffer(each, np.int32) for each in (self._user, self._item, self._order))
        quantity = np.array(self._quantity)
        _take_back(quantity, user, item, order)
        first, total = _once_an_order(order, item, quantity)
        rows = first[total > 0]
        at = np.frombuffer(self._at)[rows]
        by_time = np.argsort(at, kind="stable")
        rows, total = rows[by_time], total[total > 0][by_time]
        user_names, user_numbers = _sorted(self._users)
        item_names, item_numbers = _sorted(self._items)
        return Behaviour(
            user_names,
            item_names,
            np.where(user[rows] == GUEST, GUEST, user_numbers[user[rows]]).astype(np.int32),
            item_numbers[item[rows]].astype(np.int32),
            order[rows],
            at[by_time],
            total.astype(np.float32),
            np.frombuffer(self._price)[rows].astype(np.float32),
        )


def _take_back(quantity: NDArray[np.float64], user: Ints, item: Ints, order: Ints) -> None:
    """Take what was sent back off the purchases of the same buyer and item before it, the latest order first; what is
    negative itself becomes nothing."""
    pair = user.astype(np.int64) << 32 | item
    rows = np.flatnonzero(np.isin(pair, pair[quantity < 0]))
    # Most pairs have nothing sent back: only the few that have are gone through one by one.
    bought: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
    for row in rows.tolist():
        of_pair = bought[int(pair[row])]
        if quantity[row] >= 0:
            of_pair.setdefault(int(order[row]), []).append(row)
            continue
        back, quantity[row] = -quantity[row], 0.0
        for purchase in (row for lines in reversed(of_pair.values()) for row in lines):
            taken = min(quantity[purchase], back)
            quantity[purchase] -= taken
            back -= taken


def _once_an_order(order: Ints, item: Ints, quantity: NDArray[np.float64]) -> tuple[NDArray[np.int64], Days]:
    """Return the first row of each item of each order, in their order, and how much of it all rows together have."""
    pair = order.astype(np.int64) << 32 | item
    _, first, place = np.unique(pair, return_index=True, return_inverse=True)
    total: Days = np.bincount(place, quantity, len(first)).astype(np.float64)
    by_row = np.argsort(first)
    return first[by_row], total[by_row]


def _sorted(names: dict[str, int]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names in their order, and for each old number its new one (at least one entry, for guests)."""
    ordered = tuple(sorted(names))
    numbers = np.zeros(max(len(names), 1), dtype=np.int64)
    for number, name in enumerate(ordered):
        numbers[names[name]] = number
    return ordered, numbers
