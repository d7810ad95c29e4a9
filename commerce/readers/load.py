"""A load: files through a mapping into the records, all or nothing, with a report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from commerce.errors import TooManyRejects
from commerce.product import Catalog, CatalogItem
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.products import ProductReader
from commerce.readers.rows import Progress, Reject, read_rows
from commerce.records import LoadRecord, Records


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, in products and rows; ``rejects`` is the file that names each rejected row, if there is any."""

    accepted: int
    written: int
    removed: int
    unchanged: int
    rejected: int
    rejected_by_reason: Mapping[str, int]
    skipped_by_reason: Mapping[str, int]
    warnings: Mapping[str, int]
    rejects: Path | None
    seconds: float


@dataclass(slots=True)
class _Tally:
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


def load_files(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    *,
    rejects: Path,
    replace: bool = True,
    progress: Progress | None = None,
) -> LoadReport:
    """Load product files into a catalogue's records.

    With ``replace`` the files are the whole catalogue and products missing from them are removed; without,
    they are added to it. Rejected rows go to
    the JSONL file ``rejects``. Raises TooManyRejects beyond the mapping's share, with the records as they were before.
    """
    began = datetime.now(UTC)
    reader = ProductReader(mapping)
    tally = _Tally()
    rejects.parent.mkdir(parents=True, exist_ok=True)
    rejects.unlink(missing_ok=True)
    items = _accepted(reader, files, mapping, rejects, tally, progress)
    write = records.replace if replace else records.upsert
    records.put_catalog(Catalog(catalog_id, mapping.catalog.currency, mapping.catalog.locale))
    written = write(catalog_id, items)
    ended = datetime.now(UTC)
    rejected = tally.rejected.total()
    names = [str(file) for file in files]
    records.add_load(LoadRecord(catalog_id, "products", names, began, ended, tally.accepted, rejected, tally.rejected))
    return LoadReport(
        accepted=tally.accepted,
        written=written.written,
        removed=written.removed,
        unchanged=written.unchanged,
        rejected=rejected,
        rejected_by_reason=dict(tally.rejected),
        skipped_by_reason=dict(reader.skipped),
        warnings={reason: count for reason, count in reader.warnings.items() if count},
        rejects=rejects if rejected else None,
        seconds=(ended - began).total_seconds(),
    )


def _accepted(
    reader: ProductReader,
    files: Sequence[Path],
    mapping: MappingFile,
    rejects: Path,
    tally: _Tally,
    progress: Progress | None,
) -> Iterator[CatalogItem]:
    for file in files:
        for found in reader.read(file.name, read_rows(file, mapping.source, progress)):
            if isinstance(found, Reject):
                tally.rejected[f"{found.field}: {_general(found.reason)}" if found.field else found.reason] += 1
                with rejects.open("ab") as out:
                    out.write(orjson.dumps(asdict(found)) + b"\n")
            else:
                tally.accepted += 1
                yield found
    rejected = tally.rejected.total()
    share = rejected / max(tally.accepted + rejected, 1)
    if share > mapping.limits.max_reject_share and rejected:
        worst = ", ".join(f"{reason} ({count})" for reason, count in tally.rejected.most_common(3))
        raise TooManyRejects(
            f"{rejected} of {tally.accepted + rejected} rows were rejected, more than "
            f"{mapping.limits.max_reject_share:.0%}: {worst}. Nothing was changed. "
            f"See {rejects}, mend the file or the mapping, or raise limits.max_reject_share."
        )


def _general(reason: str) -> str:
    """Return a reason without what is particular to one row, so that reasons can be counted."""
    head, _, _ = reason.partition(":")
    return " ".join("…" if any(c.isdigit() for c in word) or "'" in word else word for word in head.split())
