"""Orders."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "orders",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("order_id", _key(512), primary_key=True),
        sa.Column("placed_at", _key(32), nullable=False),
        sa.Column("account", _key(512)),
        sa.Column("user_id", _key(512)),
        sa.Column("lines", sa.Text, nullable=False),
    )
    op.create_index("orders_by_time", "orders", ["catalog", "placed_at"])
    op.create_index("orders_by_account", "orders", ["catalog", "account"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("orders")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
