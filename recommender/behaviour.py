"""Orders as arrays: who bought what when, with what was sent back taken off."""

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
_Purchase = list[float]


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
        end = int(np.searchsorted(self.at, day))
        return replace(
            self,
            user=self.user[:end],
            item=self.item[:end],
            order=self.order[:end],
            at=self.at[:end],
            quantity=self.quantity[:end],
            price=self.price[:end],
        )

    def __len__(self) -> int:
        return len(self.item)


def read_behaviour(orders: Iterable[Order]) -> Behaviour:
    """Return the behaviour in orders, which come in the order of time.

    A buyer is an account, or a user without one. A negative quantity takes off what the same buyer bought of the
    product before, the latest first; guests' are left out. All rows are held in memory, about 100 bytes each.
    """
    bought: list[_Purchase] = []
    users: dict[str, int] = {}
    items: dict[str, int] = {}
    kept: defaultdict[tuple[int, int], list[_Purchase]] = defaultdict(list)
    for number, order in enumerate(orders):
        name = buyer_name(order.account, order.user)
        user = GUEST if name is None else users.setdefault(name, len(users))
        of_order: dict[int, _Purchase] = {}
        for line in order.lines:
            item = items.setdefault(line.product_id, len(items))
            quantity = float(line.quantity)
            if quantity < 0:
                _take_back(kept[user, item], -quantity)
            elif item in of_order:
                of_order[item][4] += quantity
            else:
                price = float(line.net) if line.net else 0.0
                row = [user, item, number, day_of(order.placed_at), quantity, price]
                of_order[item] = row
                bought.append(row)
                if user != GUEST:
                    kept[user, item].append(row)
    return _as_arrays(bought, users, items)


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


def _take_back(purchases: list[_Purchase], quantity: float) -> None:
    for purchase in reversed(purchases):
        taken = min(purchase[4], quantity)
        purchase[4] -= taken
        quantity -= taken
        if quantity <= 0:
            return


def _as_arrays(bought: list[_Purchase], users: dict[str, int], items: dict[str, int]) -> Behaviour:
    table = np.array([row for row in bought if row[4] > 0], dtype=np.float64).reshape(-1, 6)
    table = table[np.argsort(table[:, 3], kind="stable")]
    user_names, user_numbers = _sorted(users)
    item_names, item_numbers = _sorted(items)
    user = np.where(table[:, 0] < 0, GUEST, user_numbers[table[:, 0].astype(np.int64)])
    return Behaviour(
        user_names,
        item_names,
        user.astype(np.int32),
        item_numbers[table[:, 1].astype(np.int64)].astype(np.int32),
        table[:, 2].astype(np.int32),
        table[:, 3].copy(),
        table[:, 4].astype(np.float32),
        table[:, 5].astype(np.float32),
    )


def _sorted(names: dict[str, int]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names in their order, and for each old number its new one (at least one entry, for guests)."""
    ordered = tuple(sorted(names))
    numbers = np.zeros(max(len(names), 1), dtype=np.int64)
    for number, name in enumerate(ordered):
        numbers[names[name]] = number
    return ordered, numbers
