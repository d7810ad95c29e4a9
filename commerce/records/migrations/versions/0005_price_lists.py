"""Price lists, assortments, and tokens that are good no longer."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their tables."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "price_lists",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("list_id", _key(512), primary_key=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("valid_from", sa.String(40)),
        sa.Column("valid_until", sa.String(40)),
        sa.Column("rules", sa.Text),
        sa.Column("prices", sa.Integer, nullable=False),
        sa.Column("version", big, nullable=False),
    )
    op.create_table(
        "price_rows",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("list_id", _key(512), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("prices", sa.Text, nullable=False),
    )
    op.create_table(
        "assortments",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("assortment_id", _key(512), primary_key=True),
        sa.Column("included", sa.Text),
        sa.Column("excluded", sa.Text, nullable=False),
        sa.Column("version", big, nullable=False),
    )
    op.create_table(
        "revocations",
        sa.Column("id", big, primary_key=True, autoincrement=True),
        sa.Column("claim", sa.String(3), nullable=False),
        sa.Column("value", _key(512), nullable=False),
        sa.Column("issued_before", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("revocations_by_claim", "revocations", ["claim", "value"], unique=True)


def downgrade() -> None:
    """Remove them; price lists, assortments and revocations are lost, and what the log says of the lists."""
    op.execute("DELETE FROM changes WHERE kind IN ('prices', 'assort')")
    for table in ("revocations", "assortments", "price_rows", "price_lists"):
        op.drop_table(table)


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
