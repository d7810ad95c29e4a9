"""Variants with offers of their own, and tier prices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of variants and two columns of products."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("products", sa.Column("tiers", sa.Text))
    op.add_column("products", sa.Column("variants", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "variants",
        sa.Column("catalog", sa.String(64), primary_key=True),
        sa.Column("product_id", sa.String(512), primary_key=True),
        sa.Column("variant_id", sa.String(512), primary_key=True),
        sa.Column("net", sa.String(32)),
        sa.Column("stock", big),
        sa.Column("tiers", sa.Text),
    )
    op.create_index("variants_by_id", "variants", ["catalog", "variant_id"])


def downgrade() -> None:
    """Remove them; offers of variants are lost."""
    op.drop_table("variants")
    op.drop_column("products", "variants")
    op.drop_column("products", "tiers")
