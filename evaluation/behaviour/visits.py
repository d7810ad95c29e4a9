"""Visits: what one client did in one session, searches and events in the order of time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from commerce.event import Event, SearchRecord

MOST_DEEDS = 1_000
"""Visits with more events than a person makes are robots'."""


@dataclass(slots=True)
class Visit:
    """One visit, both lists in the order of time."""

    searches: list[SearchRecord] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of people, how many were robots', and the searches of which it is not known who made them."""

    visits: tuple[Visit, ...]
    robots: int
    unnamed: tuple[SearchRecord, ...]


def visits_of(searches: Iterable[SearchRecord], events: Iterable[Event]) -> Visits:
    """Sort searches and events by visit: by session, or without one by client or user and day.

    All is held in memory, about 1 KB each.
    """
    found: defaultdict[str, Visit] = defaultdict(Visit)
    unnamed: list[SearchRecord] = []
    for search in searches:
        key = _key(search)
        if key is None:
            unnamed.append(search)
        else:
            found[key].searches.append(search)
    for event in events:
        found[_key(event) or f"event {event.id}"].events.append(event)
    people = [visit for visit in found.values() if len(visit.events) <= MOST_DEEDS]
    for visit in people:
        visit.searches.sort(key=lambda each: each.at)
        visit.events.sort(key=lambda each: each.at)
    return Visits(tuple(people), len(found) - len(people), tuple(unnamed))


def _key(said: SearchRecord | Event) -> str | None:
    if said.session is not None:
        return f"session {said.client} {said.session}"
    name = said.client or said.user
    return None if name is None else f"day {said.at.date()} {name}"
