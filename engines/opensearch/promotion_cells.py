"""Which groups of promotions meet on units.

A cell is the units that exactly some groups are on: for all of them promotions make the same sum of a price, so their
prices can be counted. Which groups have units in common the cluster says, once for each snapshot: so twenty promotions
on different products are twenty cells, not a million.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from engines.opensearch.conditions import EVERYTHING, NOTHING, UNITS, any_of
from engines.opensearch.connection import Json
from engines.opensearch.point import PointInTime
from engines.opensearch.promotion_groups import Group

_MOST_PAIRS = 100
"""Groups that the cluster compares two by two in one request."""
_MOST_GUESSED = 256
_AT_A_TIME = 5
_REMEMBERED = 100
Members = frozenset[int]


@dataclass(frozen=True, slots=True)
class Cell:
    """The units that meet all of ``met`` and none of ``unmet``; ``groups`` are those on them."""

    groups: tuple[Group, ...] = ()
    met: tuple[Json, ...] = ()
    unmet: tuple[Json, ...] = ()


class Meetings:
    """Knows which groups of promotions have units of a snapshot in common; safe for concurrent use."""

    def __init__(self, point: PointInTime) -> None:
        self._point = point
        self._known: dict[tuple[tuple[str, ...], ...], list[Members]] = {}
        self._lock = Lock()

    def cells(self, groups: Sequence[Group]) -> list[Cell]:
        """Return cells that hold every unit once, the first one those that no group is on."""
        touched = [each.touched() for each in groups]
        key = tuple(tuple(each.terms.id for each in group.promotions) for group in groups)
        with self._lock:
            members = self._known.get(key)
        if members is None:
            members = self._members([any_of(each) for each in touched])
            with self._lock:
                if len(self._known) < _REMEMBERED:
                    self._known[key] = members
        near: dict[int, set[int]] = {at: set() for at in range(len(groups))}
        for some in members:
            for at in some:
                near[at] |= some
        return [self._cell(groups, touched, some, near) for some in members]

    @staticmethod
    def _cell(
        groups: Sequence[Group], touched: Sequence[Sequence[Json]], some: Members, near: Mapping[int, set[int]]
    ) -> Cell:
        inside = sorted(some)
        # What has no unit in common with a member cannot be on the unit anyway.
        outside = [at for at in near if at not in some and all(at in near[one] for one in some)]
        others = any_of([each for at in outside for each in touched[at]])
        met = tuple(any_of(touched[at]) for at in inside)
        return Cell(tuple(groups[at] for at in inside), met, () if others is NOTHING else (others,))

    def _members(self, touched: Sequence[Json]) -> list[Members]:
        """Return the sets of groups that may be on a unit, the empty one first."""
        if len(touched) <= _MOST_PAIRS:
            guessed = list(islice(_cliques(self._neighbours(touched)), _MOST_GUESSED + 1))
            if len(guessed) <= _MOST_GUESSED:
                return guessed
        return self._found(touched)

    def _neighbours(self, touched: Sequence[Json]) -> list[set[int]]:
        found: list[set[int]] = [set() for _ in touched]
        if len(touched) < 2:
            return found
        matrix = {"adjacency_matrix": {"filters": {str(at): each for at, each in enumerate(touched)}}}
        for bucket in self._asked(EVERYTHING, {"meet": matrix})["meet"]["buckets"]:
            one, _, other = bucket["key"].partition("&")
            if other:
                found[int(one)].add(int(other))
                found[int(other)].add(int(one))
        return found

    def _found(self, touched: Sequence[Json]) -> list[Members]:
        """Return the sets of groups that are on some unit, by dividing the units by a few groups after the other."""
        found: list[Members] = [frozenset()]
        for begin in range(0, len(touched), _AT_A_TIME):
            following = range(begin, min(begin + _AT_A_TIME, len(touched)))
            divided: list[Members] = []
            for some in found:
                before = {"bool": {
                    "filter": [touched[at] for at in sorted(some)],
                    "must_not": [touched[at] for at in range(begin) if at not in some],
                }}  # fmt: skip
                answer = self._asked(before, _divided(touched, following))
                divided += [some | more for more in _read(answer, following)]
            found = divided
        return list(dict.fromkeys([frozenset(), *found]))

    def _asked(self, units: Json, aggregations: Json) -> Json:
        inside = {"in": {"filter": units, "aggs": aggregations}}
        aggs = {"units": {"nested": {"path": UNITS}, "aggs": inside}}
        answer = self._point.search({"query": EVERYTHING, "size": 0, "track_total_hits": False, "aggs": aggs})
        found: Json = answer["aggregations"]["units"]["in"]
        return found


def _cliques(neighbours: Sequence[set[int]]) -> Iterator[Members]:
    """Yield every set of groups of which each two have units in common, the empty one first."""
    waiting = [frozenset[int]()]
    while waiting:
        members = waiting.pop()
        yield members
        last = max(members, default=-1)
        waiting += [
            members | {at} for at in range(last + 1, len(neighbours)) if all(at in neighbours[each] for each in members)
        ]


def _divided(touched: Sequence[Json], following: range) -> dict[str, Json]:
    """Return the aggregation that divides units by one group after the other: on it, or not."""
    inner: dict[str, Json] = {}
    for at in reversed(following):
        either = {"filters": {"filters": {"on": touched[at]}, "other_bucket_key": "off"}}
        inner = {"by": {**either, "aggs": inner} if inner else either}
    return inner


def _read(answer: Json, following: range) -> Iterator[Members]:
    """Yield the sets of groups of which the answer to ``_divided`` counts a unit."""
    if not following:
        yield frozenset()
        return
    for state, bucket in answer["by"]["buckets"].items():
        if bucket["doc_count"]:
            here = {following[0]} if state == "on" else set[int]()
            for more in _read(bucket, following[1:]):
                yield more | here
