"""Events and searches."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add their tables."""
    op.create_table(
        "events",
        sa.Column("seq", _BIG, primary_key=True, autoincrement=True),
        sa.Column("catalog", _key(64), nullable=False),
        sa.Column("event_id", _key(200), nullable=False),
        sa.Column("at", _key(32), nullable=False),
        sa.Column("received_at", _key(32), nullable=False),
        sa.Column("action", _key(100), nullable=False),
        sa.Column("client_id", _key(512)),
        sa.Column("session_id", _key(512)),
        sa.Column("user_id", _key(512)),
        sa.Column("account", _key(512)),
        sa.Column("query_id", _key(200)),
        sa.Column("recommendation_id", _key(200)),
        sa.Column("object_id", _key(512)),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.Column("rest", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_id", "events", ["catalog", "event_id"], unique=True)
    op.create_index("events_by_user", "events", ["catalog", "user_id", "seq"])
    op.create_index("events_by_account", "events", ["catalog", "account", "seq"])
    op.create_index("events_by_client", "events", ["catalog", "client_id", "seq"])
    op.create_index("events_by_receipt", "events", ["received_at"])
    op.create_table(
        "searches",
        sa.Column("seq", _BIG, primary_key=True, autoincrement=True),
        sa.Column("catalog", _key(64), nullable=False),
        sa.Column("query_id", _key(200), nullable=False),
        sa.Column("at", _key(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("total", _BIG, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("client_id", _key(512)),
        sa.Column("session_id", _key(512)),
        sa.Column("user_id", _key(512)),
        sa.Column("account", _key(512)),
        sa.Column("rest", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("searches_by_query", "searches", ["catalog", "query_id"], unique=True)
    op.create_index("searches_by_user", "searches", ["catalog", "user_id"])
    op.create_index("searches_by_client", "searches", ["catalog", "client_id"])
    op.create_index("searches_by_time", "searches", ["at"])


def downgrade() -> None:
    """Remove them; events and searches are lost."""
    op.drop_table("searches")
    op.drop_table("events")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
