"""Writes one version of one catalogue's embedded index."""

import os
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from commerce.pricing import Assortment, PriceList
from commerce.promotions import Promotion
from engines.embedded.book import BookChanges
from engines.embedded.layout import VersionFiles
from engines.embedded.merging import Merger
from engines.embedded.part import NO_PRICE, NO_STOCK, PRICE_SCALE
from engines.embedded.part_writer import PartWriter
from engines.embedded.parts import OpenParts
from engines.embedded.postings import ID, term_hashes
from engines.embedded.state import OFFER, SUPPLY
from engines.embedded.supply_rows import SupplyRow, supply_rows
from engines.port import Document, FieldKind, OfferUpdate
from language.dictionary import AttributeEntry

_PART_PRODUCTS = 100_000
_LOG_ENTRIES_PER_UNIT = 4
_SHORT_LOG = 100_000


class EmbeddedBuilder:
    """The one writer of a version. ``commit.json`` is the only commit point: see ``state``."""

    rows_a_commit = 500_000

    def __init__(self, files: VersionFiles) -> None:
        self._files = files
        self._schema = files.read_schema()
        self._means = files.read_means()
        self._state = files.state()
        self._commit = self._state.read()
        self._drop_uncommitted()
        self._opened = OpenParts(files)
        self._merger = Merger(files)
        self._parts = self._opened.read(self._commit.rows)
        self._drop_merged()
        self._part = self._next_part(self._commit.rows, self._commit.units)
        # Rows since the last commit by id, and rows and offers that the next commit takes away or changes.
        self._pending: dict[str, int] = {}
        self._dead: list[int] = []
        self._offers: list[tuple[int, int, int]] = []
        self._supplies: list[SupplyRow] = []
        self._book_files = files.book()
        self._book = self._book_files.read(self._commit.book)
        self._book_changes = BookChanges()

    def extend(self, kinds: Mapping[str, FieldKind], dictionary: Mapping[str, AttributeEntry]) -> None:
        """Make new fields and attributes known; what is known already stays as it is."""
        new = {name: kind for name, kind in kinds.items() if name not in self._schema.kinds}
        if new:
            entries = {**dictionary, **self._schema.dictionary}
            self._schema = replace(self._schema, kinds={**self._schema.kinds, **new}, dictionary=entries)
            self._files.write_schema(self._schema)
            self._flush()
            self._part = self._next_part(self._part.base, self._part.unit_base)

    def write(self, documents: Iterable[Document]) -> int:
        """Add documents, each replacing an earlier one of its id; return how many."""
        count = 0
        for document in documents:
            self._forget([document.stored.id])
            self._pending[document.stored.id] = self._part.add(document)
            count += 1
            if len(self._part) >= _PART_PRODUCTS:
                self._flush()
        return count

    def delete(self, ids: Iterable[str]) -> int:
        """Remove products; return how many ids were named."""
        named = list(ids)
        self._forget(named)
        return len(named)

    def patch_offers(self, offers: Iterable[OfferUpdate]) -> int:
        """Change prices and stock of committed products; return how many were found."""
        updates = list(offers)
        rows = self._committed_rows([update.product_id for update in updates])
        bases = [part.base for part in self._parts]
        before = len(self._offers)
        for update in updates:
            if (row := rows.get(update.product_id)) is None:
                continue
            part = self._parts[bisect_right(bases, row) - 1]
            net = NO_PRICE if update.net is None else int(update.net * PRICE_SCALE)
            stock = NO_STOCK if update.stock is None else update.stock
            for unit in part.units_of_row(row - part.base):
                # Without variants every unit is its product.
                if part.unit_ends is None or part.unit_ids[unit] in {"", update.unit_id}:
                    self._supplies += supply_rows(part.unit_base + unit, update.supply, len(self._offers))
                    self._offers.append((part.unit_base + unit, net, stock))
        return len(self._offers) - before

    def put_price_list(self, prices: PriceList) -> None:
        """Replace a price list whole."""
        self._book_changes.lists[prices.id] = prices

    def delete_price_list(self, identity: str) -> None:
        """Remove a price list, if there is one."""
        self._book_changes.lists[identity] = None

    def put_assortment(self, assortment: Assortment) -> None:
        """Replace an assortment whole."""
        self._book_changes.assortments[assortment.id] = assortment

    def delete_assortment(self, identity: str) -> None:
        """Remove an assortment, if there is one."""
        self._book_changes.assortments[identity] = None

    def put_promotion(self, promotion: Promotion) -> None:
        """Replace a promotion whole."""
        self._book_changes.promotions[promotion.id] = promotion

    def delete_promotion(self, identity: str) -> None:
        """Remove a promotion, if there is one."""
        self._book_changes.promotions[identity] = None

    def commit(self, applied: int) -> None:
        """Make all that was written visible and durable; ``applied`` is the change-log number that it contains."""
        self._flush()
        before = self._commit
        commit = replace(before, rows=self._part.base, units=self._part.unit_base, applied=applied)
        commit = self._state.append_dead(commit, np.array(self._dead, dtype=np.int64))
        offers, supplies = np.array(self._offers, dtype=OFFER), np.array(self._supplies, dtype=SUPPLY)
        commit = self._state.append_offers(commit, offers, supplies)
        if commit.offers > max(_SHORT_LOG, _LOG_ENTRIES_PER_UNIT * commit.units):
            commit = self._state.shorten_offers(commit)
        book = self._book
        if self._book_changes:
            commit = replace(commit, book=commit.book + 1)
            book = self._book_files.write(commit.book, book, self._book_changes)
        self._state.write(commit)
        self._commit, self._book, self._book_changes = commit, book, BookChanges()
        self._pending.clear()
        self._dead.clear()
        self._offers.clear()
        self._supplies.clear()
        self._state.tidy(commit)
        self._book_files.tidy(commit.book, book)
        self._parts = self._opened.read(commit.rows)
        if commit.rows != before.rows:
            self._merger.merge(self._parts, self._schema, self._state.dead(commit))
            self._parts = self._opened.read(commit.rows)

    def close(self) -> None:
        """Let go of the version; what was not committed is gone."""
        self._merger.wait()
        self._drop_uncommitted()

    def _forget(self, ids: list[str]) -> None:
        """Let the earlier rows of these ids die."""
        old = []
        for identity in ids:
            row = self._pending.pop(identity, None)
            if row is None:
                old.append(identity)
            else:
                self._dead.append(row)
        if old and self._parts:
            self._dead += self._committed_rows(old).values()

    def _committed_rows(self, ids: list[str]) -> dict[str, int]:
        """Return the newest committed row of each id; it may be dead already."""
        hashes = term_hashes(ID, ids)
        found: dict[str, int] = {}
        for part in self._parts:
            terms = part.postings.find(hashes)
            for at in np.flatnonzero(terms >= 0).tolist():
                rows = part.postings.rows_of(int(terms[at]))
                # A merged part still has the term of a product that died before, but no row.
                if len(rows) and part.postings.terms[int(terms[at])] == ids[at]:
                    found[ids[at]] = part.base + int(rows[-1])
        return found

    def _flush(self) -> None:
        if not len(self._part):
            return
        if self._means is None:
            self._means = self._part.mean_lengths()
            self._files.write_means(self._means)
        self._part.write(self._files.part(self._part.base), self._means)
        columns = self._part.columns
        self._part = self._next_part(self._part.base + columns.count, self._part.unit_base + columns.units)

    def _next_part(self, base: int, unit_base: int) -> PartWriter:
        return PartWriter(base, unit_base, self._schema)

    def _drop_merged(self) -> None:
        """Remove parts that a larger one took in before its writer died."""
        kept = {part.base for part in self._parts}
        for path in self._files.part_paths():
            if int(path.stem) not in kept:
                path.unlink()

    def _drop_uncommitted(self) -> None:
        for path in self._files.part_paths():
            if int(path.stem) >= self._commit.rows:
                path.unlink()
        for partial in self._files.parts.glob("*.partial"):
            partial.unlink()


def disk_bytes(path: Path) -> int:
    """Return the bytes of all files below ``path``; files that vanish meanwhile count as none."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += (Path(folder) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total
