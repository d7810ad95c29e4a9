"""Merchandising rules with their versions, and the groups of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their tables, and the column."""
    op.create_table(
        "rules",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("rule_id", _key(512), primary_key=True),
        sa.Column("terms", sa.Text),
        sa.Column("version", _big(), nullable=False),
        sa.Column("draft", sa.Text),
    )
    op.create_table(
        "rule_versions",
        sa.Column("catalog", _key(64), primary_key=True),
        sa.Column("rule_id", _key(512), primary_key=True),
        sa.Column("version", _big(), primary_key=True),
        sa.Column("terms", sa.Text),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.add_column("accounts", sa.Column("groups", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove them; rules are lost, and what the log says of them."""
    op.execute("DELETE FROM changes WHERE kind = 'rule'")
    with op.batch_alter_table("accounts") as changed:
        changed.drop_column("groups")
    op.drop_table("rule_versions")
    op.drop_table("rules")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")
