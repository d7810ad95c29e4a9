"""One buyer's purchases, as features and models read them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commerce.erasure import Person
from recommender.behaviour import GUEST, Behaviour, Days, Floats, Ints, account_of


@dataclass(frozen=True, slots=True)
class History:
    """A buyer's rows in the order of time; see ``Behaviour`` for the arrays."""

    item: Ints
    order: Ints
    at: Days
    quantity: Floats
    price: Floats

    def chosen(self, rows: slice | NDArray[np.bool_]) -> "History":
        """Return some of the rows."""
        return History(self.item[rows], self.order[rows], self.at[rows], self.quantity[rows], self.price[rows])


class Histories:
    """The histories of all buyers, by their numbers or accounts: the rows once, sorted by buyer and time.

    ``ends`` (buyers + 1,) are where each buyer's rows begin and, one further, end. Accounts are known by digests alone
    (``keys``, sorted, and the buyer that each is of), so that a model's file names nobody. Nothing here is a Python
    object for each buyer: all of it can stay in a mapped file.
    """

    def __init__(self, ends: NDArray[np.int64], rows: History, keys: NDArray[np.uint64], buyers: Ints):
        self._ends = ends
        self._rows = rows
        self._keys = keys
        self._buyers = buyers

    def __len__(self) -> int:
        return len(self._ends) - 1

    def of(self, user: int) -> History:
        """Return one buyer's history."""
        return self._rows.chosen(slice(int(self._ends[user]), int(self._ends[user + 1])))

    def of_account(self, account: str) -> History:
        """Return an account's history, empty for an unknown one."""
        first, second = _key(account)
        at = int(np.searchsorted(self._keys[:, 0], first))
        while at < len(self._keys) and self._keys[at, 0] == first:
            if self._keys[at, 1] == second:
                return self.of(int(self._buyers[at]))
            at += 1
        return EMPTY

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return all of it as arrays; see ``histories_from``."""
        rows = self._rows
        return {
            "ends": self._ends,
            "item": rows.item,
            "order": rows.order,
            "at": rows.at,
            "quantity": rows.quantity,
            "price": rows.price,
            "keys": self._keys,
            "buyers": self._buyers,
        }


def histories_of(behaviour: Behaviour) -> Histories:
    """Return the histories of a behaviour's buyers, without what guests bought."""
    order = np.argsort(behaviour.user, kind="stable")
    order = order[behaviour.user[order] != GUEST]
    rows = History(
        behaviour.item[order],
        behaviour.order[order],
        behaviour.at[order],
        behaviour.quantity[order],
        behaviour.price[order],
    )
    ends = np.searchsorted(behaviour.user[order], np.arange(len(behaviour.users) + 1)).astype(np.int64)
    accounts = [(number, account) for number, name in enumerate(behaviour.users) if (account := account_of(name))]
    keys = np.array([_key(account) for _, account in accounts], dtype=np.uint64).reshape(-1, 2)
    by_key = np.lexsort((keys[:, 1], keys[:, 0]))
    buyers = np.array([number for number, _ in accounts], dtype=np.int32)
    return Histories(ends, rows, keys[by_key], buyers[by_key])


def histories_from(arrays: Mapping[str, NDArray[np.generic]], items: int) -> Histories:
    """Return histories from the arrays of ``arrays()``. Raises ValueError where they do not fit together, KeyError."""
    ends, keys, buyers, item = arrays["ends"], arrays["keys"], arrays["buyers"], arrays["item"]
    columns = [arrays[name] for name in ("item", "order", "at", "quantity", "price")]
    fits = (
        len(ends) > 0
        and int(ends[-1]) == len(item)
        and keys.shape == (len(buyers), 2)
        and all(len(column) == len(item) for column in columns)
        and bool((np.diff(ends.astype(np.int64)) >= 0).all())
        and _within(item, items)
        and _within(buyers, len(ends) - 1)
    )
    if not fits:
        raise ValueError("the histories' arrays do not fit together")
    return Histories(ends, History(*columns), keys, buyers)  # type: ignore[arg-type]


def _within(numbers: NDArray[np.generic], count: int) -> bool:
    return not len(numbers) or (int(numbers.min()) >= 0 and int(numbers.max()) < count)


def _key(account: str) -> tuple[int, int]:
    digest = bytes.fromhex(Person("account", account).digest)
    return int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")


EMPTY = History(
    np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.float32), np.zeros(0, np.float32)
)


def last_order(history: History) -> NDArray[np.int32]:
    """Return the items of the latest order."""
    return history.item[history.order == history.order[-1]] if len(history.item) else history.item
