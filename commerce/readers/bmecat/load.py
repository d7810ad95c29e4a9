"""A load of BMEcat files into the records, with a report that accounts for every element."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from commerce.errors import TooManyRejects
from commerce.product import Catalog, CatalogItem
from commerce.readers.bmecat.currencies import is_currency
from commerce.readers.bmecat.errors import InvalidBmecat
from commerce.readers.bmecat.file import Account, BmecatFile, Found
from commerce.readers.bmecat.ledger import Ledger
from commerce.readers.bmecat.report import BmecatReport
from commerce.readers.bmecat.structure import Group, groups_from_json, groups_to_json
from commerce.readers.bmecat.updates import regrouped, repriced, updated
from commerce.readers.rows import Progress, Reject
from commerce.records import LoadRecord, Records
from commerce.records.store import batches

MAX_REJECT_SHARE = 0.05
_BATCH = 500
_GROUPS = "bmecat_groups"
_NO_LANGUAGE = "en"


def load_bmecat(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    *,
    rejects: Path,
    replace: bool = True,
    progress: Progress | None = None,
    today: date | None = None,
) -> BmecatReport:
    """Load BMEcat files into a catalogue's records.

    All T_NEW_CATALOG files form one catalogue, in the currency and the default language of the first one's header; with
    ``replace`` they are the whole of it. Updates change what is there, after that and in their order. Prices count that
    are valid on ``today`` (UTC). Rejected products, and values that cannot be used, go to the JSONL file ``rejects``.

    Raises InvalidBmecat before anything is written if one of the files is broken, UnknownCatalog for an update of a
    catalogue that is not there, and TooManyRejects if more than 5 % of the products of a step are rejected: of that
    step nothing is kept.
    """
    began = datetime.now(UTC)
    load = _Load(records, catalog_id, rejects, today or began.date(), progress)
    load.run([BmecatFile(path, load.account, progress) for path in files], replace)
    return load.report(files, began)


class _Load:
    """The counts of one load, and its steps."""

    def __init__(
        self, records: Records, catalog_id: str, rejects: Path, today: date, progress: Progress | None
    ) -> None:
        self.account = Account(Ledger(), Counter(), self._tell)
        self._records = records
        self._catalog_id = catalog_id
        self._rejects = rejects
        self._today = today
        self._progress = progress
        self._accepted = 0
        self._written = self._removed = self._unchanged = 0
        self._rejected: Counter[str] = Counter()
        rejects.parent.mkdir(parents=True, exist_ok=True)
        rejects.unlink(missing_ok=True)

    def run(self, files: Sequence[BmecatFile], replace: bool) -> None:
        """Write what the files say."""
        new = [file for file in files if file.transaction == "T_NEW_CATALOG"]
        if new:
            self._load_catalogue(new, replace)
        for file in files:
            if file.transaction == "T_UPDATE_PRODUCTS":
                self._update_products(file)
            elif file.transaction == "T_UPDATE_PRICES":
                self._update_prices(file)

    def report(self, files: Sequence[Path], began: datetime) -> BmecatReport:
        """Add the load to the history and return its report."""
        ended = datetime.now(UTC)
        rejected = self._rejected.total()
        names = [str(file) for file in files]
        self._records.add_load(
            LoadRecord(self._catalog_id, "products", names, began, ended, self._accepted, rejected, self._rejected)
        )
        elements = self.account.ledger.counts()
        skipped: Counter[str] = Counter()
        for count in elements.values():
            skipped.update(count.left_out)
        return BmecatReport(
            accepted=self._accepted,
            written=self._written,
            removed=self._removed,
            unchanged=self._unchanged,
            rejected=rejected,
            rejected_by_reason=dict(self._rejected),
            skipped_by_reason=dict(skipped.most_common()),
            warnings=dict(self.account.warnings),
            rejects=self._rejects if self._rejects.exists() else None,
            seconds=(ended - began).total_seconds(),
            elements=elements,
        )

    def _load_catalogue(self, files: Sequence[BmecatFile], replace: bool) -> None:
        known = {each.id: each for each in self._records.catalogs()}.get(self._catalog_id)
        catalog = known if known and not replace else self._catalog_of(files[0])
        for file in files:
            file.structure.groups = self._stored_groups(replace) | file.structure.groups
        self._records.put_catalog(catalog)
        found = self._products(files, catalog)
        if replace:
            written = self._records.replace(catalog.id, (each.item for each in found if each.item))
        else:
            written = self._records.upsert(catalog.id, self._on_stored(found))
        self._count(written.written, written.removed, written.unchanged)
        groups = {key: group for file in files for key, group in file.structure.groups.items()}
        self._records.put_text(catalog.id, _GROUPS, groups_to_json(groups))

    def _update_products(self, file: BmecatFile) -> None:
        catalog = self._records.catalog(self._catalog_id)
        file.structure.groups = self._stored_groups(False) | file.structure.groups
        gone: list[str] = []

        def items() -> Iterator[CatalogItem]:
            kept: list[Found] = []
            for found in self._products([file], catalog):
                if found.mode == "delete":
                    gone.append(found.id)
                else:
                    kept.append(found)
                    if len(kept) == _BATCH:
                        yield from self._on_stored(kept)
                        kept.clear()
            yield from self._on_stored(kept)

        written = self._records.upsert(catalog.id, items())
        removed = sum(self._records.delete(catalog.id, some) for some in batches(gone, _BATCH))
        self.account.warnings["deletion of a product that was not there"] += len(gone) - removed
        self._count(written.written, removed, written.unchanged)
        for some in batches(file.structure.assignments, _BATCH):
            stored = list(self._records.items(catalog.id, ids=some))
            moved = self._records.upsert(catalog.id, regrouped(file.structure, stored, catalog.locale))
            self._count(moved.written, 0, 0)

    def _update_prices(self, file: BmecatFile) -> None:
        catalog = self._records.catalog(self._catalog_id)

        def items() -> Iterator[CatalogItem]:
            for some in batches(self._products([file], catalog), _BATCH):
                stored = self._stored([found.id for found in some])
                for found in some:
                    if (own := stored.get(found.id)) is None:
                        self._reject(
                            Reject(file.path.name, found.line, "id", "is no product of the catalogue", found.id)
                        )
                    elif (item := repriced(found, own)) is None:
                        self.account.warnings["no usable price: the one before stays"] += 1
                    else:
                        yield item

        written = self._records.upsert(catalog.id, items())
        self._count(written.written, 0, written.unchanged)

    def _products(self, files: Sequence[BmecatFile], catalog: Catalog) -> Iterator[Found]:
        """Yield the products of files, each id once. Raises TooManyRejects behind the last one."""
        lines: dict[str, tuple[str, int]] = {}
        rejected = self._rejected.total()
        for file in files:
            for found in file.products(catalog.locale, catalog.currency, self._today, self._progress):
                if isinstance(found, Reject):
                    self._reject(found)
                elif found.id in lines:
                    first, line = lines[found.id]
                    reason = f"the same id stands in {first} line {line}"
                    self._reject(Reject(file.path.name, found.line, "id", reason, found.id))
                else:
                    lines[found.id] = (file.path.name, found.line)
                    self._accepted += 1
                    yield found
        self._check(self._rejected.total() - rejected, len(lines))

    def _on_stored(self, found: Iterable[Found]) -> Iterator[CatalogItem]:
        for some in batches(found, _BATCH):
            stored = self._stored([each.id for each in some])
            for each in some:
                if each.mode == "update" and each.id not in stored:
                    self.account.warnings["update of a product that was not there: added"] += 1
                if (item := updated(each, stored.get(each.id))) is not None:
                    yield item

    def _stored(self, ids: Sequence[str]) -> dict[str, CatalogItem]:
        return {item.product.id: item for item in self._records.items(self._catalog_id, ids=ids)}

    def _stored_groups(self, replace: bool) -> dict[tuple[str, str], Group]:
        content = None if replace else self._records.text(self._catalog_id, _GROUPS)
        return groups_from_json(content) if content else {}

    def _catalog_of(self, file: BmecatFile) -> Catalog:
        currency = file.currency()
        if not is_currency(currency):
            mend = "add <CURRENCY>EUR</CURRENCY> (or yours) to the CATALOG of its HEADER"
            raise InvalidBmecat(f"{file.path.name}: names no currency: {mend}")
        locale = file.structure.header.locale
        if not locale:
            self.account.warnings[f"no LANGUAGE in the header: {_NO_LANGUAGE!r} was taken"] += 1
        return Catalog(self._catalog_id, currency, locale or _NO_LANGUAGE)

    def _count(self, written: int, removed: int, unchanged: int) -> None:
        self._written += written
        self._removed += removed
        self._unchanged += unchanged

    def _check(self, rejected: int, accepted: int) -> None:
        if rejected > MAX_REJECT_SHARE * (accepted + rejected):
            worst = ", ".join(f"{reason} ({count})" for reason, count in self._rejected.most_common(3))
            raise TooManyRejects(
                f"{rejected} of {accepted + rejected} products were rejected, more than {MAX_REJECT_SHARE:.0%}: "
                f"{worst}. Nothing was changed. See {self._rejects} and mend the file."
            )

    def _reject(self, reject: Reject) -> None:
        self._rejected[f"{reject.field}: {_general(reject.reason)}"] += 1
        self._write(reject)

    def _tell(self, reject: Reject) -> None:
        """Note a value that cannot be used, of a product that is taken all the same."""
        self.account.warnings[f"{reject.field}: {_general(reject.reason)}"] += 1
        self._write(reject)

    def _write(self, reject: Reject) -> None:
        with self._rejects.open("ab") as out:
            out.write(orjson.dumps(asdict(reject)) + b"\n")


def _general(reason: str) -> str:
    """Return a reason without what is particular to one value, so that reasons can be counted."""
    head = reason.partition(":")[0]
    return " ".join("…" if any(c.isdigit() for c in word) or "'" in word else word for word in head.split())
