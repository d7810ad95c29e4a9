"""Files that change a catalogue in part: prices, stock, or the ids of products that are gone.

A file is read whole before anything is written, so a file that is mostly broken changes nothing; then it is written in
batches, each in a transaction of its own. To load the same file again changes nothing more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from commerce.errors import MappingError
from commerce.readers.folding import Folder
from commerce.readers.load import RejectFile
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.notes import Notes
from commerce.readers.number_texts import NumberAttributes
from commerce.readers.part_rows import PartReader, check_columns
from commerce.readers.part_rules import ArticlePart
from commerce.readers.parts import source_of
from commerce.readers.rows import Progress, Reject, Row, file_format, read_rows
from commerce.readers.rules import FieldRule, SourceRule
from commerce.readers.said import Entry
from commerce.readers.spool import Spool
from commerce.readers.values import matches
from commerce.records import UNSET, LoadRecord, OfferChange, Records
from commerce.records.store import batches

DeltaKind = Literal["prices", "stock", "deletions"]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class DeltaReport:
    """What a delta did: ``accepted`` are the articles that the catalogue knows, whether or not they had it already."""

    kind: DeltaKind
    accepted: int
    rejected: int
    rejected_by_reason: Mapping[str, int]
    skipped_by_reason: Mapping[str, int]
    warnings: Mapping[str, int]
    rejects: Path | None
    seconds: float
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Source:
    """How the rows of one file are read: a part that holds nothing but what the delta changes, and where in the mapping
    it stands."""

    where: str
    part: ArticlePart
    source: SourceRule


def load_offers(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    kind: Literal["prices", "stock"],
    *,
    rejects: Path,
    progress: Progress | None = None,
) -> DeltaReport:
    """Change the prices or the stock of products and variants that files name; all else stays as it is.

    An empty cell means price on request, or no stock data. Of several rows of one article (and location) the last
    counts, or what ``reduce`` in the mapping makes of them. Ids that the catalogue does not know are rejects, and do
    not count to the mapping's limit. Raises UnknownCatalog, MappingError if the mapping names no such column, and
    TooManyRejects before anything is written.
    """

    def write(some: Sequence[Sequence[Entry]], parts: Mapping[str, ArticlePart]) -> set[str]:
        changes = [change for entries in some for change in _changes(kind, entries, parts)]
        return set(records.patch_offers(catalog_id, changes))

    return _load(records, catalog_id, files, mapping, kind, write, rejects, progress)


def delete_products(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    *,
    rejects: Path,
    progress: Progress | None = None,
) -> DeltaReport:
    """Remove the products that files name by their ids; the mapping's other columns need not be there.

    Unknown ids are rejects and do not count to the mapping's limit. Raises as ``load_offers`` does.
    """

    def write(some: Sequence[Sequence[Entry]], _: Mapping[str, ArticlePart]) -> set[str]:
        ids = [entries[0].id for entries in some]
        known = records.offers(catalog_id, ids)
        records.delete(catalog_id, list(known))
        return set(ids) - set(known)

    return _load(records, catalog_id, files, mapping, "deletions", write, rejects, progress)


def _load(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    kind: DeltaKind,
    write: Callable[[Sequence[Sequence[Entry]], Mapping[str, ArticlePart]], set[str]],
    rejects: Path,
    progress: Progress | None,
) -> DeltaReport:
    began = datetime.now(UTC)
    currency = records.catalog(catalog_id).currency
    if kind == "prices" and currency != mapping.catalog.currency:
        raise MappingError(
            f"catalog.currency: is {mapping.catalog.currency}, but {catalog_id!r} has prices in {currency}"
        )
    sources = _sources(mapping, kind)
    chosen = [_for_file(file, sources, kind) for file in files]
    refused, notes = RejectFile(rejects), Notes()
    accepted = 0
    with closing(Spool()) as spool:
        for file, name in zip(files, chosen, strict=True):
            for reject in _spooled(spool, file, name, sources[name], kind, notes, progress):
                refused.add(reject)
        refused.check(notes.rows.total(), mapping.limits)
        parts = {name: each.part for name, each in sources.items()}
        for some in batches(spool.by_id(), _BATCH):
            unknown = write(some, parts)
            accepted += len(some) - len(unknown)
            for entry in (entry for entries in some if entries[0].id in unknown for entry in entries):
                kinds = "product" if kind == "deletions" else "product or variant"
                reason = f"the catalogue has no {kinds} {entry.id[:80]!r}"
                refused.add(Reject(entry.file, entry.line, "id", reason, entry.id[:200]))
    ended = datetime.now(UTC)
    reasons, names = refused.by_reason, [str(file) for file in files]
    records.add_load(LoadRecord(catalog_id, kind, names, began, ended, accepted, reasons.total(), reasons))
    return DeltaReport(
        kind=kind,
        accepted=accepted,
        rejected=reasons.total(),
        rejected_by_reason=dict(reasons),
        skipped_by_reason=dict(notes.skipped),
        warnings=dict(notes.warnings),
        rejects=refused.path,
        seconds=(ended - began).total_seconds(),
        rows=dict(notes.rows),
    )


def _sources(mapping: MappingFile, kind: DeltaKind) -> dict[str, _Source]:
    """Return the parts of the mapping that can say what the delta changes, without the rest of them."""
    found: dict[str, _Source] = {}
    if mapping.product is not None:
        if mapping.source.group_by and kind != "deletions":
            raise MappingError(f"source.group_by: folds rows into products; files of {kind} have one row an article")
        whole = ArticlePart(
            holds="products",
            files=("*",),
            id=mapping.product.id,
            net=mapping.offer.net,
            stock=mapping.offer.stock,
            location=mapping.offer.location,
            lead_time_days=mapping.offer.lead_time_days,
            next_delivery=mapping.offer.next_delivery,
            next_quantity=mapping.offer.next_quantity,
            where=mapping.where,
        )
        found["product"] = _Source("offer" if kind != "deletions" else "product", whole, mapping.source)
    for name, part in mapping.parts.items():
        if isinstance(part, ArticlePart):
            found[name] = _Source(f"parts.{name}", part, source_of(mapping, part))
    narrowed = {name: replace(each, part=_narrowed(each.part, kind)) for name, each in found.items()}
    usable = {
        name: each
        for name, each in narrowed.items()
        if (found[name].part.holds == "products" if kind == "deletions" else _rule(each.part, kind) is not None)
    }
    if not usable:
        key = "net" if kind == "prices" else "stock"
        where = "a part" if mapping.parts else "[offer]"
        raise MappingError(f"{key}: the mapping says in no rule which column has it: write {key} in {where}")
    return usable


def _narrowed(part: ArticlePart, kind: DeltaKind) -> ArticlePart:
    return ArticlePart(
        holds="details",
        files=part.files,
        id=part.id,
        where=() if kind == "deletions" else part.where,
        net=_last(part.net) if kind == "prices" else None,
        min_quantity=part.min_quantity if kind == "prices" else None,
        stock=_last(part.stock) if kind == "stock" else None,
        location=part.location if kind == "stock" else None,
        lead_time_days=part.lead_time_days if kind == "stock" else None,
        next_delivery=part.next_delivery if kind == "stock" else None,
        next_quantity=part.next_quantity if kind == "stock" else None,
    )


def _last(rule: FieldRule | None) -> FieldRule | None:
    """Let the last of several rows count where the mapping does not say how to fold them."""
    if rule is None or "reduce" in rule.model_fields_set:
        return rule
    return rule.model_copy(update={"reduce": "last"})


def _rule(part: ArticlePart, kind: DeltaKind) -> FieldRule | None:
    return part.net if kind == "prices" else part.stock


def _for_file(file: Path, sources: dict[str, _Source], kind: DeltaKind) -> str:
    named = [name for name, each in sources.items() if each.part.takes(file.name)]
    if len(named) == 1 or (not named and len(sources) == 1):
        return (named or list(sources))[0]
    patterns = ", ".join(f"{name} ({', '.join(each.part.files)})" for name, each in sources.items())
    problem = "belongs to several parts" if named else "belongs to no part"
    raise MappingError(f"{file}: {problem} that can say {kind}; these can: {patterns}")


def _spooled(
    spool: Spool,
    file: Path,
    name: str,
    source: _Source,
    kind: DeltaKind,
    notes: Notes,
    progress: Progress | None,
) -> Iterator[Reject]:
    reader = PartReader(name, source.part, source.source, NumberAttributes())
    rule = source.part.id if kind == "deletions" else _rule(source.part, kind)
    is_checked = file_format(file, source.source) == "jsonl"
    for row in read_rows(file, source.source, progress):
        notes.rows[name] += 1
        if isinstance(row, Reject):
            yield row
            continue
        if not is_checked:
            check_columns(source.where, source.part, file.name, row.values)
            is_checked = True
        failed = next((condition for condition in source.part.where if not matches(condition, row.values)), None)
        if failed:
            notes.skipped[failed.reason] += 1
        elif rule and not _is_there(rule, row):
            yield Reject(
                file.name, row.line, "net" if kind == "prices" else kind, f"has no {' or '.join(rule.names())}"
            )
        else:
            entry = reader.read(file.name, row, notes)
            if isinstance(entry, Reject):
                yield entry
            else:
                spool.add("details", entry)


def _is_there(rule: FieldRule, row: Row) -> bool:
    # An empty value takes a price away; a row that does not speak of it must not.
    return rule.constant is not None or any(name in row.values for name in rule.names())


def _changes(
    kind: Literal["prices", "stock"], entries: Sequence[Entry], parts: Mapping[str, ArticlePart]
) -> Iterator[OfferChange]:
    if kind == "prices":
        yield _price_change(entries, parts)
        return
    # A file that knows no times leaves those that are kept.
    has_lead = any(parts[entry.part].lead_time_days for entry in entries)
    has_coming = any(parts[entry.part].next_delivery for entry in entries)
    for each in Folder(parts).supply(entries):
        yield OfferChange(
            entries[0].id,
            stock=each.quantity,
            location=each.location,
            lead_time_days=each.lead_time_days if has_lead else UNSET,
            next_delivery=each.next_delivery if has_coming else UNSET,
        )


def _price_change(entries: Sequence[Entry], parts: Mapping[str, ArticlePart]) -> OfferChange:
    identity, offer = entries[0].id, Folder(parts).offer(entries)
    # A file that knows tiers says all of an article; one that does not leaves them as they are.
    has_tiers = any(parts[entry.part].min_quantity for entry in entries)
    if not entries[-1].said.net:
        return OfferChange(identity, net=None, tiers=() if has_tiers else UNSET)
    is_said = any(entry.said.min_quantity == 1 for entry in entries)
    return OfferChange(identity, net=offer.net if is_said else UNSET, tiers=offer.tiers if has_tiers else UNSET)
