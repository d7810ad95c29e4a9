"""Files to rows: CSV, JSONL and Parquet, plain or compressed, one row at a time."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import orjson
import pyarrow.parquet
import zstandard

from commerce.errors import MappingError
from commerce.readers.rules import SourceRule
from commerce.readers.sequences import sequence_rows

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_LARGEST_CELL = 10_000_000
_EVERY = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: its line (or row number, from 1) and its values by column; None in place of broken
    values."""

    line: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was refused: where, which field, why, and the beginning of the value at fault."""

    file: str
    line: int
    field: str
    reason: str
    value: str = ""


class WrongField(Exception):
    """What is wrong with one field of a row, for which the row is refused."""

    def __init__(self, field: str, reason: str, value: str) -> None:
        super().__init__(reason)
        self._field, self._reason, self._value = field, reason, value[:200]

    def reject(self, file: str, line: int) -> Reject:
        """Return the refusal of the row that stands there."""
        return Reject(file, line, self._field, self._reason, self._value)


def read_rows(path: Path, source: SourceRule, progress: Progress | None = None) -> Iterator[Row | Reject]:
    """Yield the rows of a file, and a Reject for each that cannot be read; one bad row never ends the reading.

    ``progress`` is called with (bytes read, bytes of the file). Raises MappingError if the file is missing or of
    an unknown format.
    """
    kind = file_format(path, source)
    if not path.is_file():
        raise MappingError(f"{path}: there is no such file")
    size = path.stat().st_size
    with path.open("rb") as raw:
        rows: Iterator[Row | Reject]
        if kind == "parquet":
            rows = _parquet(raw)
        elif kind == "jsonl":
            rows = _jsonl(path.name, _decompressed(path, raw))
        elif kind == "sequence":
            rows = _sequence(path.name, _decompressed(path, raw), source)
        else:
            rows = _csv(path.name, _decompressed(path, raw), source)
        for done, row in enumerate(rows):
            if progress and done % _EVERY == 0:
                progress(min(raw.tell(), size) if not raw.closed else size, size)
            yield row
    if progress:
        progress(size, size)


def file_format(path: Path, source: SourceRule) -> str:
    """Return "csv", "jsonl" or "parquet": what the mapping says, or else the file's name. Raises MappingError."""
    if source.format:
        return source.format
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in {".zst", ".gz"}]
    known = {
        ".csv": "csv",
        ".tsv": "csv",
        ".txt": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".parquet": "parquet",
    }
    found = known.get(suffixes[-1]) if suffixes else None
    if found is None:
        raise MappingError(f'{path}: cannot tell its format: set source.format to "csv", "jsonl" or "parquet"')
    return found


def _decompressed(path: Path, raw: BinaryIO) -> BinaryIO:
    if path.suffix == ".zst":
        return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))
    return cast(BinaryIO, gzip.open(raw)) if path.suffix == ".gz" else raw


def _jsonl(name: str, stream: BinaryIO) -> Iterator[Row | Reject]:
    # Lines end at LF alone: texts may hold every other separator that Unicode knows.
    with io.BufferedReader(cast(io.RawIOBase, stream), 1 << 20) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield Reject(name, number, "", f"is not JSON: {error}", _snippet(line.decode(errors="replace")))
                continue
            if isinstance(value, dict):
                yield Row(number, value)
            else:
                yield Reject(name, number, "", "is not a JSON object", _snippet(str(value)))


def _sequence(name: str, stream: BinaryIO, source: SourceRule) -> Iterator[Row | Reject]:
    for number, found in sequence_rows(stream, source.encoding):
        yield Reject(name, number, "", found) if isinstance(found, str) else Row(number, found)


def _csv(name: str, stream: BinaryIO, source: SourceRule) -> Iterator[Row | Reject]:
    csv.field_size_limit(_LARGEST_CELL)
    with io.TextIOWrapper(stream, encoding=source.encoding, errors="surrogateescape", newline="") as text:
        yield from _cells(name, csv.reader(text, delimiter=source.delimiter), source)


def _cells(name: str, reader: "CsvReader", source: SourceRule) -> Iterator[Row | Reject]:
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(name, line, "", f"is not CSV: {error}")
            continue
        if header is None:
            header = cells
        elif not cells:
            continue
        elif len(cells) != len(header):
            yield Reject(name, line, "", f"has {len(cells)} columns instead of {len(header)}", _snippet(str(cells)))
        elif (broken := next((at for at, cell in enumerate(cells) if not _encodable(cell)), None)) is not None:
            reason = f"is not {source.encoding}: set source.encoding to what the file has"
            yield Reject(name, line, header[broken], reason, _snippet(cells[broken]))
        else:
            yield Row(line, dict(zip(header, cells, strict=True)))


def _parquet(raw: BinaryIO) -> Iterator[Row]:
    number = 0
    for batch in pyarrow.parquet.ParquetFile(raw).iter_batches():
        for values in batch.to_pylist():
            number += 1
            yield Row(number, values)


def _encodable(cell: str) -> bool:
    if cell.isascii():
        return True
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _snippet(text: str) -> str:
    return text[:200].encode(errors="replace").decode()
