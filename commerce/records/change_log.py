"""The numbered log of changes: what the index follows the records by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.records.tables import changes

ChangeKind = Literal["upsert", "delete", "offer", "prices", "assort", "promo", "synonym", "rule", "trial"]
"""What changed: a product, its removal, offers alone, a price list, an assortment, a promotion; these three may be gone
as well as new."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log. ``product_id`` is the id of the price list, assortment or promotion where one of those
    changed."""

    seq: int
    product_id: str
    kind: ChangeKind


def append(connection: Connection, catalog_id: str, ids: Sequence[str], kind: ChangeKind) -> None:
    """Add changes in their order; they commit with the write that made them."""
    at = datetime.now(UTC).isoformat()
    rows = [{"catalog": catalog_id, "product_id": identity, "kind": kind, "at": at} for identity in ids]
    if rows:
        connection.execute(sa.insert(changes), rows)


def since(connection: Connection, catalog_id: str, seq: int, limit: int) -> list[Change]:
    """Return a catalogue's changes behind ``seq`` in their order."""
    query = sa.select(changes.c.seq, changes.c.product_id, changes.c.kind)
    query = query.where(changes.c.catalog == catalog_id, changes.c.seq > seq).order_by(changes.c.seq).limit(limit)
    return [Change(row.seq, row.product_id, row.kind) for row in connection.execute(query)]


def count_since(connection: Connection, catalog_id: str, seq: int) -> int:
    """Return how many changes of a catalogue stand behind ``seq``; the numbers are shared by all catalogues."""
    query = sa.select(sa.func.count()).where(changes.c.catalog == catalog_id, changes.c.seq > seq)
    return int(connection.scalar(query) or 0)


def changed_since(connection: Connection, catalog_id: str, seq: int, kind: ChangeKind) -> list[str]:
    """Return the ids of one kind that changed behind ``seq``, each once."""
    query = sa.select(changes.c.product_id).distinct()
    query = query.where(changes.c.catalog == catalog_id, changes.c.seq > seq, changes.c.kind == kind)
    return list(connection.scalars(query))


def last(connection: Connection, catalog_id: str | None = None) -> int:
    """Return the number of a catalogue's last change, or of the last of all; 0 if there is none."""
    query = sa.select(sa.func.max(changes.c.seq))
    if catalog_id is not None:
        query = query.where(changes.c.catalog == catalog_id)
    return int(connection.scalar(query) or 0)
