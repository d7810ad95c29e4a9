"""How much there is to learn from, and what that allows: what each strategy needs, and whether it has it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.behaviour import GUEST, Behaviour
from recommender.sessions import Sessions


@dataclass(frozen=True, slots=True)
class DataReport:
    """What a training had: ``shared_orders`` hold two products or more, ``repeat_buyers`` ordered twice or more,
    ``fitting`` are products that some accessory is made for, ``described`` those with a title."""

    items: int
    described: int
    orders: int
    shared_orders: int
    buyers: int
    repeat_buyers: int
    days: float
    visits: int
    fitting: int


@dataclass(frozen=True, slots=True)
class Need:
    """A strategy needs ``least`` of something to say anything, and is as good as it gets with ``enough`` of it."""

    what: str
    least: int
    enough: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready a strategy is, from 0 to 1: the worst share of what is enough. Below the least of a need its units are
    ``fallback``. ``had`` are the counts of the needs."""

    score: float
    is_fallback: bool
    needs: tuple[Need, ...]
    had: tuple[int, ...]


NEEDS: Mapping[str, tuple[Need, ...]] = {
    "bought_together": (Need("shared_orders", 20, 2_000),),
    "viewed_together": (Need("visits", 20, 5_000),),
    "similar": (Need("described", 2, 100),),
    "substitutes": (Need("described", 2, 100),),
    "accessories": (Need("fitting", 1, 50),),
    "for_you": (Need("orders", 20, 2_000), Need("repeat_buyers", 5, 300)),
    "next_basket": (Need("orders", 20, 2_000), Need("repeat_buyers", 5, 300)),
    "buy_again": (Need("orders", 1, 500),),
    "trending": (Need("orders", 50, 1_000), Need("days", 28, 60)),
    "most_popular": (Need("orders", 20, 500),),
    "recently_viewed": (),
    "new_arrivals": (Need("orders", 20, 500), Need("days", 28, 90)),
    "session_next": (Need("visits", 20, 5_000),),
}
"""What each strategy needs; accessories and the next step of a visit go by orders too."""


def data_report(behaviour: Behaviour, sessions: Sessions, described: int, fitting: int) -> DataReport:
    """Count what there is to learn from."""
    _, sizes = np.unique(behaviour.order, return_counts=True)
    known = behaviour.user != GUEST
    pairs = np.unique(np.stack([behaviour.user[known], behaviour.order[known]]), axis=1)
    _, orders_of_buyer = np.unique(pairs[0], return_counts=True)
    return DataReport(
        items=len(behaviour.items),
        described=described,
        orders=len(sizes),
        shared_orders=int((sizes > 1).sum()),
        buyers=len(orders_of_buyer),
        repeat_buyers=int((orders_of_buyer > 1).sum()),
        days=float(behaviour.at[-1] - behaviour.at[0]) if len(behaviour) else 0.0,
        visits=sessions.count,
        fitting=fitting,
    )


def readiness(report: DataReport) -> dict[str, Readiness]:
    """Return how ready each strategy is."""
    found = {strategy: _ready(needs, report) for strategy, needs in NEEDS.items()}
    for strategy in ("accessories", "session_next"):
        found[strategy] = max(found[strategy], found["bought_together"], key=lambda each: each.score)
    return found


def _ready(needs: tuple[Need, ...], report: DataReport) -> Readiness:
    had = tuple(int(getattr(report, need.what)) for need in needs)
    score = min((min(have / need.enough, 1.0) for need, have in zip(needs, had, strict=True)), default=1.0)
    too_few = any(have < need.least for need, have in zip(needs, had, strict=True))
    return Readiness(round(score, 4), too_few, needs, had)
