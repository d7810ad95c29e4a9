"""A map as one buyer sees it: nothing of it comes from a product that the buyer does not see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranking.product_map.artefact import ProductMap
from ranking.product_map.regions import Codes

_LEADS = 0.3
"""A category names a region from this share of its products on."""


@dataclass(frozen=True, slots=True)
class Region:
    """A neighbourhood: its number on the map, its name and middle, and how many products are seen in it."""

    number: int
    name: str
    x: int
    y: int
    products: int


@dataclass(frozen=True, slots=True)
class MapView:
    """The seen part of a map. ``rows`` are its products' rows; ``category`` and ``brand`` number the names that occur,
    -1 is none, ``region`` the ``regions``. ``unplaced`` products came after the map was drawn."""

    rows: NDArray[np.intp]
    category: Codes
    brand: Codes
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    region: Codes
    regions: tuple[Region, ...]
    unplaced: int


def seen(drawn: ProductMap, ids: Sequence[str]) -> MapView:
    """Return the part of a map that the products of some ids make."""
    known = [row for row in map(drawn.rows.get, ids) if row is not None]
    rows = np.sort(np.array(known, dtype=np.intp))
    category, categories = _occurring(drawn.category[rows], drawn.categories)
    brand, brands = _occurring(drawn.brand[rows], drawn.brands)
    # Numbered anew: a number that is left out would tell of a region that the buyer does not see.
    found = regions_of(drawn, rows)
    regions = [replace(each, number=at) for at, each in enumerate(found)]
    region = np.searchsorted([each.number for each in found], drawn.region[rows]).astype(np.int32)
    return MapView(rows, category, brand, categories, brands, region, tuple(regions), len(ids) - len(rows))


def regions_of(drawn: ProductMap, rows: NDArray[np.intp]) -> tuple[Region, ...]:
    """Return the regions that some products lie in, named after what most of these are."""
    if not len(rows):
        return ()
    found = []
    order = rows[np.argsort(drawn.region[rows], kind="stable")]
    numbers, begins = np.unique(drawn.region[order], return_index=True)
    for number, members in zip(numbers.tolist(), np.split(order, begins[1:]), strict=True):
        x, y = np.median(drawn.places[members], axis=0).astype(int).tolist()
        found.append(Region(number, _name(drawn, members), x, y, len(members)))
    return tuple(found)


def _name(drawn: ProductMap, members: NDArray[np.intp]) -> str:
    category, count = _commonest(drawn.category[members])
    if category >= 0 and count >= _LEADS * len(members):
        return drawn.categories[category].rpartition(" > ")[2]
    word, _ = _commonest(drawn.word[members])
    return drawn.words[word] if word >= 0 else ""


def _commonest(codes: Codes) -> tuple[int, int]:
    counts = np.bincount(codes[codes >= 0])
    if not len(counts):
        return -1, 0
    best = int(counts.argmax())
    return best, int(counts[best])


def _occurring(codes: Codes, names: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    """Number anew the names that occur, in their order."""
    used = np.unique(codes[codes >= 0])
    renumbered = np.full(len(names) + 1, -1, np.int32)  # the last one is that of -1
    renumbered[used] = np.arange(len(used), dtype=np.int32)
    return renumbered[codes], tuple(names[code] for code in used.tolist())
