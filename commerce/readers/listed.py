"""What loads of price lists, of assortments and of orders share: files to rows, rows to a spool, and the report.

Files are read whole before anything is written, and all lists of a load are written in one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from commerce.errors import MappingError
from commerce.readers.list_rules import ListedRows
from commerce.readers.load import RejectFile
from commerce.readers.mapping import Limits
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.notes import Notes
from commerce.readers.rows import Progress, Reject, Row, file_format, read_rows
from commerce.readers.rules import SourceRule
from commerce.readers.values import matches
from commerce.records import LoadRecord, Records

ListKind = Literal["price-lists", "assortments", "orders", "events"]


@dataclass(frozen=True, slots=True)
class ListsReport:
    """What a load of lists did: ``accepted`` rows of ``written`` and ``unchanged`` lists, of which ``unknown`` articles
    or products are not in the catalogue."""

    kind: ListKind
    accepted: int
    written: int
    unchanged: int
    unknown: int
    rejected: int
    rejected_by_reason: Mapping[str, int]
    skipped_by_reason: Mapping[str, int]
    warnings: Mapping[str, int]
    rejects: Path | None
    seconds: float
    rows: Mapping[str, int]


@dataclass(slots=True)
class Outcome:
    """What was written."""

    written: int
    unchanged: int
    unknown: int


def source_of(mapping: MappingFile, rule: ListedRows) -> SourceRule:
    """Return how the files are written: as the mapping says for all, but for what the rule says itself."""
    if rule.source is None:
        return mapping.source
    return mapping.source.model_copy(update=rule.source.model_dump(exclude_unset=True))


class ListLoad:
    """One load of files: reads, counts and rejects rows."""

    def __init__(self, source: SourceRule, limits: Limits, rule: ListedRows, kind: ListKind, rejects: Path) -> None:
        self.source = source
        self.refused = RejectFile(rejects)
        self.accepted = 0
        self._rule = rule
        self._kind = kind
        self._limits = limits
        self._notes = Notes()
        self._began = datetime.now(UTC)

    def rows(self, files: Sequence[Path], progress: Progress | None) -> Iterator[tuple[str, Row]]:
        """Yield the rows that count, with the names of their files."""
        for file in files:
            if file.is_dir():
                raise MappingError(f"{file}: is a folder: name its files")
            is_checked = file_format(file, self.source) == "jsonl"
            for row in read_rows(file, self.source, progress):
                self._notes.rows[self._kind] += 1
                if isinstance(row, Reject):
                    self.refused.add(row)
                    continue
                if not is_checked:
                    self._check(file.name, row)
                    is_checked = True
                failed = next((each for each in self._rule.where if not matches(each, row.values)), None)
                if failed:
                    self._notes.skipped[failed.reason] += 1
                else:
                    yield file.name, row

    def check(self) -> None:
        """Raise TooManyRejects if more rows were rejected than the mapping allows."""
        self.refused.check(self._notes.rows.total(), self._limits)

    def finish(self, records: Records, catalog_id: str, files: Sequence[Path], outcome: Outcome) -> ListsReport:
        """Add the load to the history and report it."""
        ended = datetime.now(UTC)
        reasons, names = self.refused.by_reason, [str(file) for file in files]
        rejected = reasons.total()
        load = LoadRecord(catalog_id, self._kind, names, self._began, ended, self.accepted, rejected, reasons)
        records.add_load(load)
        return ListsReport(
            kind=self._kind,
            accepted=self.accepted,
            written=outcome.written,
            unchanged=outcome.unchanged,
            unknown=outcome.unknown,
            rejected=rejected,
            rejected_by_reason=dict(reasons),
            skipped_by_reason=dict(self._notes.skipped),
            warnings=dict(self._notes.warnings),
            rejects=self.refused.path,
            seconds=(ended - self._began).total_seconds(),
            rows=dict(self._notes.rows),
        )

    def _check(self, file: str, row: Row) -> None:
        missing = {column: key for column, key in self._rule.columns().items() if column not in row.values}
        if missing:
            column, key = next(iter(missing.items()))
            shown = ", ".join(list(row.values)[:20])
            where = self._kind.replace("-", "_")
            raise MappingError(f"{where}.{key}: {file} has no column {column!r}; it has {shown}")
