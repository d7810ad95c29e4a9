"""On PostgreSQL, ids sort by their bytes as on SQLite, and variants may have ids of any permitted length."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEYS = {
    "catalogs": {"id": 64},
    "products": {"catalog": 64, "product_id": 512},
    "variants": {"catalog": 64, "product_id": 512, "variant_id": 512},
    "changes": {"catalog": 64, "product_id": 512},
    "loads": {"catalog": 64},
    "catalog_texts": {"catalog": 64, "name": 64},
}


def upgrade() -> None:
    """Change the collation of ids and the key of variants; neither rewrites a table, but their indexes are built."""
    if op.get_bind().dialect.name != "postgresql":
        return
    # A key of two ids of 512 characters is larger than PostgreSQL lets an entry of an index be.
    op.drop_constraint("variants_pkey", "variants")
    _collate("C")
    # 64 bits of the variant's id tell the variants of one product apart.
    of_variant = sa.text("hashtextextended(variant_id, 0)")
    op.create_index("variants_by_product", "variants", ["catalog", "product_id", of_variant], unique=True)
    # Tells logical replication how to name a row, for want of a key.
    op.execute("ALTER TABLE variants REPLICA IDENTITY FULL")


def downgrade() -> None:
    """Undo it; fails where the ids of a variant and its product are too long for a key."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE variants REPLICA IDENTITY DEFAULT")
    op.drop_index("variants_by_product", "variants")
    _collate("default")
    op.create_primary_key("variants_pkey", "variants", ["catalog", "product_id", "variant_id"])


def _collate(collation: str) -> None:
    for table, columns in _KEYS.items():
        for column, length in columns.items():
            op.alter_column(table, column, type_=sa.String(length, collation=collation))
