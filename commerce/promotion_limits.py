"""How many promotions may be in force at once.

An engine compares a buyer's promoted price with a bound by asking of each product which promotions are on it. What
that takes is counted here, in conditions, and what would be too many is refused when a promotion is written, so that no
search ever fails of it. Promotions that make the same of a price count as one with several selections: ids are two
conditions however many there are, a filter has its comparisons. Those that can be stacked are asked about in every
combination, and where prices by price lists are lowered too, each list of a buyer is asked about.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from commerce.errors import InvalidPromotion
from commerce.promotions import Promotion
from language.filters.tree import And, Compare, Filter, Not, Or

MOST_CONDITIONS = 240
_IDS = 2
_LISTS = 6
"""So many sources of prices a buyer may have, the catalogue's own among them."""
_EVER = datetime.min.replace(tzinfo=UTC)


def refuse_too_many(promotion: Promotion, others: Iterable[Promotion]) -> None:
    """Refuse a promotion with which, at some moment, more would be in force than can be asked for.

    ``others`` are the catalogue's other promotions. Raises InvalidPromotion that says when, and how to mend it.
    """
    if not _counts(promotion):
        return
    beside = [each for each in others if _counts(each) and _overlap(each, promotion)]
    for moment in _moments(promotion, beside):
        together = [promotion, *(each for each in beside if _holds(each, moment))]
        if (count := conditions(together)) > MOST_CONDITIONS:
            when = "" if moment == _EVER else f" from {moment.isoformat()} on"
            raise InvalidPromotion(
                f"with it {len(together)} promotions would be in force together{when}, which take {count} conditions "
                f"of at most {MOST_CONDITIONS} to ask for: put promotions with the same reduction into one, name ids "
                "instead of long filters, make fewer of them stackable or applicable to price lists, or let them "
                "follow one another"
            )


def conditions(promotions: Iterable[Promotion]) -> int:
    """Return how many conditions it takes to ask for the prices that promotions make together."""
    alone: dict[object, list[Promotion]] = {}
    stacked: dict[object, list[Promotion]] = {}
    for each in promotions:
        if each.stackable:
            stacked.setdefault(each.selected, []).append(each)
        else:
            made = (each.percent, each.amount, each.net, each.floor, each.applies_to_price_lists)
            alone.setdefault(made, []).append(each)
    count = sum((_selections(some) + 1) * _times(some) for some in alone.values())
    if stacked:
        every = sum(_selections(some) for some in stacked.values())
        times = max(map(_times, stacked.values()))
        count += (every * 2 ** (len(stacked) - 1) + 2 ** len(stacked)) * times
    return count


def _counts(promotion: Promotion) -> bool:
    # Prices at greater quantities are shown, and not asked for.
    return promotion.enabled and promotion.min_quantity == 1


def _selections(promotions: Iterable[Promotion]) -> int:
    selected = [each.selected for each in promotions]
    filters = {each.filter for each in selected if each.filter is not None}
    return _IDS * any(each.ids for each in selected) + sum(map(_comparisons, filters))


def _comparisons(node: Filter) -> int:
    match node:
        case And(parts=parts) | Or(parts=parts):
            return sum(map(_comparisons, parts))
        case Not(part=part):
            return _comparisons(part)
        case Compare(op="!="):
            return 2
    return 1


def _times(promotions: Iterable[Promotion]) -> int:
    return _LISTS if any(each.applies_to_price_lists for each in promotions) else 1


def _moments(promotion: Promotion, beside: Iterable[Promotion]) -> Iterator[datetime]:
    """Yield when promotions join one that is in force, its own beginning first."""
    begin = promotion.valid_from or _EVER
    yield begin
    yield from sorted({each.valid_from for each in beside if each.valid_from is not None and each.valid_from > begin})


def _overlap(one: Promotion, other: Promotion) -> bool:
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Promotion, other: Promotion) -> bool:
    return one.valid_from is None or other.valid_until is None or one.valid_from < other.valid_until


def _holds(promotion: Promotion, moment: datetime) -> bool:
    begun = promotion.valid_from is None or promotion.valid_from <= moment
    return begun and (promotion.valid_until is None or moment < promotion.valid_until)
