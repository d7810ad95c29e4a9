"""The price book of a version: its price lists, assortments and promotions on disk.

Rows of lists and ids of assortments and promotions lie in one log that only grows, as numbers; a small directory says
where. A commit names the directory that counts, so a crash leaves the last one. Articles are known by a hash of 64 bits
of their ids: lists may price what is not there yet, and products may be written anew, without either touching the
other.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from commerce.pricing import Assortment, PriceList, Selected
from commerce.promotions import Promotion
from engines.embedded.book_entries import (
    StoredAssortment,
    StoredList,
    StoredPromotion,
    assortment_from_json,
    assortment_to_json,
    list_from_json,
    list_to_json,
    promotion_entry_from_json,
    promotion_entry_to_json,
)
from engines.embedded.container import Array, write_atomically
from engines.embedded.part import NO_PRICE, PRICE_SCALE
from engines.embedded.postings import ID, term_hashes

ROW = np.dtype([("article", "<u8"), ("net", "<i8"), ("quantity", "<i8")])
_SPARE_BYTES = 1 << 26


@dataclass(frozen=True)
class Book:
    """What one directory names. ``entries`` are 24 bytes each, of lists and, as their first eight, of hashed ids."""

    log: Path | None = None
    entries: int = 0
    next_number: int = 1
    lists: Mapping[str, StoredList] = field(default_factory=dict)
    assortments: Mapping[str, StoredAssortment] = field(default_factory=dict)
    promotions: Mapping[str, StoredPromotion] = field(default_factory=dict)

    def rows(self, prices: StoredList) -> Array:
        """Return the rows of a list, see ``ROW``."""
        return self._mapped[prices.at : prices.at + prices.rows]

    def hashes(self, place: tuple[int, int]) -> NDArray[np.uint64]:
        """Return the hashes of the ids of an assortment or a promotion."""
        at, count = place
        return np.asarray(self._mapped[at : at + count]["article"])

    def entries_at(self, place: tuple[int, int]) -> Array:
        """Return the entries of the log at a place."""
        at, count = place
        return self._mapped[at : at + count]

    @cached_property
    def _mapped(self) -> Array:
        if not self.entries or self.log is None:
            return np.empty(0, ROW)
        return np.memmap(self.log, dtype=ROW, mode="r", shape=(self.entries,))


class BookFiles:
    """The directories and logs of one version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, number: int) -> Book:
        """Return the book that a commit names; 0 is the empty one."""
        if number == 0:
            return Book()
        content = orjson.loads(self._directory(number).read_bytes())
        return Book(
            log=self._log(content["log"]),
            entries=content["entries"],
            next_number=content["next_number"],
            lists={each["id"]: list_from_json(each) for each in content["lists"]},
            assortments={each["id"]: assortment_from_json(each) for each in content["assortments"]},
            promotions={each["id"]: promotion_entry_from_json(each) for each in content.get("promotions", ())},
        )

    def write(self, number: int, before: Book, changes: "BookChanges") -> Book:
        """Write the directory ``number`` durably: that of ``before`` with the changes; return the book."""
        used = sum(each.rows for each in before.lists.values())
        used += sum(each.include[1] + each.exclude[1] for each in before.assortments.values())
        used += sum(each.ids[1] for each in before.promotions.values())
        stale = before.log is None or (before.entries - used) * ROW.itemsize > max(used * ROW.itemsize, _SPARE_BYTES)
        log = self._log(number) if stale or before.log is None else before.log
        writing = _Writing(before, 0 if stale else before.entries)
        if stale:
            writing.move()
        writing.change(changes)
        _append(log, 0 if stale else before.entries, writing.blocks)
        book = writing.book(log)
        content = {
            "log": int(log.stem.split("-")[1]),
            "entries": book.entries,
            "next_number": book.next_number,
            "lists": [list_to_json(each) for each in book.lists.values()],
            "assortments": [assortment_to_json(each) for each in book.assortments.values()],
            "promotions": [promotion_entry_to_json(each) for each in book.promotions.values()],
        }
        write_atomically(self._directory(number), orjson.dumps(content))
        return book

    def tidy(self, number: int, book: Book) -> None:
        """Remove directories and logs that no reader of this book or of the one before needs."""
        for path in self._folder.glob("book-*.json"):
            if int(path.stem.split("-")[1]) < number - 1:
                path.unlink()
        kept = {str(book.log), *(str(self._log(orjson.loads(p.read_bytes())["log"])) for p in self._directories())}
        for path in self._folder.glob("prices-*.log"):
            if str(path) not in kept:
                path.unlink()

    def _directories(self) -> list[Path]:
        return list(self._folder.glob("book-*.json"))

    def _directory(self, number: int) -> Path:
        return self._folder / f"book-{number}.json"

    def _log(self, number: int) -> Path:
        return self._folder / f"prices-{number}.log"


