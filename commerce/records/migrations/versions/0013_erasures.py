"""Erasures of people from the records."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("catalog", _key(64), nullable=False),
        sa.Column("subject", _key(64), nullable=False),
        sa.Column("at", _key(32), nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("erasures_by_subject", "erasures", ["catalog", "subject"])


def downgrade() -> None:
    """Remove it; what was erased may come in again with the shop's next export."""
    op.drop_table("erasures")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
