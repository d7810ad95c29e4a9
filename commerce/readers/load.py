"""A load: files through a mapping into the records, all or nothing, with a report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from commerce.errors import MappingError, NothingToLoad, TooManyRejects
from commerce.product import Catalog, CatalogItem
from commerce.readers.mapping import Limits
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.notes import Notes
from commerce.readers.parts import PartsReader
from commerce.readers.products import Deletion, ProductReader
from commerce.readers.rows import Progress, Reject, read_rows
from commerce.records import LoadRecord, Records
from commerce.records.store import batches

_BATCH = 500


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, in products and rows; ``rejects`` is the file that names each rejected row, if there is any.

    ``rows`` are the rows read of each part of an export in parts.
    """

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
    variants: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)


class RejectFile:
    """Writes rejects to a JSONL file, which exists only if there are any, and counts them by reason."""

    def __init__(self, path: Path) -> None:
        self.by_reason: Counter[str] = Counter()
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)

    @property
    def path(self) -> Path | None:
        """The file, if there are rejects."""
        return self._path if self.by_reason else None

    def add(self, reject: Reject) -> None:
        """Write one reject."""
        self.by_reason[f"{reject.field}: {_general(reject.reason)}" if reject.field else reject.reason] += 1
        with self._path.open("ab") as out:
            out.write(orjson.dumps(asdict(reject)) + b"\n")

    def check(self, rows: int, limits: Limits) -> None:
        """Raise TooManyRejects if more than the limit of the rows were rejected."""
        rejected = self.by_reason.total()
        if rejected and rejected / max(rows, 1) > limits.max_reject_share:
            worst = ", ".join(f"{reason} ({count})" for reason, count in self.by_reason.most_common(3))
            raise TooManyRejects(
                f"{rejected} of {rows} rows were rejected, more than "
                f"{limits.max_reject_share:.0%}: {worst}. Nothing was changed. "
                f"See {self._path}, mend the file or the mapping, or raise limits.max_reject_share."
            )


@dataclass(slots=True)
class _Tally:
    accepted: int = 0
    variants: int = 0
    deletions: list[str] = field(default_factory=list)


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
    """Load files of products, or the files and folders of an export in parts, into a catalogue's records.

    With ``replace`` the files are the whole catalogue and products missing from them are removed; without,
    they are added to it, and products that the mapping marks as deleted are removed. Rejected rows go to
    the JSONL file ``rejects``. Raises TooManyRejects beyond the mapping's share and NothingToLoad
    for files without products, with the records as they were before.
    """
    found, notes = _found(files, mapping, progress)
    catalog = Catalog(catalog_id, mapping.catalog.currency, mapping.catalog.locale)
    return load_items(
        records, catalog, found, notes, files=files, limits=mapping.limits, rejects=rejects, replace=replace
    )


def load_items(
    records: Records,
    catalog: Catalog,
    found: Iterable[CatalogItem | Deletion | Reject],
    notes: Notes,
    *,
    files: Sequence[Path],
    limits: Limits,
    rejects: Path,
    replace: bool = True,
) -> LoadReport:
    """Load what a reader finds, as ``load_files`` does; ``notes`` are the counts that the reader makes meanwhile."""
    began = datetime.now(UTC)
    refused = RejectFile(rejects)
    tally = _Tally()
    items = _accepted(found, notes, limits, refused, tally)
    if not replace:
        _check_same(catalog, next((known for known in records.catalogs() if known.id == catalog.id), catalog))
    # With the products, so that a load that is refused changes neither currency nor locale.
    if replace:
        written = records.replace(catalog, some_at_least(items, records.count(catalog.id), files))
    else:
        written = records.upsert(catalog, items)
    removed = written.removed
    if replace:
        notes.skipped["marked as deleted"] += len(tally.deletions)
    else:
        removed += sum(records.delete(catalog.id, some) for some in batches(tally.deletions, _BATCH))
    ended = datetime.now(UTC)
    reasons, names = refused.by_reason, [str(file) for file in files]
    records.add_load(LoadRecord(catalog.id, "products", names, began, ended, tally.accepted, reasons.total(), reasons))
    return LoadReport(
        accepted=tally.accepted,
        written=written.written,
        removed=removed,
        unchanged=written.unchanged,
        rejected=reasons.total(),
        rejected_by_reason=dict(reasons),
        skipped_by_reason={reason: count for reason, count in notes.skipped.items() if count},
        warnings={reason: count for reason, count in notes.warnings.items() if count},
        rejects=refused.path,
        seconds=(ended - began).total_seconds(),
        variants=tally.variants,
        rows=dict(notes.rows),
    )


def _check_same(given: Catalog, known: Catalog) -> None:
    """Raise MappingError if products to add are in another currency or locale: those that stay would change theirs."""
    for name, own, kept in (("currency", given.currency, known.currency), ("locale", given.locale, known.locale)):
        if own != kept:
            raise MappingError(
                f"catalog.{name}: the mapping says {own}, the catalogue {known.id} has {kept}: write {kept}, or "
                "load the whole catalogue"
            )


def some_at_least(items: Iterable[CatalogItem], stored: int, files: Sequence[Path]) -> Iterator[CatalogItem]:
    """Pass the items of a whole catalogue on. Raises NothingToLoad if there are none where ``stored`` would be removed:
    an export that failed looks like that."""
    empty = True
    for item in items:
        empty = False
        yield item
    if empty and stored:
        raise NothingToLoad(
            f"{', '.join(map(str, files))}: no product is in there, and the {stored:,} of the catalogue would be "
            "removed. Nothing was changed. Look at the export; to remove products on purpose, load their ids with "
            "--delete."
        )


def _found(
    files: Sequence[Path], mapping: MappingFile, progress: Progress | None
) -> tuple[Iterator[CatalogItem | Deletion | Reject], Notes]:
    if mapping.parts:
        parts = PartsReader(mapping)
        return parts.read(files, progress), parts.notes
    if folder := next((path for path in files if path.is_dir()), None):
        raise MappingError(f"{folder}: is a folder: name its files, or say in the mapping which parts they are")
    products = ProductReader(mapping)
    each = (found for file in files for found in products.read(file.name, read_rows(file, mapping.source, progress)))
    return each, products.notes


def _accepted(
    found: Iterable[CatalogItem | Deletion | Reject], notes: Notes, limits: Limits, refused: RejectFile, tally: _Tally
) -> Iterator[CatalogItem]:
    for each in found:
        if isinstance(each, Reject):
            refused.add(each)
        elif isinstance(each, Deletion):
            tally.deletions.append(each.id)
        else:
            tally.accepted += 1
            tally.variants += len(each.product.variants)
            yield each
    rows = notes.rows.total() or tally.accepted + len(tally.deletions) + refused.by_reason.total()
    refused.check(rows, limits)


def _general(reason: str) -> str:
    """Return a reason without what is particular to one row, so that reasons can be counted."""
    head, _, _ = reason.partition(":")
    return " ".join("…" if any(c.isdigit() for c in word) or "'" in word else word for word in head.split())
