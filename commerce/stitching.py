"""Whose events are whose on a device: an anonymous visit joins the first who signs on in it, and nobody else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from commerce.event import StoredEvent

PAUSE = timedelta(minutes=30)
"""A visit that names no session ends with a pause of this length."""


def joined(events: Iterable[StoredEvent]) -> dict[int, str]:
    """Return the users that anonymous events of one client belong to, by the events' numbers.

    What happened in a visit before the first sign-on belongs to that user. What happens after somebody was signed on
    in a visit belongs to nobody: who signed off may have left, and another may sit there.
    """
    found: dict[int, str] = {}
    for visit in _visits(sorted(events, key=lambda each: (each.event.at, each.seq))):
        first = next((at for at, each in enumerate(visit) if _person(each) is not None), None)
        if first is not None and (user := visit[first].event.user) is not None:
            found.update({each.seq: user for each in visit[:first]})
    return found


def of_user(user: str, own: Sequence[StoredEvent], by_client: Mapping[str, Sequence[StoredEvent]]) -> list[StoredEvent]:
    """Return a user's events: their own, and those of clients that they signed on in, as far as these joined them."""
    found = {each.seq: each for each in own}
    for events in by_client.values():
        whose = joined(events)
        found.update({each.seq: each for each in events if whose.get(each.seq) == user})
    return [found[seq] for seq in sorted(found)]


def of_nobody(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """Return the anonymous events of one client that joined no user."""
    whose = joined(events)
    return [each for each in events if _person(each) is None and each.seq not in whose]


def _person(stored: StoredEvent) -> str | None:
    return stored.event.user or stored.event.account


def _visits(events: Sequence[StoredEvent]) -> list[list[StoredEvent]]:
    visits: dict[object, list[StoredEvent]] = {}
    last: datetime | None = None
    number = 0
    for each in events:
        session: object = each.event.session
        if session is None:
            if last is None or each.event.at - last > PAUSE:
                number += 1
            last, session = each.event.at, number
        visits.setdefault(session, []).append(each)
    return list(visits.values())
