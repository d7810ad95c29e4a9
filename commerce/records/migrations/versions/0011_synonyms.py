"""Synonyms."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "synonyms",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("synonym_id", _key(512), primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Remove it; synonyms are lost, and what the log says of them."""
    op.execute("DELETE FROM changes WHERE kind = 'synonym'")
    op.drop_table("synonyms")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
