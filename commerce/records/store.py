"""The shop's durable records: catalogues and products, and the numbered log of their changes.

Every write commits together with its rows in the change log.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.errors import InvalidCatalog, UnknownCatalog, UnknownProducts
from commerce.product import Catalog, CatalogItem, Offer
from commerce.records import change_log, history
from commerce.records import offers as offering
from commerce.records.accounts import AccountRecords
from commerce.records.assortments import AssortmentRecords
from commerce.records.change_log import Change, ChangeKind
from commerce.records.erasures import ErasureRecords
from commerce.records.events import EventRecords
from commerce.records.experiments import ExperimentRecords
from commerce.records.history import LoadRecord
from commerce.records.offers import OfferChange, Patched
from commerce.records.orders import OrderRecords
from commerce.records.price_lists import PriceListRecords
from commerce.records.promotions import PromotionRecords
from commerce.records.revocations import RevocationRecords
from commerce.records.rows import findable, item_of, offer_of, product_row, variant_rows
from commerce.records.rules import RuleRecords
from commerce.records.synonyms import SynonymRecords
from commerce.records.tables import LONGEST_LOCALE, catalog_texts, catalogs, products, variants
from commerce.records.upserts import insert_new, upsert

_CHUNK = 500
_CURRENCY = 3
_CATALOG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did, in products."""

    written: int
    removed: int = 0
    unchanged: int = 0


