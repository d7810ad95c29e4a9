"""What buyers see and pay, price lists, assortments and promotions, from the records into a version."""

from collections.abc import Callable, Sequence

from commerce.records import Records
from engines.port import IndexBuilder


def write_price_lists(
    records: Records,
    catalog_id: str,
    builder: IndexBuilder,
    commit: Callable[[], None],
    ids: Sequence[str] | None = None,
) -> None:
    """Put price lists into a version, or remove them from it: those of ``ids`` as the records have them now, or all.

    ``commit`` is called whenever as many rows wait in memory as the builder should have.
    """
    gone = set(ids or ())
    waiting = 0
    for prices in records.whole_price_lists(catalog_id, ids):
        gone.discard(prices.id)
        builder.put_price_list(prices)
        waiting += len(prices.rows)
        if waiting >= builder.rows_a_commit:
            commit()
            waiting = 0
    for identity in sorted(gone):
        builder.delete_price_list(identity)


def write_assortments(
    records: Records, catalog_id: str, builder: IndexBuilder, ids: Sequence[str] | None = None
) -> None:
    """Put assortments into a version, or remove them from it: those of ``ids`` as the records have them now, or all."""
    gone = set(ids or ())
    for assortment in records.assortments(catalog_id, ids=ids):
        gone.discard(assortment.id)
        builder.put_assortment(assortment)
    for identity in sorted(gone):
        builder.delete_assortment(identity)


def write_promotions(
    records: Records, catalog_id: str, builder: IndexBuilder, ids: Sequence[str] | None = None
) -> None:
    """Put promotions into a version, or remove them from it: those of ``ids`` as the records have them now, or all."""
    gone = set(ids or ())
    for promotion in records.promotions(catalog_id, ids=ids):
        gone.discard(promotion.id)
        builder.put_promotion(promotion)
    for identity in sorted(gone):
        builder.delete_promotion(identity)
