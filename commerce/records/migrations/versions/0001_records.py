"""Catalogues, products, the change log and the history of loads."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "catalogs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("locale", sa.String(35), nullable=False),
    )
    op.create_table(
        "products",
        sa.Column("catalog", sa.String(64), primary_key=True),
        sa.Column("product_id", sa.String(512), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("net", sa.String(32)),
        sa.Column("stock", big),
        sa.Column("popularity", sa.Float, nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("seq", big, primary_key=True, autoincrement=True),
        sa.Column("catalog", sa.String(64), nullable=False),
        sa.Column("product_id", sa.String(512), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_by_catalog", "changes", ["catalog", "seq"])
    op.create_table(
        "loads",
        sa.Column("id", big, primary_key=True, autoincrement=True),
        sa.Column("catalog", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32), nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Remove all tables."""
    for table in ("loads", "changes", "products", "catalogs"):
        op.drop_table(table)
