"""Products that beat all of the compared ones on what matters, of what the buyer sees, at the buyer's prices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from commerce.buyer import Buyer
from engines.plan import SearchPlan, Sort
from engines.port import SearchIndex
from engines.results import StoredProduct
from language.filters.tree import And, Compare, Filter, In, Not, Operator, Or, Scalar
from ranking.comparison.table import Cell, Row, number_of

_MATTERS = 3
_ALIKE = 2
_MOST = 3


@dataclass(frozen=True, slots=True)
class Criteria:
    """What an alternative has to meet: ``directed`` rows at least as good as the best of them and better in one,
    ``alike`` rows with the value that they all share."""

    directed: tuple[Row, ...]
    alike: tuple[Row, ...]


def criteria(rows: Sequence[Row], fields: Collection[str]) -> Criteria | None:
    """Return what matters: the most important directed rows that all products state, the price among them, and what
    all share. None where there is no price, or nothing to hold beside it: then the cheapest of a type would beat all.
    """
    stated = [row for row in rows if row.head.field in fields and all(cell is not None for cell in row.cells)]
    numeric = [row for row in stated if row.head.better and all(number_of(cell) is not None for cell in row.cells)]
    price = [row for row in numeric if row.head.field == "price"]
    others = [row for row in numeric if row.head.field != "price" and row.importance > 0][: _MATTERS - 1]
    shared = [row for row in stated if row.head.field.startswith("attributes.") and row.head.better is None]
    shared = [row for row in sorted(shared, key=lambda each: -each.importance) if _shared(row) is not None][:_ALIKE]
    if not price or not (others or shared):
        return None
    return Criteria((*price, *others), tuple(shared))


def alternatives(
    index: SearchIndex,
    buyer: Buyer,
    at: datetime | None,
    type_name: str,
    compared: Sequence[str],
    wanted: Criteria,
    condition: Filter | None = None,
) -> list[StoredProduct]:
    """Return up to three products of the type that meet the criteria and a condition, the most popular first."""
    available = Compare("in_stock", "=", value=True)
    parts: list[Filter] = [Compare("category", "=", type_name), Not(In("id", tuple(compared))), available]
    parts += [] if condition is None else [condition]
    parts += [Compare(row.head.field, _at_least(row), _limit(row)) for row in wanted.directed]
    parts += [Compare(row.head.field, "=", value) for row in wanted.alike if (value := _shared(row)) is not None]
    parts.append(Or(tuple(Compare(row.head.field, _better(row), _limit(row)) for row in wanted.directed)))
    plan = SearchPlan(buyer=buyer, at=at, filter=And(tuple(parts)), sort=Sort("popularity"), limit=_MOST)
    return [hit.product for hit in index.search(plan).hits]


def beats(row: Row, cell: Cell) -> bool:
    """Say whether a cell is better than all of a directed row."""
    number = number_of(cell)
    if number is None:
        return False
    return number > _limit(row) if row.head.better == "higher" else number < _limit(row)


def _limit(row: Row) -> float:
    numbers = [number for cell in row.cells if (number := number_of(cell)) is not None]
    return max(numbers) if row.head.better == "higher" else min(numbers)


def _at_least(row: Row) -> Operator:
    return ">=" if row.head.better == "higher" else "<="


def _better(row: Row) -> Operator:
    return ">" if row.head.better == "higher" else "<"


def _shared(row: Row) -> Scalar | None:
    """Return the one value that all products have; None where it is not a single one, or it was read from texts."""
    cell = row.cells[0]
    extracted = any(each is not None and each.source == "extracted" for each in row.cells)
    if row.differs or extracted or cell is None or isinstance(cell.normalised, tuple):
        return None
    return cell.normalised
