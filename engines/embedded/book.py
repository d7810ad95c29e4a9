"""The price book of a version: its price lists and assortments on disk.

Rows of lists and ids of assortments lie in one log that only grows, as numbers; a small directory says where. A commit
names the directory that counts, so a crash leaves the last one. Articles are known by a hash of 64 bits of their ids:
lists may price what is not there yet, and products may be written anew, without either touching the other.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from commerce.pricing import Assortment, PriceList, PriceRule, Selected
from engines.embedded.container import Array, write_atomically
from engines.embedded.part import NO_PRICE, PRICE_SCALE
from engines.embedded.postings import ID, term_hashes
from language.filters.twin import filter_from_json, to_json

ROW = np.dtype([("article", "<u8"), ("net", "<i8"), ("quantity", "<i8")])
_SPARE_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class StoredList:
    """One price list; its rows are ``rows`` entries of the log from ``at`` on, by article and quantity.

    ``number`` is another one whenever the list is written. ``tiered`` says that there are rows of greater quantities.
    """

    id: str
    number: int
    currency: str
    at: int
    rows: int
    tiered: bool
    rules: tuple[PriceRule, ...]
    valid_from: datetime | None
    valid_until: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Say whether the list is in force at a moment."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_until is None or moment < self.valid_until)


@dataclass(frozen=True, slots=True)
class StoredAssortment:
    """One assortment; the hashes of its ids lie in the log at (entry, number) of ``include`` and ``exclude``."""

    id: str
    number: int
    include: tuple[int, int]
    exclude: tuple[int, int]
    selected: Assortment


@dataclass(frozen=True)
class Book:
    """What one directory names. ``entries`` are 24 bytes each, of lists and, as their first eight, of assortments."""

    log: Path | None = None
    entries: int = 0
    next_number: int = 1
    lists: Mapping[str, StoredList] = field(default_factory=dict)
    assortments: Mapping[str, StoredAssortment] = field(default_factory=dict)

    def rows(self, prices: StoredList) -> Array:
        """Return the rows of a list, see ``ROW``."""
        return self._mapped[prices.at : prices.at + prices.rows]

    def hashes(self, place: tuple[int, int]) -> NDArray[np.uint64]:
        """Return the hashes of an assortment's ids."""
        at, count = place
        return np.asarray(self._mapped[at : at + count]["article"])

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
            lists={each["id"]: _list_from(each) for each in content["lists"]},
            assortments={each["id"]: _assortment_from(each) for each in content["assortments"]},
        )

    def write(self, number: int, before: Book, changes: "BookChanges") -> Book:
        """Write the directory ``number`` durably: that of ``before`` with the changes; return the book."""
        used = sum(each.rows for each in before.lists.values())
        used += sum(each.include[1] + each.exclude[1] for each in before.assortments.values())
        stale = before.log is None or (before.entries - used) * ROW.itemsize > max(used * ROW.itemsize, _SPARE_BYTES)
        log = self._log(number) if stale or before.log is None else before.log
        blocks: list[Array] = []
        at = 0 if stale else before.entries
        lists, assortments = dict(before.lists), dict(before.assortments)
        if stale:
            lists, assortments, blocks, at = _moved(before)
        following = before.next_number
        for identity, prices in changes.lists.items():
            lists.pop(identity, None)
            if prices is not None:
                rows = _rows_of(prices)
                lists[identity] = _stored(prices, following, at, rows)
                blocks.append(rows)
                at, following = at + len(rows), following + 1
        for identity, assortment in changes.assortments.items():
            assortments.pop(identity, None)
            if assortment is not None:
                include = _hashed(assortment.include.ids if assortment.include else ())
                exclude = _hashed(assortment.exclude.ids)
                places = (at, len(include)), (at + len(include), len(exclude))
                assortments[identity] = StoredAssortment(identity, following, *places, assortment)
                blocks += [include, exclude]
                at, following = at + len(include) + len(exclude), following + 1
        _append(log, 0 if stale else before.entries, blocks)
        book = Book(log, at, following, lists, assortments)
        content = {
            "log": int(log.stem.split("-")[1]),
            "entries": at,
            "next_number": following,
            "lists": [_list_content(each) for each in lists.values()],
            "assortments": [_assortment_content(each) for each in assortments.values()],
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
    """Lists and assortments that the next commit replaces, or with None removes, by their ids."""

    lists: dict[str, PriceList | None] = field(default_factory=dict)
    assortments: dict[str, Assortment | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.lists or self.assortments)


def _rows_of(prices: PriceList) -> Array:
    rows = np.empty(len(prices.rows), ROW)
    rows["article"] = term_hashes(ID, (row.article_id for row in prices.rows))
    rows["net"] = [NO_PRICE if row.net is None else int(row.net * PRICE_SCALE) for row in prices.rows]
    rows["quantity"] = [row.min_quantity for row in prices.rows]
    return rows[np.lexsort((rows["quantity"], rows["article"]))]


def _stored(prices: PriceList, number: int, at: int, rows: Array) -> StoredList:
    tiered = bool(np.any(rows["quantity"] > 1))
    return StoredList(
        prices.id, number, prices.currency, at, len(rows), tiered, prices.rules, prices.valid_from, prices.valid_until
    )


def _hashed(ids: Iterable[str]) -> Array:
    hashes = np.sort(term_hashes(ID, ids))
    rows = np.zeros(len(hashes), ROW)
    rows["article"] = hashes
    return rows


def _moved(before: Book) -> tuple[dict[str, StoredList], dict[str, StoredAssortment], list[Array], int]:
    """Return what a book holds as the beginning of a new log."""
    lists: dict[str, StoredList] = {}
    assortments: dict[str, StoredAssortment] = {}
    blocks: list[Array] = []
    at = 0
    for identity, prices in before.lists.items():
        blocks.append(before.rows(prices))
        lists[identity] = replace(prices, at=at)
        at += prices.rows
    for identity, each in before.assortments.items():
        places = []
        for place in (each.include, each.exclude):
            blocks.append(before._mapped[place[0] : place[0] + place[1]])
            places.append((at, place[1]))
            at += place[1]
        assortments[identity] = replace(each, include=places[0], exclude=places[1])
    return lists, assortments, blocks, at


def _append(path: Path, after: int, blocks: Iterable[Array]) -> None:
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(after * ROW.itemsize)
        file.seek(0, os.SEEK_END)
        for block in blocks:
            file.write(np.ascontiguousarray(block).tobytes())
        file.flush()
        os.fsync(file.fileno())


def _list_content(prices: StoredList) -> dict[str, Any]:
    return {
        "id": prices.id,
        "number": prices.number,
        "currency": prices.currency,
        "at": prices.at,
        "rows": prices.rows,
        "tiered": prices.tiered,
        "rules": [
            [each.base, each.filter and to_json(each.filter), str(each.percent), str(each.amount)]
            for each in prices.rules
        ],
        "from": prices.valid_from and prices.valid_from.isoformat(),
        "until": prices.valid_until and prices.valid_until.isoformat(),
    }


def _list_from(content: Mapping[str, Any]) -> StoredList:
    rules = tuple(
        PriceRule(base, None if node is None else filter_from_json(node), Decimal(percent), Decimal(amount))
        for base, node, percent, amount in content["rules"]
    )
    return StoredList(
        id=content["id"],
        number=content["number"],
        currency=content["currency"],
        at=content["at"],
        rows=content["rows"],
        tiered=content["tiered"],
        rules=rules,
        valid_from=None if content["from"] is None else datetime.fromisoformat(content["from"]),
        valid_until=None if content["until"] is None else datetime.fromisoformat(content["until"]),
    )


def _assortment_content(each: StoredAssortment) -> dict[str, Any]:
    include, exclude = each.selected.include, each.selected.exclude
    return {
        "id": each.id,
        "number": each.number,
        "include": each.include,
        "exclude": each.exclude,
        "includes": include is not None,
        "include_filter": include and include.filter and to_json(include.filter),
        "exclude_filter": exclude.filter and to_json(exclude.filter),
    }


def _assortment_from(content: Mapping[str, Any]) -> StoredAssortment:
    filters = [
        None if content[name] is None else filter_from_json(content[name])
        for name in ("include_filter", "exclude_filter")
    ]
    # The ids themselves are in the log, as hashes.
    include = Selected(filter=filters[0]) if content["includes"] else None
    return StoredAssortment(
        content["id"],
        content["number"],
        tuple(content["include"]),
        tuple(content["exclude"]),
        Assortment(content["id"], include, Selected(filter=filters[1])),
    )
