"""What each of the compared products is best for among them, in one sentence, in English and in German."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

from ranking.comparison.table import Cell, Row, Value, number_of

_FOLDER = Path(__file__).with_name("texts")
_MOST = 3


class Words(NamedTuple):
    """The words of one language; ``{}`` takes a list or a number."""

    best: str
    joint: str
    lowest: str
    highest: str
    only: str
    extreme: str
    dearer: str
    nothing: str
    both: str
    yes: str
    no: str
    beats: str


def words_of(locale: str) -> Words:
    """Return the words of a locale; English ones where there are none."""
    return _read(language_of(locale))


def language_of(locale: str) -> str:
    """Return the language that sentences are written in for a locale."""
    return "de" if locale.split("-")[0].lower() == "de" else "en"


@cache
def _read(language: str) -> Words:
    return Words(**orjson.loads((_FOLDER / f"{language}.json").read_bytes()))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says values and sentences in one locale."""

    locale: str

    def sentence(self, rows: Sequence[Row], product: int) -> str:
        """Return what one product is best for; the rows come with what matters most first.

        What it alone is best at goes first, then what it shares the lead in, then what it alone has, then where it
        lies at the end of a scale that has no better end.
        """
        words = words_of(self.locale)
        differing = [row for row in rows if row.differs and row.importance > 0]
        alone = [row for row in differing if row.best == (product,)]
        joint = [row for row in differing if product in row.best and len(row.best) > 1]
        parts = []
        if alone:
            parts.append(words.best.format(self._listed([self._directed(row, product) for row in alone[:_MOST]])))
        elif joint:
            parts.append(words.joint.format(self._listed([self._directed(row, product) for row in joint[:_MOST]])))
        if having := [row for row in differing if _alone_has(row, product)][: _MOST - 1]:
            parts.append(words.only.format(self._listed([row.head.label for row in having])))
        if not parts:
            parts += self._remarkable(differing, product, words)
        text = "; ".join(parts) or words.nothing
        return text[:1].upper() + text[1:] + "."

    def beats(self, rows: Sequence[tuple[Row, Cell]]) -> str:
        """Return what an alternative is better for: rows with its own cell."""
        said = [f"{row.head.label} ({self._said(row, cell.value, cell.unit)})" for row, cell in rows]
        return words_of(self.locale).beats.format(self._listed(said)) + "."

    def value(self, value: Value, unit: str | None) -> str:
        """Return a value as text: "1,024 GB", in German "1.024 GB"."""
        if isinstance(value, tuple):
            return ", ".join(self.value(each, unit) for each in value)
        words = words_of(self.locale)
        if isinstance(value, bool):
            return words.yes if value else words.no
        text = value if isinstance(value, str) else self._number(value)
        return f"{text} {unit}" if unit else text

    def _number(self, number: float) -> str:
        if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
            number = int(number)
        # Years and part numbers are not grouped: there is no telling them from other numbers of four digits.
        text = f"{number:,}" if abs(number) >= 10_000 else f"{number}"
        return text.translate(str.maketrans(",.", ".,")) if language_of(self.locale) == "de" else text

    def _listed(self, parts: Sequence[str]) -> str:
        if len(parts) == 1:
            return parts[0]
        return f"{', '.join(parts[:-1])} {words_of(self.locale).both} {parts[-1]}"

    def _directed(self, row: Row, product: int) -> str:
        words = words_of(self.locale)
        end = words.highest if row.head.better == "higher" else words.lowest
        return f"{row.head.label} ({self._of(row, product)}, {end})"

    def _of(self, row: Row, product: int) -> str:
        value = row.values[product]
        return "" if value is None else self._said(row, value, row.unit)

    def _said(self, row: Row, value: Value, unit: str | None) -> str:
        if row.head.field in _MONEY and isinstance(value, str) and language_of(self.locale) == "de":
            value = value.replace(".", ",")
        return self.value(value, unit)

    def _remarkable(self, rows: Sequence[Row], product: int, words: Words) -> list[str]:
        for row in rows:
            if row.head.field != "released" and row.head.better is None and (end := _end_of_scale(row, product)):
                said = words.highest if end > 0 else words.lowest
                return [words.extreme.format(f"{row.head.label} {self._of(row, product)} ({said})")]
        for row in rows:
            cell = row.cells[product]
            told = cell is not None and isinstance(cell.value, str) and row.head.field not in _NO_TEXT
            if told and _alone_says(row, product):
                return [words.only.format(f"{row.head.label} {self._of(row, product)}")]
        return [words.dearer.format(above) for row in rows if (above := _above_best(row, product))][:1]


_MONEY = frozenset({"price", "price_per_piece"})
_NO_TEXT = _MONEY | {"released"}


def _above_best(row: Row, product: int) -> int | None:
    """Return by how many percent a product's price is above the lowest; None for a field that is no price."""
    own = number_of(row.cells[product])
    if row.head.field != "price" or own is None or not row.best:
        return None
    lowest = number_of(row.cells[row.best[0]])
    return round((own / lowest - 1) * 100) if lowest else None


def _alone_has(row: Row, product: int) -> bool:
    """Say whether this product has what all others are known not to have."""
    return all(cell is not None and cell.normalised is (at == product) for at, cell in enumerate(row.cells))


def _end_of_scale(row: Row, product: int) -> int:
    """Return 1 if the product's number is greater than all others', -1 if it is less, else 0."""
    numbers = [number_of(cell) for cell in row.cells]
    own = numbers[product]
    others = [number for at, number in enumerate(numbers) if at != product and number is not None]
    if own is None or not others:
        return 0
    return 1 if own > max(others) else -1 if own < min(others) else 0


def _alone_says(row: Row, product: int) -> bool:
    own = row.cells[product]
    others = [cell for at, cell in enumerate(row.cells) if at != product]
    return all(cell is not None and own is not None and not _equal(cell, own) for cell in others)


def _equal(one: Cell, other: Cell) -> bool:
    return str(one.value).casefold() == str(other.value).casefold()
