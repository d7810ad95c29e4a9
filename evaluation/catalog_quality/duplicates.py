"""Products that seem to stand in a catalogue more than once.

Four signs: the same GTIN, the same brand and part number, a title of the same words, and a title that is nearly the
same and has the same numbers in it. The last is found by MinHash over runs of three letters with banding (Broder, 1997;
Indyk and Motwani, 1998), so the cost grows with the products and not with their pairs.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from commerce.product import CatalogItem, Product, Variant
from evaluation.catalog_quality.minhash import TitleSketches
from evaluation.catalog_quality.sketches import stable_hash

Sign = Literal["gtin", "part_number", "same_words", "similar_title"]
SIGNS: tuple[Sign, ...] = ("gtin", "part_number", "same_words", "similar_title")
_WORD = re.compile(r"[^\W_]+")
_MOST_IDS = 50


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Products that share a sign: how many, and the ids of up to 50."""

    sign: Sign
    products: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """All groups, by sign and size."""

    groups: tuple[DuplicateGroup, ...]

    def products(self, sign: Sign) -> int:
        """Return how many products are in groups of a sign; one with two GTINs may be in two of them."""
        return sum(group.products for group in self.groups if group.sign == sign)


class DuplicateFinder:
    """Collects keys of products, one at a time, and groups equal ones at the end.

    Memory: about 70 bytes a product, and 150 more with ``similar_titles``, besides what sorting needs at the
    end; products are not kept.
    """

    def __init__(self, *, similar_titles: bool = True) -> None:
        self._ids = _Ids()
        self._keys: dict[Sign, tuple[array[int], array[int]]] = {
            sign: (array("Q"), array("I")) for sign in SIGNS if sign != "similar_title"
        }
        self._ranks = array("Q")
        self._titles = TitleSketches() if similar_titles else None

    def add(self, item: CatalogItem, rank: int) -> None:
        """Add one product; ``rank`` is the stable hash of its id."""
        product = item.product
        at = self._ids.add(product.id)
        self._ranks.append(rank)
        own: tuple[Product | Variant, ...] = (product, *product.variants)
        for gtin in {gtin.lstrip("0") for each in own for gtin in each.gtin}:
            self._note("gtin", gtin, at)
        if product.brand:
            for mpn in {_plain(each.mpn) for each in own if each.mpn}:
                self._note("part_number", f"{product.brand.casefold()}\n{mpn}", at)
        words = sorted(set(title_words(product.title)))
        if words:
            self._note("same_words", " ".join(words), at)
        if self._titles is not None:
            self._titles.add(words)

    def result(self) -> Duplicates:
        """Return the groups among what was added."""
        ranks = np.frombuffer(self._ranks, np.uint64) if self._ranks else np.zeros(0, np.uint64)
        groups = [
            self._group(sign, members)
            for sign, (keys, at) in self._keys.items()
            for members in _equal(np.asarray(keys, np.uint64), np.asarray(at, np.int64))
        ]
        if self._titles is not None:
            groups += [self._group("similar_title", members) for members in self._titles.groups(ranks)]
        order = {sign: at for at, sign in enumerate(SIGNS)}
        return Duplicates(tuple(sorted(groups, key=lambda each: (order[each.sign], -each.products, each.ids))))

    def _note(self, sign: Sign, key: str, at: int) -> None:
        keys, places = self._keys[sign]
        keys.append(stable_hash(key))
        places.append(at)

    def _group(self, sign: Sign, members: Sequence[int]) -> DuplicateGroup:
        ids = sorted(self._ids[at] for at in members)
        return DuplicateGroup(sign, len(ids), tuple(ids[:_MOST_IDS]))


class _Ids:
    """Texts one behind another in one piece of memory."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("Q", [0])

    def add(self, identity: str) -> int:
        self._text += identity.encode(errors="surrogatepass")
        self._ends.append(len(self._text))
        return len(self._ends) - 2

    def __getitem__(self, at: int) -> str:
        return self._text[self._ends[at] : self._ends[at + 1]].decode(errors="surrogatepass")


def title_words(title: str) -> list[str]:
    """Return a title's words without case, accents and punctuation."""
    if title.isascii():
        return _WORD.findall(title.lower())
    plain = unicodedata.normalize("NFKD", title.casefold())
    return _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))


def _plain(mpn: str) -> str:
    """Return a part number's letters and digits in upper case; itself where it has none."""
    return "".join(char for char in mpn if char.isalnum()).upper() or mpn


def _equal(keys: NDArray[np.uint64], places: NDArray[np.int64]) -> Iterator[list[int]]:
    """Yield the places of each key that stands more than once."""
    order = np.argsort(keys, kind="stable")
    keys, places = keys[order], places[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.zeros(0, np.int64)
    ends = np.append(starts[1:], len(keys))
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        yield places[start:end].tolist()