@dataclass(slots=True)
class BookChanges:
    """What the next commit replaces, or with None removes, by ids."""

    lists: dict[str, PriceList | None] = field(default_factory=dict)
    assortments: dict[str, Assortment | None] = field(default_factory=dict)
    promotions: dict[str, Promotion | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.lists or self.assortments or self.promotions)


class _Writing:
    """A book while it is being written: what it holds, and the blocks that come behind the first ``at`` entries."""

    def __init__(self, before: Book, at: int) -> None:
        self.blocks: list[Array] = []
        self._before = before
        self._at = at
        self._following = before.next_number
        self._lists = dict(before.lists)
        self._assortments = dict(before.assortments)
        self._promotions = dict(before.promotions)

    def move(self) -> None:
        """Begin a new log with what there is."""
        before = self._before
        for identity, prices in before.lists.items():
            self._lists[identity] = replace(prices, at=self._put(before.rows(prices))[0])
        for identity, each in before.assortments.items():
            include, exclude = (self._put(before.entries_at(place)) for place in (each.include, each.exclude))
            self._assortments[identity] = replace(each, include=include, exclude=exclude)
        for identity, promotion in before.promotions.items():
            self._promotions[identity] = replace(promotion, ids=self._put(before.entries_at(promotion.ids)))

    def change(self, changes: BookChanges) -> None:
        """Take up the changes."""
        for identity, prices in changes.lists.items():
            self._lists.pop(identity, None)
            if prices is not None:
                at, rows = self._put(_rows_of(prices))
                self._lists[identity] = StoredList(self._number(), at, rows, replace(prices, rows=()))
        for identity, assortment in changes.assortments.items():
            self._assortments.pop(identity, None)
            if assortment is not None:
                include = self._put(_hashed(assortment.include.ids if assortment.include else ()))
                exclude = self._put(_hashed(assortment.exclude.ids))
                self._assortments[identity] = StoredAssortment(identity, self._number(), include, exclude, assortment)
        for identity, promotion in changes.promotions.items():
            self._promotions.pop(identity, None)
            if promotion is not None:
                ids = self._put(_hashed(promotion.selected.ids))
                terms = replace(promotion, selected=Selected(filter=promotion.selected.filter))
                self._promotions[identity] = StoredPromotion(identity, self._number(), ids, terms)

    def book(self, log: Path) -> Book:
        """Return the book as it stands now."""
        return Book(log, self._at, self._following, self._lists, self._assortments, self._promotions)

    def _put(self, block: Array) -> tuple[int, int]:
        place = self._at, len(block)
        self.blocks.append(block)
        self._at += len(block)
        return place

    def _number(self) -> int:
        self._following += 1
        return self._following - 1


def _rows_of(prices: PriceList) -> Array:
    rows = np.empty(len(prices.rows), ROW)
    rows["article"] = term_hashes(ID, (row.article_id for row in prices.rows))
    rows["net"] = [NO_PRICE if row.net is None else int(row.net * PRICE_SCALE) for row in prices.rows]
    rows["quantity"] = [row.min_quantity for row in prices.rows]
    return rows[np.lexsort((rows["quantity"], rows["article"]))]


def _hashed(ids: Iterable[str]) -> Array:
    hashes = np.sort(term_hashes(ID, ids))
    rows = np.zeros(len(hashes), ROW)
    rows["article"] = hashes
    return rows


def _append(path: Path, after: int, blocks: Iterable[Array]) -> None:
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(after * ROW.itemsize)
        file.seek(0, os.SEEK_END)
        for block in blocks:
            file.write(np.ascontiguousarray(block).tobytes())
        file.flush()
        os.fsync(file.fileno())
