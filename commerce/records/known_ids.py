"""Which ids stand for something that the catalogue has."""

from collections.abc import Iterable
from itertools import islice

import sqlalchemy as sa
from sqlalchemy import Connection

from commerce.records.rows import findable
from commerce.records.tables import products, variants

_CHUNK = 500


def count_unknown(connection: Connection, catalog_id: str, ids: Iterable[str], *, or_variants: bool) -> int:
    """Count the ids, each given once, that are of no product (``or_variants``: nor of a variant)."""
    columns = [(products, products.c.product_id)]
    if or_variants:
        columns.append((variants, variants.c.variant_id))
    given = iter(ids)
    unknown = 0
    while some := list(islice(given, _CHUNK)):
        known: set[str] = set()
        for table, column in columns:
            key = (table.c.catalog == catalog_id) & column.in_(list(findable(some)))
            known.update(connection.scalars(sa.select(column).where(key)))
        unknown += len(some) - len(known)
    return unknown
