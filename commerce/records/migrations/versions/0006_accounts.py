"""Accounts, for previews."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "accounts",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("account_id", _key(512), primary_key=True),
        sa.Column("price_lists", sa.Text, nullable=False),
        sa.Column("assortments", sa.Text),
        sa.Column("location", sa.String(512)),
        sa.Column("fallback", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Remove it; accounts are lost."""
    op.drop_table("accounts")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
