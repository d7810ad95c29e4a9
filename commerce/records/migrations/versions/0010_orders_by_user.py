"""Orders are found by user."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index."""
    op.create_index("orders_by_user", "orders", ["catalog", "user_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("orders_by_user", "orders")
