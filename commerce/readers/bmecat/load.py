"""A load of BMEcat files into the records, with a report that accounts for every element."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from commerce.currencies import is_currency
from commerce.product import Catalog, CatalogItem
from commerce.readers.bmecat.errors import InvalidBmecat
from commerce.readers.bmecat.file import BmecatFile, Found
from commerce.readers.bmecat.report import BmecatReport
from commerce.readers.bmecat.structure import Group, groups_from_json, groups_to_json
from commerce.readers.bmecat.tally import Tally
from commerce.readers.bmecat.updates import priced, regrouped, repriced, updated
from commerce.readers.load import some_at_least
from commerce.readers.rows import Progress, Reject
from commerce.records import LoadRecord, OfferChange, Records
from commerce.records.store import batches

_BATCH = 500
# Updates name groups by number only: those of the catalogue are kept beside it.
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
    tally = Tally(rejects)
    read = [BmecatFile(path, tally.account, progress) for path in files]
    load = _Load(records, catalog_id, tally, today or began.date(), progress)
    new = [file for file in read if file.transaction == "T_NEW_CATALOG"]
    if new:
        load.new_catalogue(new, replace)
    for file in read:
        if file.transaction == "T_UPDATE_PRODUCTS":
            load.update_products(file)
        elif file.transaction == "T_UPDATE_PRICES":
            load.update_prices(file)
    return _report(records, catalog_id, files, tally, began)


class _Load:
    """The steps of one load."""

    def __init__(self, records: Records, catalog_id: str, tally: Tally, today: date, progress: Progress | None) -> None:
        self._records = records
        self._catalog_id = catalog_id
        self._tally = tally
        self._today = today
        self._progress = progress

    def new_catalogue(self, files: Sequence[BmecatFile], replace: bool) -> None:
        """Write the catalogue that the files form, or add them to the one that is there."""
        known = {each.id: each for each in self._records.catalogs()}.get(self._catalog_id)
        catalog = known if known and not replace else self._described(files[0])
        before = {} if replace else self._stored_groups()
        for file in files:
            file.structure.groups = before | file.structure.groups
        found = self._taken(files, catalog)
        if replace:
            items = (each.item for each in found if each.item)
            stored = self._records.count(catalog.id)
            paths = [file.path for file in files]
            self._tally.wrote(self._records.replace(catalog, some_at_least(items, stored, paths)))
        else:
            self._tally.wrote(self._records.upsert(catalog, self._on_stored(found)))
        groups = {key: group for file in files for key, group in file.structure.groups.items()}
        self._records.put_text(catalog.id, _GROUPS, groups_to_json(groups))

    def update_products(self, file: BmecatFile) -> None:
        """Add, replace and remove the products that an update names, and move products between groups."""
        catalog = self._records.catalog(self._catalog_id)
        file.structure.groups = self._stored_groups() | file.structure.groups
        gone: list[str] = []

        def kept() -> Iterator[Found]:
            for found in self._taken([file], catalog):
                if found.mode == "delete":
                    gone.append(found.id)
                else:
                    yield found

        self._tally.wrote(self._records.upsert(catalog.id, self._on_stored(kept())))
        removed = sum(self._records.delete(catalog.id, some) for some in batches(gone, _BATCH))
        self._tally.removed += removed
        if len(gone) > removed:
            self._tally.account.warnings["deletion of a product that was not there"] += len(gone) - removed
        for some in batches(file.structure.assignments, _BATCH):
            stored = list(self._records.items(catalog.id, ids=some))
            moved = self._records.upsert(catalog.id, regrouped(file.structure, stored, catalog.locale))
            self._tally.written += moved.written

    def update_prices(self, file: BmecatFile) -> None:
        """Change the prices of products and variants that are there, and nothing else of them."""
        catalog = self._records.catalog(self._catalog_id)
        changes: list[OfferChange] = []
        # What is no product may be a variant: only the records can tell.
        others: dict[str, Found] = {}
        for some in batches(self._found([file], catalog), _BATCH):
            stored = self._records.offers(catalog.id, [found.id for found in some])
            for found in some:
                changes += repriced(found, [own for own, _ in stored.get(found.id, [(found.id, None)])])
                if found.id in stored:
                    self._tally.take(found)
                    self._tally.priced(found, [offer for _, offer in stored[found.id]])
                else:
                    others[found.id] = found
        unknown = set(self._records.patch_offers(catalog.id, changes))
        for identity, found in others.items():
            if identity in unknown or not priced(found):
                self._tally.pass_over(found, "is no product of the catalogue")
            else:
                self._tally.take(found)
                self._tally.priced(found, [])

    def _taken(self, files: Sequence[BmecatFile], catalog: Catalog) -> Iterator[Found]:
        for found in self._found(files, catalog):
            self._tally.take(found)
            yield found

    def _found(self, files: Sequence[BmecatFile], catalog: Catalog) -> Iterator[Found]:
        """Yield the products of files, each id once. Raises TooManyRejects behind the last one."""
        before = self._tally.mark()
        first: dict[str, tuple[str, int]] = {}
        for file in files:
            for found in file.products(catalog.locale, catalog.currency, self._today, self._progress):
                if isinstance(found, Reject):
                    self._tally.reject(found)
                elif found.id in first:
                    name, line = first[found.id]
                    self._tally.refuse(found, "id", f"the same id stands in {name} line {line}")
                else:
                    first[found.id] = (found.file, found.page.unit.line)
                    yield found
        self._tally.check(before)

    def _on_stored(self, found: Iterable[Found]) -> Iterator[CatalogItem]:
        for some in batches(found, _BATCH):
            stored = self._stored([each.id for each in some])
            for each in some:
                if each.mode == "update" and each.id not in stored:
                    self._tally.account.warnings["update of a product that was not there: added"] += 1
                if (item := updated(each, stored.get(each.id))) is not None:
                    yield item

    def _stored(self, ids: Sequence[str]) -> dict[str, CatalogItem]:
        return {item.product.id: item for item in self._records.items(self._catalog_id, ids=ids)}

    def _stored_groups(self) -> dict[tuple[str, str], Group]:
        content = self._records.text(self._catalog_id, _GROUPS)
        return groups_from_json(content) if content else {}

    def _described(self, file: BmecatFile) -> Catalog:
        currency = file.currency()
        if not is_currency(currency):
            mend = "add <CURRENCY>EUR</CURRENCY> (or yours) to the CATALOG of its HEADER"
            raise InvalidBmecat(f"{file.path.name}: names no currency: {mend}")
        return Catalog(self._catalog_id, currency, file.structure.header.locale or _NO_LANGUAGE)


def _report(records: Records, catalog_id: str, files: Sequence[Path], tally: Tally, began: datetime) -> BmecatReport:
    ended = datetime.now(UTC)
    rejected = tally.rejected.total()
    names = [str(file) for file in files]
    load = LoadRecord(catalog_id, "products", names, began, ended, tally.accepted, rejected, tally.rejected)
    records.add_load(load)
    elements = tally.account.ledger.counts()
    skipped: Counter[str] = Counter()
    for count in elements.values():
        skipped.update(count.left_out)
    return BmecatReport(
        accepted=tally.accepted,
        written=tally.written,
        removed=tally.removed,
        unchanged=tally.unchanged,
        rejected=rejected,
        rejected_by_reason=dict(tally.rejected),
        skipped_by_reason=dict(skipped.most_common()),
        warnings=dict(tally.account.warnings),
        rejects=tally.rejects,
        seconds=(ended - began).total_seconds(),
        elements=elements,
    )
