"""Keeps rows of many lists in a temporary SQLite file until all are read, and gives them back list by list."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

_BATCH = 5_000
_SCHEMA = "CREATE TABLE rows (list INTEGER, article TEXT, number INTEGER, value TEXT, file INTEGER, line INTEGER)"
_BY_LIST = "SELECT list, article, number, value, file, line FROM rows ORDER BY list, article, number, rowid"


class ListedRow(NamedTuple):
    """One row of a list: its article, a number and a text that say more about it, and where it stands."""

    article: str
    number: int
    value: str | None
    file: str
    line: int


class ListSpool:
    """Rows on disk, in the order by list, article, number and reading; memory grows with the lists' names alone.

    Gone when closed, or when the process ends.
    """

    def __init__(self) -> None:
        # The empty name makes a file of SQLite's own, which has no name that could be left behind.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA cache_size=-32000")
        self._db.execute(_SCHEMA)
        self._db.execute("BEGIN")
        self._lists: dict[str, int] = {}
        self._files: dict[str, int] = {}
        self._waiting: list[tuple[int, str, int, str | None, int, int]] = []

    def close(self) -> None:
        """Remove the file."""
        self._db.close()

    def add(self, name: str, row: ListedRow) -> None:
        """Keep a row of a list."""
        number = self._lists.setdefault(name, len(self._lists))
        file = self._files.setdefault(row.file, len(self._files))
        self._waiting.append((number, row.article, row.number, row.value, file, row.line))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def lists(self) -> Iterator[tuple[str, Iterator[ListedRow]]]:
        """Yield each list's name and rows, lists in the order in which they came."""
        self._flush()
        names, files = list(self._lists), list(self._files)
        for number, rows in groupby(self._db.execute(_BY_LIST), key=itemgetter(0)):
            yield names[number], (ListedRow(row[1], row[2], row[3], files[row[4]], row[5]) for row in rows)

    def articles(self) -> Iterator[str]:
        """Yield every article once."""
        self._flush()
        return (article for (article,) in self._db.execute("SELECT DISTINCT article FROM rows"))

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()
