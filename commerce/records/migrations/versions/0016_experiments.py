"""Experiments."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "experiments",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("experiment_id", _key(512), primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
    )


def downgrade() -> None:
    """Remove it; experiments are lost, and what the log says of them."""
    op.execute("DELETE FROM changes WHERE kind = 'trial'")
    op.drop_table("experiments")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
