"""Keeps the rows of parts in a temporary SQLite file until all are read, and joins them by their keys."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import orjson

from commerce.readers.said import Entry, said_from_json, said_to_json

Holds = Literal["products", "variants", "details"]
_CHUNK = 500
# Details are joined to the product of their variant, or else to the product of their id.
_SCHEMA = """
CREATE TABLE products (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, product TEXT, origin INTEGER, line INTEGER, said BLOB);
CREATE TABLE variants (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, product TEXT, origin INTEGER, line INTEGER, said BLOB);
CREATE TABLE details (seq INTEGER PRIMARY KEY, id TEXT, product TEXT, origin INTEGER, line INTEGER, said BLOB);
"""
_JOIN = """
UPDATE details SET product = coalesce(
    (SELECT variants.product FROM variants WHERE variants.id = details.id),
    (SELECT products.id FROM products WHERE products.id = details.id));
CREATE INDEX variants_by_product ON variants (product, seq);
CREATE INDEX details_by_product ON details (product, seq);
"""


@dataclass(frozen=True, slots=True)
class Joined:
    """A product's row with the rows that belong to it, in the order in which they were read."""

    product: Entry
    variants: Sequence[Entry]
    details: Sequence[Entry]


class Spool:
    """Rows of one load on disk; memory does not grow with them. Gone when closed, or when the process ends."""

    def __init__(self) -> None:
        # The empty name makes a file of SQLite's own, which has no name that could be left behind.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA cache_size=-32000")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._origins: list[tuple[str, str]] = []
        self._origin_numbers: dict[tuple[str, str], int] = {}

    def close(self) -> None:
        """Remove the file."""
        self._db.close()

    def add(self, holds: Holds, entry: Entry) -> str | None:
        """Keep a row; for a product or variant whose id was there before, keep the first and return where it stands."""
        origin = (entry.part, entry.file)
        if origin not in self._origin_numbers:
            self._origin_numbers[origin] = len(self._origins)
            self._origins.append(origin)
        number = self._origin_numbers[origin]
        row = (entry.id, entry.product, number, entry.line, said_to_json(entry.said))
        done = self._db.execute(
            f"INSERT OR IGNORE INTO {holds} (id, product, origin, line, said) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            row,
        )
        if done.rowcount:
            return None
        query = f"SELECT origin, line FROM {holds} WHERE id = ?"  # noqa: S608
        first, line = self._db.execute(query, (entry.id,)).fetchone()
        return f"{self._origins[first][1]} line {line}"

    def join(self) -> None:
        """Find the product of every row; call it once, when all rows are there."""
        self._db.executescript(_JOIN)

    def joined(self) -> Iterator[Joined]:
        """Yield every product in the order of reading."""
        last = 0
        while rows := self._db.execute(
            f"SELECT seq, {_COLUMNS} FROM products t WHERE seq > ? ORDER BY seq LIMIT {_CHUNK}",  # noqa: S608
            (last,),
        ).fetchall():
            last = rows[-1][0]
            products = [self._entry(row[1:]) for row in rows]
            ids = orjson.dumps([product.id for product in products]).decode()
            variants, details = self._of("variants", ids), self._of("details", ids)
            for product in products:
                yield Joined(product, variants.get(product.id, []), details.get(product.id, []))

    def by_id(self) -> Iterator[list[Entry]]:
        """Yield the details of each id, whether or not there is such an article, in the order of reading."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM details t ORDER BY id, seq")  # noqa: S608
        for _, group in groupby(map(self._entry, rows), key=lambda entry: entry.id):
            yield list(group)

    def has_product(self, identity: str) -> bool:
        """Return whether there is a product of that id."""
        return self._db.execute("SELECT 1 FROM products WHERE id = ?", (identity,)).fetchone() is not None

    def orphans(self) -> Iterator[Entry]:
        """Yield the variants and details whose product or variant does not exist."""
        for holds in ("variants", "details"):
            query = f"SELECT {_COLUMNS} FROM {holds} t WHERE product IS NULL"  # noqa: S608
            query += " OR NOT EXISTS (SELECT 1 FROM products WHERE products.id = t.product) ORDER BY seq"
            for row in self._db.execute(query):
                yield self._entry(row)

    def _of(self, holds: Holds, ids: str) -> dict[str, list[Entry]]:
        query = f"SELECT {_COLUMNS} FROM json_each(?) k CROSS JOIN {holds} t ON t.product = k.value"  # noqa: S608
        rows = self._db.execute(query + " ORDER BY t.product, t.seq", (ids,))
        entries = (self._entry(row) for row in rows)
        return {product: list(group) for product, group in groupby(entries, key=lambda entry: entry.product)}

    def _entry(self, row: tuple[str, str | None, int, int, bytes]) -> Entry:
        identity, product, origin, line, said = row
        part, file = self._origins[origin]
        return Entry(identity, product or "", part, file, line, said_from_json(said))


_COLUMNS = "t.id, t.product, t.origin, t.line, t.said"
