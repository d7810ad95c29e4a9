"""Orders carry the number of the write that brought them, which readers follow."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number; orders from before have 0, as if all came in one write."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("orders", sa.Column("written", number, nullable=False, server_default="0"))
    op.create_index("orders_by_write", "orders", ["catalog", "written"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("orders_by_write", "orders")
    op.drop_column("orders", "written")
