"""Visits as arrays: what was looked at, put into the cart or bought one after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from commerce.event import Event
from recommender.behaviour import Ints

_DEEDS = frozenset({"viewed", "added", "bought"})
_MOST_STEPS = 200
_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Sessions:
    """One row for each step of each visit, by visit and time: the numbers of visit and item."""

    session: Ints
    item: Ints

    @property
    def count(self) -> int:
        """Return how many visits there are."""
        return int(self.session[-1]) + 1 if len(self.session) else 0


NO_SESSIONS = Sessions(np.zeros(0, np.int32), np.zeros(0, np.int32))


def read_sessions(events: Iterable[Event], numbers: Mapping[str, int]) -> Sessions:
    """Return the visits in events, which may come in any order; ``numbers`` are the items'.

    A visit goes by its session, or else by client or user. A product looked at again at once is one step; of a visit
    with more than 200 steps the last count, and visits of one product are left out.
    """
    steps: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for event in events:
        item = numbers.get(event.object_id or "")
        names = (("session", event.session), ("client", event.client), ("user", event.user))
        key = next(((kind, name) for kind, name in names if name), None)
        if item is not None and key is not None and event.deed in _DEEDS:
            steps.setdefault(key, []).append((event.at.timestamp(), item))
    sessions: list[int] = []
    items: list[int] = []
    count = 0
    for visit in steps.values():
        visit.sort(key=lambda step: step[0])
        seen = [item for at, (_, item) in enumerate(visit) if at == 0 or visit[at - 1][1] != item][-_MOST_STEPS:]
        if len(set(seen)) > 1:
            sessions += [count] * len(seen)
            items += seen
            count += 1
    return Sessions(np.array(sessions, dtype=np.int32), np.array(items, dtype=np.int32))


def visits(sessions: Sessions, items: int) -> sp.csr_matrix:
    """Return what was seen in which visit (visits × items, 0 or 1)."""
    shape = (sessions.count, items)
    matrix = sp.csr_matrix((np.ones(len(sessions.item), np.float32), (sessions.session, sessions.item)), shape=shape)
    matrix.data[:] = 1.0
    return matrix


def followed_in_visit(sessions: Sessions, items: int) -> sp.csr_matrix:
    """Return which item comes up to four steps after which (items × items), weighing 1 / distance, row- and
    column-normalised."""
    total = sp.csr_matrix((items, items), dtype=np.float32)
    for distance in range(1, _WINDOW + 1):
        same: NDArray[np.bool_] = sessions.session[distance:] == sessions.session[:-distance]
        rows, columns = sessions.item[:-distance][same], sessions.item[distance:][same]
        weights = np.full(len(rows), 1 / distance, dtype=np.float32)
        total = total + sp.csr_matrix((weights, (rows, columns)), shape=(items, items))
    row, column = np.asarray(total.sum(axis=1)).ravel(), np.asarray(total.sum(axis=0)).ravel()
    return sp.csr_matrix(sp.diags(1 / np.sqrt(row + 1)) @ total @ sp.diags(1 / np.sqrt(column + 1)))
