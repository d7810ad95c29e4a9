"""A drawn map as it is kept: places, regions and names by product."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from ranking.product_map.regions import Codes
from registry import BadArtefact, read_tensors, write_tensors

KIND = "map"
SCALE = 10_000
"""Places are whole numbers from 0 to this along both axes."""
_PLACES, _NAMES = "places.safetensors", "names.json"


@dataclass(frozen=True)
class ProductMap:
    """The products of one catalogue on a plane, as they were when it was drawn.

    ``places`` are (products, 2) from 0 to ``SCALE``; ``region``, ``category``, ``brand`` and ``word`` have a number for
    each product, the last three of a name in ``categories``, ``brands`` and ``words``, -1 for none.
    """

    ids: tuple[str, ...]
    places: NDArray[np.uint16]
    region: Codes
    category: Codes
    brand: Codes
    word: Codes
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    words: tuple[str, ...]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Where each product stands in the arrays."""
        return {identity: row for row, identity in enumerate(self.ids)}


def numbered(names: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    """Return a number for each name and the distinct names in their order; -1 for an empty one."""
    distinct = sorted({name for name in names if name})
    number = {name: at for at, name in enumerate(distinct)}
    return np.array([number.get(name, -1) for name in names], np.int32), tuple(distinct)


def save(drawn: ProductMap, folder: Path) -> None:
    """Write a map into an empty folder."""
    write_tensors(
        folder / _PLACES,
        {
            "places": drawn.places,
            "region": drawn.region.astype(np.uint8),
            "category": drawn.category,
            "brand": drawn.brand,
            "word": drawn.word,
        },
    )
    names = {"ids": drawn.ids, "categories": drawn.categories, "brands": drawn.brands, "words": drawn.words}
    (folder / _NAMES).write_bytes(orjson.dumps(names))


def load(folder: Path) -> ProductMap:
    """Read a map. Raises BadArtefact where its files do not belong together."""
    try:
        names = orjson.loads((folder / _NAMES).read_bytes())
        arrays = read_tensors(folder / _PLACES)
        drawn = ProductMap(
            ids=tuple(map(str, names["ids"])),
            places=arrays["places"].astype(np.uint16),
            region=arrays["region"].astype(np.int32),
            category=arrays["category"].astype(np.int32),
            brand=arrays["brand"].astype(np.int32),
            word=arrays["word"].astype(np.int32),
            categories=tuple(map(str, names["categories"])),
            brands=tuple(map(str, names["brands"])),
            words=tuple(map(str, names["words"])),
        )
        _check(drawn)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise BadArtefact(f"{folder}: is no map ({error}): draw it again") from error
    return drawn


def _check(drawn: ProductMap) -> None:
    count = len(drawn.ids)
    if drawn.places.shape != (count, 2) or any(
        len(each) != count for each in (drawn.region, drawn.category, drawn.brand, drawn.word)
    ):
        raise ValueError("the arrays are not as long as the list of products")
    for codes, known in ((drawn.category, drawn.categories), (drawn.brand, drawn.brands), (drawn.word, drawn.words)):
        if count and (codes.min() < -1 or codes.max() >= len(known)):
            raise ValueError("a number stands for no name")
