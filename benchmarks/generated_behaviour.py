"""Behaviour of any number of buyers, made from the orders of real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.behaviour import GUEST, Behaviour
from recommender.history import histories_of

BUYERS, DEPARTMENTS, LINES = 1_000_000, 27, 20.0
_AT_HOME = 0.85
_DAYS_OFF = 3.0
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Generated:
    """Behaviour, the title of each item, and some buyers who bought something."""

    behaviour: Behaviour
    titles: Sequence[str]
    some_buyers: NDArray[np.int64]


def generated(real: Behaviour, titles: Sequence[str], buyers: int, scale: float, seed: int) -> Generated:
    """Return what ``buyers`` like the real ones bought, of 27 × ``scale`` departments of articles like the real ones.

    Each repeats a real buyer's lines, thinned to twenty on average, a few days off; what was one order stays one.
    """
    random = np.random.default_rng(seed)
    departments = max(round(DEPARTMENTS * scale), 1)
    histories = histories_of(real)
    sizes = np.array([len(histories.of(user).item) for user in range(len(histories))])
    kept = min(LINES / float(sizes.mean()), 1.0)
    rows = np.argsort(real.user, kind="stable")
    rows = rows[real.user[rows] != GUEST]
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    parts: list[tuple[NDArray[np.generic], ...]] = []
    orders = 0
    for first in range(0, buyers, _CHUNK):
        count = min(_CHUNK, buyers - first)
        like = random.integers(0, len(histories), count)
        length = sizes[like]
        who = np.repeat(np.arange(count), length)
        at = np.repeat(starts[like] - np.concatenate(([0], np.cumsum(length)[:-1])), length) + np.arange(length.sum())
        chosen = random.random(len(who)) < kept
        who, source = who[chosen], rows[at[chosen]]
        home = random.integers(0, departments, count)
        department = np.where(random.random(len(who)) < _AT_HOME, home[who], random.integers(0, departments, len(who)))
        item = real.item[source].astype(np.int64) * departments + department
        pairs = who.astype(np.int64) << 32 | real.order[source]
        order = np.unique(pairs, return_inverse=True)[1] + orders
        orders += int(order.max()) + 1 - orders if len(order) else 0
        day = real.at[source] + random.uniform(-_DAYS_OFF, _DAYS_OFF, count)[who]
        parts.append((
            (who + first).astype(np.int32), item.astype(np.int32), order.astype(np.int32), day,
            real.quantity[source], real.price[source],
        ))  # fmt: skip
    user, item, order, day, quantity, price = (np.concatenate(each) for each in zip(*parts, strict=True))
    del parts
    # A line that stands twice in an order is one.
    _, once = np.unique(order.astype(np.int64) << 32 | item, return_index=True)
    once = once[np.argsort(day[once], kind="stable")]
    names = tuple(f"{identity}-{number:02d}" for identity in real.items for number in range(departments))
    titled = [f"{title} {number:02d}" if title else "" for title in titles for number in range(departments)]
    users = tuple(f"account {number:07d}" for number in range(buyers))
    columns = (each[once] for each in (user, item, order, day, quantity, price))
    some = np.unique(user)
    asked = random.choice(some, min(len(some), 1_000), replace=False).astype(np.int64)
    return Generated(Behaviour(users, names, *columns), titled, asked)  # type: ignore[arg-type]
