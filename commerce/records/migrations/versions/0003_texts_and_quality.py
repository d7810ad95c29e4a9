"""Texts that people write about a catalogue, such as its attribute dictionary, and each load's quality figures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of texts and a column of loads."""
    op.create_table(
        "catalog_texts",
        sa.Column("catalog", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.add_column("loads", sa.Column("quality", sa.Text))


def downgrade() -> None:
    """Remove them; dictionaries that people wrote are lost."""
    op.drop_column("loads", "quality")
    op.drop_table("catalog_texts")
