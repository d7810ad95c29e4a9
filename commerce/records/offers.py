"""Changes of prices and stock alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.availability import Delivery
from commerce.product import Tier
from commerce.records.rows import findable, tiers_to_text
from commerce.records.supply_texts import changed as changed_supply
from commerce.records.tables import products, variants

_CHUNK = 500


class Unset(Enum):
    """Marks a part of an offer that a change leaves as it is."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class OfferChange:
    """A new price, stock or tiers for one product or variant; what is UNSET stays.

    ``stock``, lead time and next delivery are those at ``location``, None being all locations together.
    """

    product_id: str
    net: Decimal | Unset | None = UNSET
    stock: int | Unset | None = UNSET
    tiers: tuple[Tier, ...] | Unset = UNSET
    location: str | None = None
    lead_time_days: int | Unset | None = UNSET
    next_delivery: Delivery | Unset | None = UNSET

    def supply(self) -> dict[str, int | Delivery | None]:
        """Return what changes in the location's ``LocationStock``."""
        found: dict[str, int | Delivery | None] = {}
        if self.location is not None and self.stock is not UNSET:
            found["quantity"] = self.stock
        if self.lead_time_days is not UNSET:
            found["lead_time_days"] = self.lead_time_days
        if self.next_delivery is not UNSET:
            found["next_delivery"] = self.next_delivery
        return found


@dataclass(frozen=True, slots=True)
class Patched:
    """What changes of offers did: the ids whose offer is different now, the products of these, those of them whose
    tiers are different, and the ids that are unknown."""

    changed: set[str]
    products: list[str]
    retiered: set[str]
    unknown: list[str]


def patch(connection: Connection, catalog_id: str, offers: Sequence[OfferChange]) -> Patched:
    """Write the changes.

    Of several changes of one id the last counts for each part. An id names a variant, or a product without variants: of
    a product that has them, only these are sold.
    """
    wanted: dict[str, dict[str, object]] = {}
    supplies: dict[str, dict[str | None, dict[str, int | Delivery | None]]] = {}
    for offer in offers:
        own = wanted.setdefault(offer.product_id, {})
        if offer.net is not UNSET:
            own["net"] = None if offer.net is None else str(offer.net)
        if offer.stock is not UNSET and offer.location is None:
            own["stock"] = offer.stock
        if offer.tiers is not UNSET:
            own["tiers"] = tiers_to_text(offer.tiers)
        if supply := offer.supply():
            supplies.setdefault(offer.product_id, {}).setdefault(offer.location, {}).update(supply)
    changed: set[str] = set()
    touched: dict[str, None] = {}
    retiered: set[str] = set()
    known: set[str] = set()
    settled: set[str] = set()
    for table, column in ((products, products.c.product_id), (variants, variants.c.variant_id)):
        updates: dict[tuple[str, ...], list[dict[str, object]]] = {}
        for row in _stored(connection, table, column, catalog_id, [id for id in findable(wanted) if id not in settled]):
            identity = row._mapping[column.name]
            if table is products:
                if row.variants:
                    continue
                settled.add(identity)
            known.add(identity)
            given = wanted[identity]
            if identity in supplies:
                given = {**given, "supply": changed_supply(row.supply, supplies[identity])}
            new = {name: value for name, value in given.items() if row._mapping[name] != value}
            if new:
                changed.add(identity)
                touched[row.product_id] = None
                if "tiers" in new:
                    retiered.add(row.product_id)
                updates.setdefault(tuple(new), []).append({"key": identity, **{f"new_{n}": v for n, v in new.items()}})
        for names, rows in updates.items():
            key = (table.c.catalog == catalog_id) & (column == sa.bindparam("key"))
            values: dict[str, object] = {name: sa.bindparam(f"new_{name}") for name in names}
            connection.execute(sa.update(table).where(key).values(values), rows)
    return Patched(changed, list(touched), retiered, [identity for identity in wanted if identity not in known])


def _stored(
    connection: Connection, table: sa.Table, column: sa.Column[str], catalog_id: str, ids: Sequence[str]
) -> list[sa.Row[Any]]:
    found: list[sa.Row[Any]] = []
    names = dict.fromkeys((table.c.product_id, column, table.c.net, table.c.stock, table.c.tiers, table.c.supply))
    if table is products:
        names[products.c.variants] = None
    for start in range(0, len(ids), _CHUNK):
        key = (table.c.catalog == catalog_id) & column.in_(ids[start : start + _CHUNK])
        found += connection.execute(sa.select(*names).where(key)).all()
    return found
