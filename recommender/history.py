"""One buyer's purchases, as features and models read them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.behaviour import Behaviour, Days, Floats, Ints


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
    """The histories of all buyers, by their numbers; keeps the rows once, sorted by buyer and time."""

    def __init__(self, behaviour: Behaviour) -> None:
        order = np.argsort(behaviour.user, kind="stable")
        self._user = behaviour.user[order]
        self._rows = History(
            behaviour.item[order],
            behaviour.order[order],
            behaviour.at[order],
            behaviour.quantity[order],
            behaviour.price[order],
        )

    def of(self, user: int) -> History:
        """Return one buyer's history, empty for an unknown one."""
        begin, end = np.searchsorted(self._user, (user, user + 1))
        return self._rows.chosen(slice(int(begin), int(end)))


EMPTY = History(
    np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.float32), np.zeros(0, np.float32)
)


def last_order(history: History) -> NDArray[np.int32]:
    """Return the items of the latest order."""
    return history.item[history.order == history.order[-1]] if len(history.item) else history.item
