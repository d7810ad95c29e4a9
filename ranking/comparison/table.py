"""The comparison table: one row a field, one cell a product, in one unit a row where the values allow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Literal

from language.filters.tree import Scalar

Value = Scalar | tuple[Scalar, ...]
Better = Literal["higher", "lower"]
BetterSource = Literal["known", "purchases"]
_TOLERANCE = 1e-9
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Cell:
    """What one product says of one field: as given in ``unit``, and ``normalised`` as filters compare it, None where
    that is not known. ``source``, ``confidence`` (0 to 1) and ``evidence`` tell how it is known."""

    value: Value
    unit: str | None = None
    normalised: Value | None = None
    source: Literal["given", "extracted"] = "given"
    confidence: float = 1.0
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a row is about. ``unit`` is that of normalised numbers; ``better`` is None where no direction is known."""

    field: str
    label: str
    group: str | None = None
    unit: str | None = None
    better: Better | None = None
    better_source: BetterSource | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``values`` are in ``unit``, ``normalised`` in the head's; None stands for what a product does not say.
    ``differs`` says that two known values differ. ``best`` are the products with the best value, by their index."""

    head: Head
    cells: tuple[Cell | None, ...]
    values: tuple[Value | None, ...]
    unit: str | None
    differs: bool
    best: tuple[int, ...]
    importance: float

    @property
    def normalised(self) -> tuple[Value | None, ...]:
        """Return the values as filters compare them."""
        return tuple(None if cell is None else cell.normalised for cell in self.cells)


def row(head: Head, cells: Sequence[Cell | None], importance: float) -> Row:
    """Put the cells of one field side by side."""
    values, unit = _in_one_unit(head, cells)
    differs = _differs(cells)
    best = _best(head.better, cells) if differs else ()
    return Row(head, tuple(cells), values, unit, differs, best, importance)


def table(
    heads: Sequence[Head], cells: Sequence[Mapping[str, Cell]], importance: Mapping[str, float]
) -> tuple[Row, ...]:
    """Return the rows of some fields, ``cells`` being those of each product by field: what differs first, and of that
    what matters most; on a tie in the order of ``heads``."""
    rows = [row(head, [of.get(head.field) for of in cells], importance.get(head.field, 0.0)) for head in heads]
    return tuple(sorted(rows, key=lambda each: (not each.differs, -each.importance)))


def _in_one_unit(head: Head, cells: Sequence[Cell | None]) -> tuple[tuple[Value | None, ...], str | None]:
    """Return the values as given where all have one unit, else as normalised where that can be done for all."""
    known = [cell for cell in cells if cell is not None]
    given = tuple(None if cell is None else cell.value for cell in cells)
    units = {cell.unit for cell in known}
    if len(units) == 1:
        return given, units.pop()
    if all(cell.normalised is not None for cell in known):
        return tuple(None if cell is None else cell.normalised for cell in cells), head.unit
    return given, None


def _differs(cells: Sequence[Cell | None]) -> bool:
    return len({_meaning(cell) for cell in cells if cell is not None}) > 1


def _meaning(cell: Cell) -> object:
    """Return what two cells that say the same have in common; of an unknown scale only the same words are the same."""
    if cell.normalised is None:
        return cell.unit, _folded(cell.value)
    return _folded(cell.normalised)


def _folded(value: Value) -> object:
    """Return a value as two that mean the same have it: numbers but for rounding, several values in any order, texts
    in any case and spacing."""
    if isinstance(value, tuple):
        return frozenset(_folded(each) for each in value)
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    # Python's True equals 1.
    return (bool, value) if isinstance(value, bool) else float(f"{value:.{_DIGITS}g}")


def _best(better: Better | None, cells: Sequence[Cell | None]) -> tuple[int, ...]:
    if better is None:
        return ()
    numbers = {at: number for at, cell in enumerate(cells) if (number := number_of(cell)) is not None}
    if len(numbers) < 2:
        return ()
    wanted = max(numbers.values()) if better == "higher" else min(numbers.values())
    return tuple(at for at, number in numbers.items() if isclose(number, wanted, rel_tol=_TOLERANCE))


def number_of(cell: Cell | None) -> float | None:
    """Return a cell's number in its row's unit; None where it is none, or several."""
    if cell is None or not _is_number(cell.normalised):
        return None
    return float(cell.normalised)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
