"""Splits in time: what is known before a day, and each known buyer's first order from then on."""

from dataclasses import dataclass

import numpy as np

from recommender.behaviour import GUEST, Behaviour, Ints


@dataclass(frozen=True, slots=True)
class Baskets:
    """The baskets to predict: of each buyer in ``users`` the numbers of the items, and the day of the order."""

    users: Ints
    items: tuple[Ints, ...]
    days: tuple[float, ...]


def next_baskets(
    behaviour: Behaviour, cut: float, until: float | None = None, *, interest: Behaviour | None = None
) -> Baskets:
    """Return the first order, from ``cut`` on and before ``until``, of every buyer who bought before ``cut``; with
    ``interest`` the first visit in it in place of the order."""
    past = behaviour.before(cut)
    known = np.zeros(len(behaviour.users) + 1, dtype=bool)
    known[past.user[past.user != GUEST]] = True
    of = behaviour if interest is None else interest
    begin = int(np.searchsorted(of.at, cut))
    end = len(of) if until is None else int(np.searchsorted(of.at, until))
    user, item = of.user[begin:end], of.item[begin:end]
    order, at = of.order[begin:end], of.at[begin:end]
    first: dict[int, int] = {}
    found: dict[int, list[int]] = {}
    days: dict[int, float] = {}
    for row in np.flatnonzero((user != GUEST) & known[user]):
        who, which = int(user[row]), int(order[row])
        if first.setdefault(who, which) == which:
            found.setdefault(who, []).append(int(item[row]))
            days.setdefault(who, float(at[row]))
    users = sorted(found)
    baskets = tuple(np.array(found[who], dtype=np.int32) for who in users)
    return Baskets(np.array(users, dtype=np.int32), baskets, tuple(days[who] for who in users))


def sampled(behaviour: Behaviour, most: int, seed: int) -> Behaviour:
    """Return what ``most`` buyers at random did, and the same share of guests' orders; all of it where there are no
    more. The numbers of users, items and orders stay."""
    buyers = np.unique(behaviour.user[behaviour.user != GUEST])
    if len(buyers) <= most:
        return behaviour
    random = np.random.default_rng(seed)
    is_kept = np.zeros(len(behaviour.users), dtype=bool)
    is_kept[random.choice(buyers, most, replace=False)] = True
    of_guests = random.random(int(behaviour.order.max()) + 1) < most / len(buyers)
    return behaviour.chosen(np.where(behaviour.user == GUEST, of_guests[behaviour.order], is_kept[behaviour.user]))
