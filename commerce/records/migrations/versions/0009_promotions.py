"""Promotions, and what articles cost the shop."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of promotions, and a column for costs to what can be bought."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "promotions",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("promotion_id", _key(512), primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("version", big, nullable=False),
    )
    for table in ("products", "variants"):
        op.add_column(table, sa.Column("cost", sa.String(32)))


def downgrade() -> None:
    """Remove them; promotions and costs are lost, and what the log says of promotions."""
    op.execute("DELETE FROM changes WHERE kind = 'promo'")
    op.drop_table("promotions")
    for table in ("products", "variants"):
        op.drop_column(table, "cost")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
