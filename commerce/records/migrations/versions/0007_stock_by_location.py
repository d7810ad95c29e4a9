"""Stock by location."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add its column to products and variants."""
    for table in ("products", "variants"):
        op.add_column(table, sa.Column("supply", sa.Text))


def downgrade() -> None:
    """Remove it; what is in stock by location is lost."""
    for table in ("products", "variants"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("supply")