class Records(
    PriceListRecords,
    AssortmentRecords,
    AccountRecords,
    PromotionRecords,
    RevocationRecords,
    OrderRecords,
    SynonymRecords,
    EventRecords,
    ErasureRecords,
    RuleRecords,
    ExperimentRecords,
):
    """The records behind one database URL; safe for concurrent use by threads and processes.

    Catalogues and products are here, the other kinds of record each in a class of their own.
    """

    def put_catalog(self, catalog: Catalog) -> None:
        """Make a catalogue known, or change its currency and locale. Raises InvalidCatalog for an unusable name."""
        with self._write() as connection:
            _put_catalog(connection, catalog)

    def catalogs(self) -> list[Catalog]:
        """Return all catalogues by id."""
        with self._connect() as connection:
            rows = connection.execute(sa.select(catalogs).order_by(catalogs.c.id))
            return [Catalog(row.id, row.currency, row.locale) for row in rows]

    def catalog(self, catalog_id: str) -> Catalog:
        """Return one catalogue. Raises UnknownCatalog."""
        with self._connect() as connection:
            row = connection.execute(sa.select(catalogs).where(catalogs.c.id == catalog_id)).first()
        if row is None:
            raise UnknownCatalog(f"there is no catalogue {catalog_id!r}: load one first")
        return Catalog(row.id, row.currency, row.locale)

    def upsert(self, catalog: Catalog | str, items: Iterable[CatalogItem]) -> Written:
        """Add products or replace those of the same id, all or none; equal ones stay unchanged and are not logged.

        A ``Catalog`` in place of an id is made known, or its currency and locale changed, in the same transaction.
        """
        with self._write() as connection:
            return self._upsert_items(connection, _known(connection, catalog), items)

    def replace(self, catalog: Catalog | str, items: Iterable[CatalogItem]) -> Written:
        """Make the catalogue hold exactly ``items``, all or none; for the rest as ``upsert``."""
        kept: set[str] = set()

        def remembered() -> Iterator[CatalogItem]:
            for item in items:
                kept.add(item.product.id)
                yield item

        with self._write() as connection:
            catalog_id = _known(connection, catalog)
            result = self._upsert_items(connection, catalog_id, remembered())
            query = sa.select(products.c.product_id).where(products.c.catalog == catalog_id)
            gone = [identity for identity in connection.scalars(query) if identity not in kept]
            self._delete_ids(connection, catalog_id, gone)
        return Written(result.written, len(gone), result.unchanged)

    def delete(self, catalog_id: str, ids: Iterable[str]) -> int:
        """Remove products and return how many there were."""
        with self._write() as connection:
            found = [row.product_id for row in self._rows(connection, catalog_id, list(ids))]
            self._delete_ids(connection, catalog_id, found)
        return len(found)

    def patch_offers(self, catalog_id: str, offers: Sequence[OfferChange]) -> list[str]:
        """Change prices and stock only, also by location, of products or variants by their ids.

        Equal ones stay and are not logged. Returns the ids that are unknown, whose changes are left out.
        """
        with self._write() as connection:
            patched = offering.patch(connection, catalog_id, offers)
            self._log_offers(connection, catalog_id, patched)
        return patched.unknown

    def patch_known_offers(self, catalog_id: str, offers: Sequence[OfferChange]) -> Written:
        """Change prices and stock as ``patch_offers`` does, all or none, and count the ids whose offer changed.

        Raises UnknownProducts for unknown ids.
        """
        with self._write() as connection:
            patched = offering.patch(connection, catalog_id, offers)
            if patched.unknown:
                raise UnknownProducts(patched.unknown)
            self._log_offers(connection, catalog_id, patched)
        return Written(len(patched.changed))

    def offers(self, catalog_id: str, ids: Sequence[str]) -> dict[str, list[tuple[str, Offer]]]:
        """Return what can be bought of each product that exists, as (id of variant or product, offer) pairs."""
        found: dict[str, list[tuple[str, Offer]]] = {}
        with self._read() as connection:
            for chunk in batches(findable(ids), _CHUNK):
                key = (products.c.catalog == catalog_id) & products.c.product_id.in_(chunk)
                columns = (products.c.product_id, products.c.net, products.c.stock, products.c.tiers)
                query = sa.select(*columns, products.c.supply, products.c.cost, products.c.variants).where(key)
                rows = connection.execute(query).all()
                several = [row.product_id for row in rows if row.variants]
                found.update({row.product_id: [(row.product_id, offer_of(row))] for row in rows if not row.variants})
                for identity, own in self._variant_offers(connection, catalog_id, several).items():
                    found[identity] = list(own.items())
        return found

    def items(self, catalog_id: str, *, ids: Sequence[str] | None = None) -> Iterator[CatalogItem]:
        """Yield a catalogue's products by id, or those of ``ids`` that exist, as of one moment."""
        with self._read() as connection:
            if ids is not None:
                yield from self._whole(connection, catalog_id, self._rows(connection, catalog_id, ids))
                return
            query = sa.select(products).where(products.c.catalog == catalog_id).order_by(products.c.product_id)
            # Through a cursor of the server: a million products do not stand in memory at once.
            with connection.execute(query, execution_options={"yield_per": 2_000}) as rows:
                yield from self._whole(connection, catalog_id, rows)

    def count(self, catalog_id: str) -> int:
        """Return the number of products."""
        query = sa.select(sa.func.count()).select_from(products).where(products.c.catalog == catalog_id)
        with self._connect() as connection:
            return int(connection.scalar(query) or 0)

    def changes_since(self, catalog_id: str, seq: int, limit: int = 10_000) -> list[Change]:
        """Return a catalogue's changes behind ``seq`` in their order."""
        with self._connect() as connection:
            return change_log.since(connection, catalog_id, seq, limit)

    def count_changes_since(self, catalog_id: str, seq: int) -> int:
        """Return how many changes of a catalogue stand behind ``seq``."""
        with self._connect() as connection:
            return change_log.count_since(connection, catalog_id, seq)

    def changed_since(self, catalog_id: str, seq: int, kind: ChangeKind) -> list[str]:
        """Return the ids of one kind of record that changed behind ``seq``."""
        with self._connect() as connection:
            return change_log.changed_since(connection, catalog_id, seq, kind)

    def last_seq(self, catalog_id: str | None = None) -> int:
        """Return the number of a catalogue's last change, or of the last of all; 0 if there is none."""
        with self._connect() as connection:
            return change_log.last(connection, catalog_id)

    def put_text(self, catalog_id: str, name: str, content: str) -> None:
        """Keep a text that people wrote about a catalogue, such as its "dictionary", instead of the one before."""
        values = {"catalog": catalog_id, "name": name, "content": content}
        with self._write() as connection:
            upsert(connection, catalog_texts, ("catalog", "name"), [values])

    def replace_text(self, catalog_id: str, name: str, before: str | None, content: str) -> bool:
        """Keep a text if the one before is still ``before``, None for none; say whether it was."""
        key = (catalog_texts.c.catalog == catalog_id) & (catalog_texts.c.name == name)
        with self._write() as connection:
            if before is None:
                values = {"catalog": catalog_id, "name": name, "content": content}
                return insert_new(connection, catalog_texts, ("catalog", "name"), values)
            same = sa.update(catalog_texts).where(key, catalog_texts.c.content == before).values(content=content)
            return bool(connection.execute(same).rowcount)

    def text(self, catalog_id: str, name: str) -> str | None:
        """Return a text that people wrote about a catalogue; None if there is none."""
        key = (catalog_texts.c.catalog == catalog_id) & (catalog_texts.c.name == name)
        with self._connect() as connection:
            found: str | None = connection.scalar(sa.select(catalog_texts.c.content).where(key))
        return found

    def add_load(self, load: LoadRecord) -> None:
        """Add a finished load to the history."""
        with self._write() as connection:
            history.insert(connection, load)

    def loads(self, catalog_id: str, limit: int = 100) -> list[LoadRecord]:
        """Return the last loads that changed a catalogue, oldest first."""
        with self._read() as connection:
            return history.latest(connection, catalog_id, limit)

    def note_quality(self, catalog_id: str, quality: Mapping[str, float]) -> bool:
        """Keep figures of the catalogue as it is now with its last load, unless that has some or changes came since.

        Says whether they were kept.
        """
        with self._write() as connection:
            return history.note_quality(connection, catalog_id, quality)

    def _upsert_items(self, connection: Connection, catalog_id: str, items: Iterable[CatalogItem]) -> Written:
        written = unchanged = 0
        for chunk in batches(items, _CHUNK):
            given = {item.product.id: item for item in chunk}
            rows = {identity: product_row(catalog_id, item) for identity, item in given.items()}
            stored = {row.product_id: row for row in self._rows(connection, catalog_id, list(rows))}
            offers = self._variant_offers(connection, catalog_id, [i for i, row in stored.items() if row.variants])
            for identity, row in stored.items():
                if dict(row._mapping) == rows[identity] and offers.get(identity, {}) == _variants_of(given[identity]):
                    del rows[identity]
                    unchanged += 1
            if rows:
                upsert(connection, products, ("catalog", "product_id"), list(rows.values()))
                self._delete_variants(connection, catalog_id, [i for i in rows if i in stored and stored[i].variants])
                if own := [row for identity in rows for row in variant_rows(catalog_id, given[identity])]:
                    connection.execute(sa.insert(variants), own)
                change_log.append(connection, catalog_id, list(rows), "upsert")
            written += len(rows)
        return Written(written, unchanged=unchanged)

    def _whole(
        self, connection: Connection, catalog_id: str, rows: Iterable[sa.Row[tuple[object, ...]]]
    ) -> Iterator[CatalogItem]:
        for chunk in batches(rows, _CHUNK):
            several = [row.product_id for row in chunk if row.variants]
            offers = self._variant_offers(connection, catalog_id, several)
            for row in chunk:
                yield item_of(row, offers.get(row.product_id, {}))

    def _variant_offers(
        self, connection: Connection, catalog_id: str, ids: Sequence[str]
    ) -> dict[str, dict[str, Offer]]:
        found: dict[str, dict[str, Offer]] = {}
        for chunk in batches(ids, _CHUNK):
            key = (variants.c.catalog == catalog_id) & variants.c.product_id.in_(chunk)
            query = sa.select(variants).where(key).order_by(variants.c.product_id, variants.c.variant_id)
            for row in connection.execute(query).all():
                found.setdefault(row.product_id, {})[row.variant_id] = offer_of(row)
        return found

    def _delete_variants(self, connection: Connection, catalog_id: str, ids: Sequence[str]) -> None:
        for chunk in batches(ids, _CHUNK):
            key = (variants.c.catalog == catalog_id) & variants.c.product_id.in_(chunk)
            connection.execute(sa.delete(variants).where(key))

    def _rows(
        self, connection: Connection, catalog_id: str, ids: Sequence[str]
    ) -> Iterator[sa.Row[tuple[object, ...]]]:
        for chunk in batches(findable(ids), _CHUNK):
            key = (products.c.catalog == catalog_id) & products.c.product_id.in_(chunk)
            yield from connection.execute(sa.select(products).where(key)).all()

    def _delete_ids(self, connection: Connection, catalog_id: str, ids: Sequence[str]) -> None:
        for chunk in batches(ids, _CHUNK):
            key = (products.c.catalog == catalog_id) & products.c.product_id.in_(chunk)
            connection.execute(sa.delete(products).where(key))
        self._delete_variants(connection, catalog_id, ids)
        change_log.append(connection, catalog_id, ids, "delete")

    def _log_offers(self, connection: Connection, catalog_id: str, patched: Patched) -> None:
        # Engines keep tiers with the product, prices and stock apart from it.
        offers = [each for each in patched.products if each not in patched.retiered]
        change_log.append(connection, catalog_id, offers, "offer")
        change_log.append(connection, catalog_id, sorted(patched.retiered), "upsert")


_Item = TypeVar("_Item")


def batches(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Yield lists of up to ``size`` items."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _variants_of(item: CatalogItem) -> dict[str, Offer]:
    return {variant.id: variant.offer for variant in item.product.variants}


def _known(connection: Connection, catalog: Catalog | str) -> str:
    if isinstance(catalog, str):
        return catalog
    _put_catalog(connection, catalog)
    return catalog.id


def _put_catalog(connection: Connection, catalog: Catalog) -> None:
    if not _CATALOG.fullmatch(catalog.id):
        raise InvalidCatalog(f"catalogue name {catalog.id!r}: use 1 to 64 lower-case letters, digits, _ and -")
    if len(catalog.currency) != _CURRENCY or len(catalog.locale) > LONGEST_LOCALE:
        raise InvalidCatalog(
            f"catalogue {catalog.id}: a currency is a code such as EUR, a locale such as en-GB "
            f"({catalog.currency[:40]!r}, {catalog.locale[:40]!r})"
        )
    upsert(connection, catalogs, ("id",), [{"id": catalog.id, "currency": catalog.currency, "locale": catalog.locale}])
