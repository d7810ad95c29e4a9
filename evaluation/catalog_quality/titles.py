"""Titles that are too short to find and tell a product by, or too long to be shown whole."""

from dataclasses import dataclass

from commerce.product import Product
from evaluation.catalog_quality.sketches import Sample

SHORTEST = 10
LONGEST = 150
"""In characters. What is longer is cut by search pages and by most channels that take product feeds."""
_KEPT = 200


@dataclass(frozen=True, slots=True)
class OddTitle:
    """A product whose title is too short or too long."""

    id: str
    title: str
    length: int


@dataclass(frozen=True, slots=True)
class TitleLengths:
    """How many titles are too short and too long, with up to 200 examples of each, and how many there are by length.

    ``histogram[n]`` counts titles of 10n to 10n + 9 characters; the last entry holds all longer ones.
    """

    short: int
    long: int
    short_sample: tuple[OddTitle, ...]
    long_sample: tuple[OddTitle, ...]
    histogram: tuple[int, ...]


def is_short(title: str) -> bool:
    """Say whether a title is a single word or under 10 characters; an empty one is missing, not short."""
    text = title.strip()
    return 0 < len(text) < SHORTEST or (bool(text) and len(text.split()) == 1)


class TitleCounter:
    """Counts titles by length, one product at a time."""

    def __init__(self) -> None:
        self._short = self._long = 0
        self._short_sample = Sample[OddTitle](_KEPT)
        self._long_sample = Sample[OddTitle](_KEPT)
        self._histogram = [0] * (LONGEST // 10 + 2)

    def add(self, product: Product, rank: int) -> None:
        """Count one product; ``rank`` is the stable hash of its id."""
        length = len(product.title)
        self._histogram[min(length // 10, len(self._histogram) - 1)] += 1
        if is_short(product.title):
            self._short += 1
            self._short_sample.add(rank, product.id, OddTitle(product.id, product.title, length))
        elif length > LONGEST:
            self._long += 1
            self._long_sample.add(rank, product.id, OddTitle(product.id, product.title, length))

    def result(self) -> TitleLengths:
        """Return what was counted."""
        short, long = self._short_sample.things(), self._long_sample.things()
        return TitleLengths(self._short, self._long, tuple(short), tuple(long), tuple(self._histogram))
