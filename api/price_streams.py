"""Prices of one list as a stream of lines, CSV or JSON Lines, checked while they arrive."""

import csv
from abc import ABC, abstractmethod

import orjson

from api.json_body import without_mark
from api.problems import RequestProblem
from commerce.price_reading import COLUMNS, RowReader
from commerce.pricing import PriceRow

CSV = "text/csv"
JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")


class PriceLines(ABC):
    """Reads lines; memory holds the rows and one line. Every bad row is named by its line and as if it stood in
    ``prices``."""

    def __init__(self) -> None:
        self._reader = RowReader()
        self._lines: list[int] = []
        self._line = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Read the lines that a piece of the body ends. Raises RequestProblem for what is no text at all."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._take(line)

    def finish(self) -> tuple[PriceRow, ...]:
        """Read the last line and return all rows. Raises RequestProblem that names the bad ones."""
        self._take(self._rest)
        self._rest = b""
        if self._reader.wrong:
            errors = [
                (f"/prices/{at}/{member}".rstrip("/"), f"line {self._lines[at]}: {message}")
                for at, member, message in self._reader.problems
            ]
            message = f"{self._reader.wrong} values are not valid; nothing was changed"
            raise RequestProblem("invalid_request", message, errors)
        return tuple(self._reader.rows)

    def _take(self, line: bytes) -> None:
        self._line += 1
        if self._line == 1:
            line = without_mark(line)
        if line.strip():
            self._read(line.rstrip(b"\r"))

    def _place(self) -> int:
        """Number a row and keep its line."""
        self._lines.append(self._line)
        return len(self._lines) - 1

    @abstractmethod
    def _read(self, line: bytes) -> None: ...


class JsonPriceLines(PriceLines):
    """An object of ``product_id``, ``net`` and ``min_quantity`` a line."""

    def _read(self, line: bytes) -> None:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise RequestProblem("malformed", f"line {self._line} is not JSON: {error}") from error
        self._reader.add_object(self._place(), value)


class CsvPriceLines(PriceLines):
    """A heading with ``product_id``, ``net`` and perhaps ``min_quantity`` in any order, then a row a line."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: list[str] | None = None

    def _read(self, line: bytes) -> None:
        try:
            [cells] = csv.reader([line.decode()], strict=True)
        except UnicodeDecodeError as error:
            raise RequestProblem("malformed", f"line {self._line} is not UTF-8: {error}") from error
        except (csv.Error, ValueError) as error:
            self._reader.refuse(self._place(), "", f"is not CSV, one row a line: {error}")
            return
        if self._columns is None:
            self._columns = [cell.strip() for cell in cells]
            if len(set(cells)) < len(cells) or not {"product_id", "net"} <= set(self._columns) <= set(COLUMNS):
                heading = f"the first line names the columns {','.join(COLUMNS)} (the last may be missing)"
                raise RequestProblem("invalid_request", heading, [("", f"line {self._line}: {heading}")])
        elif len(cells) != len(self._columns):
            problem = f"has {len(cells)} columns instead of {len(self._columns)}"
            self._reader.refuse(self._place(), "", problem)
        else:
            values = dict(zip(self._columns, map(str.strip, cells), strict=True))
            self._reader.add(self._place(), values["product_id"], values["net"], values.get("min_quantity"))

    def finish(self) -> tuple[PriceRow, ...]:
        """Read the last line and return all rows. Raises RequestProblem also where there is no heading."""
        rows = super().finish()
        if self._columns is None:
            heading = f"the first line names the columns {','.join(COLUMNS)}"
            raise RequestProblem("invalid_request", heading, [("", heading)])
        return rows
