"""What a search is to rules: its query, the page it is for, who asks, when, and from where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from commerce.buyer import Buyer
from commerce.merchandising import Device, Units, When, normalise_query
from engines.plan import Selection
from language.filters.tree import And, Compare, Filter, In, Scalar

_BOUNDS = {"<": "<", "<=": "<", ">": ">", ">=": ">"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of recommendations: where it stands, if that was said, and what it asks for."""

    placement: str | None
    strategy: str


@dataclass(frozen=True, slots=True)
class Situation:
    """One search as rules look at it.

    ``query`` is normalised; ``category`` is the one category whose page is asked for; ``conditions`` are all that the
    request is narrowed by, each of which holds for every hit. ``arms`` are the arms of experiments, by their ids.
    ``unit`` is that of recommendations, None for a search.
    """

    query: str
    locale: str
    moment: datetime
    category: str | None = None
    conditions: tuple[Filter, ...] = ()
    account: str | None = None
    groups: frozenset[str] = frozenset()
    device: Device | None = None
    arms: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | None = None

    def meets(self, when: When) -> bool:
        """Say whether all holds that a rule asks for beside the query."""
        return (
            (when.begin is None or when.begin <= self.moment)
            and (when.end is None or self.moment < when.end)
            and (when.category is None or when.category == self.category)
            and (not (when.accounts or when.groups) or self._is_meant(when))
            and when.speaks_to(self.locale)
            and (not when.devices or self.device in when.devices)
            and (when.experiment is None or self.arms.get(when.experiment[0]) == when.experiment[1])
            and (when.filter is None or self._is_narrowed(when.filter))
            and self._is_of_unit(when.units)
        )

    def _is_of_unit(self, units: Units | None) -> bool:
        if units is None or self.unit is None:
            return units is None and self.unit is None
        placed = not units.placements or self.unit.placement in units.placements
        return placed and (not units.strategies or self.unit.strategy in units.strategies)

    def _is_meant(self, when: When) -> bool:
        return self.account in when.accounts or not when.groups.isdisjoint(self.groups)

    def _is_narrowed(self, condition: Filter) -> bool:
        return all(any(implies(mine, part) for mine in self.conditions) for part in conjuncts(condition))


def situation(
    query: str,
    locale: str,
    moment: datetime,
    buyer: Buyer,
    *,
    condition: Filter | None = None,
    selections: tuple[Selection, ...] = (),
    device: Device | None = None,
    arms: Mapping[str, str] | None = None,
    unit: Unit | None = None,
) -> Situation:
    """Return what a request is to rules.

    A buyer's groups are those that its token names, and its price lists and assortments by their ids.
    """
    conditions = [] if condition is None else list(conjuncts(condition))
    conditions += [In(each.field, each.values) for each in selections if each.values and not each.intervals]
    categories = {value for each in conditions if (value := _single(each, "category")) is not None}
    return Situation(
        query=normalise_query(query),
        locale=locale,
        moment=moment,
        category=categories.pop() if len(categories) == 1 else None,
        conditions=tuple(conditions),
        account=buyer.account,
        groups=frozenset((*buyer.groups, *buyer.price_lists, *(buyer.assortments or ()))),
        device=device,
        arms=arms or {},
        unit=unit,
    )


def conjuncts(condition: Filter) -> Iterator[Filter]:
    """Yield the conditions that all must hold for a filter to hold."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from conjuncts(part)
    else:
        yield condition


def implies(mine: Filter, wanted: Filter) -> bool:
    """Say whether one condition leaves nothing that another would not: the same, fewer values, or a closer bound."""
    if mine == wanted:
        return True
    if (have := _values(mine)) and (want := _values(wanted)):
        return have[0] == want[0] and have[1] <= want[1]
    if not isinstance(wanted, Compare) or wanted.op not in _BOUNDS or isinstance(wanted.value, str | bool):
        return False
    if have and have[0] == wanted.field:
        return all(_within(value, wanted) for value in have[1])
    if not isinstance(mine, Compare) or mine.field != wanted.field or _BOUNDS.get(mine.op) != _BOUNDS[wanted.op]:
        return False
    if isinstance(mine.value, str | bool):
        return False
    if mine.value == wanted.value:
        return mine.op == wanted.op or mine.op in {"<", ">"}
    return mine.value < wanted.value if _BOUNDS[wanted.op] == "<" else mine.value > wanted.value


def _values(node: Filter) -> tuple[str, frozenset[Scalar]] | None:
    """Return the field of which a condition wants one of some values, and these."""
    if isinstance(node, In):
        return node.field, frozenset(node.values)
    if isinstance(node, Compare) and node.op == "=":
        return node.field, frozenset((node.value,))
    return None


def _single(node: Filter, field: str) -> str | None:
    found = _values(node)
    if found is None or found[0] != field or len(found[1]) != 1:
        return None
    return str(next(iter(found[1])))


def _within(value: Scalar, bound: Compare) -> bool:
    if isinstance(value, str | bool) or isinstance(bound.value, str | bool):
        return False
    match bound.op:
        case "<":
            return value < bound.value
        case "<=":
            return value <= bound.value
        case ">":
            return value > bound.value
        case _:
            return value >= bound.value
