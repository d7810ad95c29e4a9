"""What known buyers looked at, as rows like those of orders: what the blend learns from where clicks are the aim."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from commerce.event import Event
from recommender.behaviour import Behaviour, buyer_name, day_of

_DEEDS = frozenset({"viewed", "added", "bought"})


def read_interest(events: Iterable[Event], behaviour: Behaviour) -> Behaviour:
    """Return what buyers of ``behaviour`` looked at, put into the cart or bought, as far as they agreed that it shapes
    what they are shown; a visit is an order. Events may come in any order; users and items keep their numbers."""
    users = {name: number for number, name in enumerate(behaviour.users)}
    items = {name: number for number, name in enumerate(behaviour.items)}
    visits: dict[tuple[int, str], int] = {}
    rows: list[tuple[float, int, int, int]] = []
    for event in events:
        user = users.get(buyer_name(event.account, event.user) or "")
        item = items.get(event.object_id or "")
        if user is None or item is None or not event.personal or event.deed not in _DEEDS:
            continue
        day = day_of(event.at)
        visit = visits.setdefault((user, event.session or f"day {int(day)}"), len(visits))
        rows.append((day, user, item, visit))
    rows.sort()
    at, user_, item_, visit_ = (np.array(each) for each in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 4
    ones = np.ones(len(rows), dtype=np.float32)
    return replace(
        behaviour,
        user=user_.astype(np.int32),
        item=item_.astype(np.int32),
        order=visit_.astype(np.int32),
        at=at.astype(np.float64),
        quantity=ones,
        price=np.zeros_like(ones),
    )
