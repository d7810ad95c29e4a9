"""Which promotions meet on units, and what those that do make of a price together.

Promotions of one selection of products are always together. Which selections have units in common the cluster says,
once for each snapshot: so twenty promotions on different products are twenty cells, not a million. A cell is the units
that exactly some selections are on; for all of them the price is the same sum, which never falls where the price rises.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from engines.opensearch.conditions import EVERYTHING, UNITS
from engines.opensearch.connection import Json
from engines.opensearch.documents import PRICE_SCALE
from engines.opensearch.point import PointInTime
from engines.opensearch.price_rules import Step
from engines.opensearch.promotions import ReadyPromotion
from language.errors import VitrineError

_MOST_SELECTIONS = 100
"""What the cluster compares in one request."""
_MOST_CELLS = 256
_REMEMBERED = 100


class TooManyPromotions(VitrineError):
    """More promotions in force meet on the same products than conditions can say."""

    code = "too_many_promotions"


@dataclass(frozen=True, slots=True)
class _Part:
    step: Step
    net: int | None
    floor: int
    stackable: bool

    def made(self, net: int) -> int:
        reduced = self.step.made(net) if self.net is None else self.net
        return min(max(reduced, self.floor), net)


@dataclass(frozen=True, slots=True)
class Lowering:
    """What promotions make of a price, see ``commerce.promotions.promote``; ``parts`` in the order of application."""

    parts: tuple[_Part, ...]
    factor: int = 1

    def made(self, base: int) -> int:
        """Return the price that comes of another, both in millionths."""
        best = left = base
        for each in self.parts:
            if each.stackable:
                left = each.made(left)
            else:
                best = min(best, each.made(base))
        return min(best, left)


@dataclass(frozen=True, slots=True)
class Cell:
    """The units that meet all of ``met`` and none of ``unmet``; ``promotions`` are those on them, in order."""

    promotions: tuple[ReadyPromotion, ...] = ()
    met: tuple[Json, ...] = ()
    unmet: tuple[Json, ...] = ()

    def lowering(self, *, listed: bool) -> Lowering | None:
        """Return what becomes of a price, by a list or not; None where nothing does."""
        parts = tuple(
            _Part(
                each.step,
                None if each.terms.net is None else int(each.terms.net * PRICE_SCALE),
                int(each.terms.floor * PRICE_SCALE),
                each.terms.stackable,
            )
            for each in self.promotions
            if each.terms.concerns(1, listed=listed)
        )
        return Lowering(parts) if parts else None


class Meetings:
    """Knows which selections of a snapshot have units in common; safe for concurrent use."""

    def __init__(self, point: PointInTime) -> None:
        self._point = point
        self._known: dict[tuple[str, ...], list[set[int]]] = {}
        self._lock = Lock()

    def cells(self, promotions: Sequence[ReadyPromotion]) -> list[Cell]:
        """Return the cells of promotions, the first one of the units that none is on.

        Raises TooManyPromotions for more selections, or more ways in which they meet, than conditions can say.
        """
        groups: dict[object, list[ReadyPromotion]] = {}
        for each in promotions:
            groups.setdefault(each.terms.selected, []).append(each)
        touched = [group[0].touched() for group in groups.values()]
        if len(touched) > _MOST_SELECTIONS:
            raise too_many(promotions)
        neighbours = self._neighbours(tuple(group[0].terms.id for group in groups.values()), touched)
        cells: list[Cell] = []
        for members in _cliques(neighbours):
            if len(cells) == _MOST_CELLS:
                raise too_many(promotions)
            chosen = {each.terms.id for at, group in enumerate(groups.values()) if at in members for each in group}
            # What has no unit in common with a member cannot be on the unit anyway.
            others = [at for at in range(len(touched)) if at not in members and members <= neighbours[at]]
            cells.append(
                Cell(
                    tuple(each for each in promotions if each.terms.id in chosen),
                    tuple(touched[at] for at in sorted(members)),
                    tuple(touched[at] for at in others),
                )
            )
        return cells

    def _neighbours(self, key: tuple[str, ...], touched: Sequence[Json]) -> list[set[int]]:
        if len(touched) < 2:
            return [set() for _ in touched]
        with self._lock:
            if (known := self._known.get(key)) is not None:
                return known
        matrix = {"adjacency_matrix": {"filters": {str(at): each for at, each in enumerate(touched)}}}
        aggs = {"units": {"nested": {"path": UNITS}, "aggs": {"meet": matrix}}}
        answer = self._point.search({"query": EVERYTHING, "size": 0, "track_total_hits": False, "aggs": aggs})
        found: list[set[int]] = [set() for _ in touched]
        for bucket in answer["aggregations"]["units"]["meet"]["buckets"]:
            one, _, other = bucket["key"].partition("&")
            if other:
                found[int(one)].add(int(other))
                found[int(other)].add(int(one))
        with self._lock:
            if len(self._known) < _REMEMBERED:
                self._known[key] = found
        return found


def _cliques(neighbours: Sequence[set[int]]) -> Iterator[frozenset[int]]:
    """Yield every set of selections of which each two have units in common, the empty one first."""
    waiting = [frozenset[int]()]
    while waiting:
        members = waiting.pop()
        yield members
        last = max(members, default=-1)
        waiting += [
            members | {at} for at in range(last + 1, len(neighbours)) if all(at in neighbours[each] for each in members)
        ]


def too_many(promotions: Sequence[ReadyPromotion]) -> TooManyPromotions:
    """Return the error that says so."""
    return TooManyPromotions(
        f"{len(promotions)} promotions are in force and meet on products in more ways than OpenSearch can be "
        "asked for: give promotions on the same products the same ids and filter, disable some, or set "
        "VITRINE_ENGINE=embedded"
    )
