"""Files of assortments, many in one file, into the records."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from commerce.errors import MappingError
from commerce.readers.list_rules import AssortmentRows
from commerce.readers.list_spool import ListedRow, ListSpool
from commerce.readers.listed import ListLoad, ListsReport, Outcome, source_of
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.rows import Progress, Reject
from commerce.readers.values import matches, text_of, value_of
from commerce.reading import LONGEST_ID, clean_text
from commerce.records import ListedProducts, Records

_INCLUDED, _EXCLUDED = 0, 1


def load_assortments(
    records: Records,
    catalog_id: str,
    files: Sequence[Path],
    mapping: MappingFile,
    *,
    rejects: Path,
    progress: Progress | None = None,
) -> ListsReport:
    """Give the assortments that files name the products that stand there, all or none; other assortments stay.

    An assortment keeps its filters, and the products that it excludes where the mapping has no ``exclude``. One of
    which only excluded products stand there keeps those that it includes. Raises UnknownCatalog, MappingError without
    ``assortments`` in the mapping, TooManyRejects before anything is written.
    """
    rule = mapping.assortments
    if rule is None:
        raise MappingError("assortments: the mapping does not say which columns assortments have")
    records.catalog(catalog_id)
    load = ListLoad(source_of(mapping, rule), mapping.limits, rule, "assortments", rejects)
    with closing(ListSpool()) as spool:
        _read(load, rule, spool, files, progress)
        load.check()
        unknown = records.unknown_products(catalog_id, spool.articles())
        done = records.put_listed_products(catalog_id, _listed(spool, has_exclusions=rule.exclude is not None))
    return load.finish(records, catalog_id, files, Outcome(done.written, done.unchanged, unknown))


def _read(
    load: ListLoad, rule: AssortmentRows, spool: ListSpool, files: Sequence[Path], progress: Progress | None
) -> None:
    for file, row in load.rows(files, progress):
        names = {
            field: clean_text(text_of(value_of(each, row.values)))
            for field, each in (("assortment", rule.assortment), ("product", rule.product))
        }
        wrong = next((field for field, text in names.items() if not 0 < len(text) <= LONGEST_ID), None)
        if wrong:
            reason = f"a text of 1 to {LONGEST_ID} characters is needed"
            load.refused.add(Reject(file, row.line, wrong, reason, names[wrong][:200]))
            continue
        kind = _EXCLUDED if rule.exclude and matches(rule.exclude, row.values) else _INCLUDED
        spool.add(names["assortment"], ListedRow(names["product"], kind, None, file, row.line))
        load.accepted += 1


def _listed(spool: ListSpool, *, has_exclusions: bool) -> Iterator[ListedProducts]:
    for name, rows in spool.lists():
        ids: tuple[set[str], set[str]] = (set(), set())
        for row in rows:
            ids[row.number].add(row.article)
        # Exclusions alone take products away from all that there are.
        included = frozenset(ids[_INCLUDED]) if ids[_INCLUDED] else None
        yield ListedProducts(name, included, frozenset(ids[_EXCLUDED]) if has_exclusions else None)
