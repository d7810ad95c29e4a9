"""The tables of the records."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, column, func
from sqlalchemy.types import TypeEngine

metadata = MetaData()
LONGEST_LOCALE = 35
_BIG = BigInteger().with_variant(Integer, "sqlite")


def _key(length: int) -> TypeEngine[str]:
    """A text that rows are found and sorted by: in the order of its bytes on every database, whatever its locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


catalogs = Table(
    "catalogs",
    metadata,
    Column("id", _key(64), primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("locale", String(LONGEST_LOCALE), nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("product_id", _key(512), primary_key=True),
    Column("document", Text, nullable=False),
    # Decimal text: exact on every database.
    Column("net", String(32)),
    Column("stock", _BIG),
    Column("popularity", Float, nullable=False, default=0.0),
    # JSON list of [quantity, net]; null where there are none.
    Column("tiers", Text),
    Column("variants", Integer, nullable=False, default=0, server_default="0"),
    # JSON list of [location, quantity, lead time in days, next delivery's day, its quantity], by location, null being
    # all together; null where there are none. A column and not a table: written and read with the offer as a whole.
    Column("supply", Text),
    # Decimal text: what the article costs the shop, which buyers are never told.
    Column("cost", String(32)),
)

variants = Table(
    "variants",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("product_id", _key(512), primary_key=True),
    Column("variant_id", _key(512), primary_key=True),
    Column("net", String(32)),
    Column("stock", _BIG),
    Column("tiers", Text),
    Column("supply", Text),
    Column("cost", String(32)),
    Index("variants_by_id", "catalog", "variant_id"),
    # On PostgreSQL instead of the primary key, which two long ids do not fit into.
    Index(
        "variants_by_product", "catalog", "product_id", func.hashtextextended(column("variant_id"), 0), unique=True
    ).ddl_if("postgresql"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", _key(64), nullable=False),
    Column("product_id", _key(512), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("at", String(32), nullable=False),
    Index("changes_by_catalog", "catalog", "seq"),
    sqlite_autoincrement=True,
)

loads = Table(
    "loads",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", _key(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("files", Text, nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("finished_at", String(32), nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("reasons", Text, nullable=False),
    # JSON object of figures about the catalogue as this load left it; null before they are taken.
    Column("quality", Text),
    sqlite_autoincrement=True,
)

catalog_texts = Table(
    "catalog_texts",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("name", _key(64), primary_key=True),
    Column("content", Text, nullable=False),
)

price_lists = Table(
    "price_lists",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("list_id", _key(512), primary_key=True),
    Column("currency", String(3), nullable=False),
    # RFC 3339 with offset; null is open.
    Column("valid_from", String(40)),
    Column("valid_until", String(40)),
    # JSON list of rules; null where there are none.
    Column("rules", Text),
    Column("prices", Integer, nullable=False),
    Column("version", _BIG, nullable=False),
)

price_rows = Table(
    "price_rows",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("list_id", _key(512), primary_key=True),
    Column("part", Integer, primary_key=True),
    # JSON list of [article, quantity, net], net as decimal text or null: a list is written and read as a whole, and
    # a row of the table for each price would cost fifty times as much.
    Column("prices", Text, nullable=False),
)

assortments = Table(
    "assortments",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("assortment_id", _key(512), primary_key=True),
    # JSON objects of ids and a filter; null includes all.
    Column("included", Text),
    Column("excluded", Text, nullable=False),
    Column("version", _BIG, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("account_id", _key(512), primary_key=True),
    # JSON lists of ids; assortments are null for the whole catalogue.
    Column("price_lists", Text, nullable=False),
    Column("assortments", Text),
    Column("location", String(512)),
    Column("fallback", Boolean, nullable=False),
    # JSON list of the groups that rules know its buyers by.
    Column("groups", Text, nullable=False, server_default="[]"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("promotion_id", _key(512), primary_key=True),
    # JSON object of all that it says.
    Column("terms", Text, nullable=False),
    Column("version", _BIG, nullable=False),
)

synonyms = Table(
    "synonyms",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("synonym_id", _key(512), primary_key=True),
    # JSON object of all that it says.
    Column("terms", Text, nullable=False),
)

rules = Table(
    "rules",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("rule_id", _key(512), primary_key=True),
    # JSON object of all that it says; null for a rule that is a draft only.
    Column("terms", Text),
    Column("version", _BIG, nullable=False),
    # JSON object of what it is to say once it is published; null without a draft.
    Column("draft", Text),
)

experiments = Table(
    "experiments",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("experiment_id", _key(512), primary_key=True),
    # JSON object of all that it says.
    Column("terms", Text, nullable=False),
    Column("version", _BIG, nullable=False),
)

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("rule_id", _key(512), primary_key=True),
    Column("version", _BIG, primary_key=True),
    # Null where the rule was removed.
    Column("terms", Text),
    Column("at", String(32), nullable=False),
)

revocations = Table(
    "revocations",
    metadata,
    # A new number whenever a row is written, so that the greatest tells whether anything came.
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("claim", String(3), nullable=False),
    Column("value", _key(512), nullable=False),
    # Seconds since 1970: tokens issued before are revoked; null: whenever they were.
    Column("issued_before", Float),
    Index("revocations_by_claim", "claim", "value", unique=True),
    sqlite_autoincrement=True,
)

orders = Table(
    "orders",
    metadata,
    Column("catalog", _key(64), primary_key=True),
    Column("order_id", _key(512), primary_key=True),
    # RFC 3339 in UTC with microseconds: texts that sort as times do.
    Column("placed_at", _key(32), nullable=False),
    Column("account", _key(512)),
    Column("user_id", _key(512)),
    # JSON list of [article, quantity, net, currency], quantity and net as decimal texts: an order is written and read
    # as a whole.
    Column("lines", Text, nullable=False),
    # The number of the write that brought it, counted by catalogue: what is new since then is found by it.
    Column("written", _BIG, nullable=False, default=0, server_default="0"),
    Index("orders_by_time", "catalog", "placed_at"),
    Index("orders_by_write", "catalog", "written"),
    Index("orders_by_account", "catalog", "account"),
    Index("orders_by_user", "catalog", "user_id"),
)

events = Table(
    "events",
    metadata,
    # In the order of commits: who follows the events by it misses none.
    Column("seq", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", _key(64), nullable=False),
    Column("event_id", _key(200), nullable=False),
    # RFC 3339 in UTC with microseconds: texts that sort as times do.
    Column("at", _key(32), nullable=False),
    Column("received_at", _key(32), nullable=False),
    Column("action", _key(100), nullable=False),
    Column("client_id", _key(512)),
    Column("session_id", _key(512)),
    Column("user_id", _key(512)),
    Column("account", _key(512)),
    Column("query_id", _key(200)),
    Column("recommendation_id", _key(200)),
    Column("object_id", _key(512)),
    Column("personal", Boolean, nullable=False),
    # JSON object of what else it says.
    Column("rest", Text, nullable=False),
    Index("events_by_id", "catalog", "event_id", unique=True),
    Index("events_by_user", "catalog", "user_id", "seq"),
    Index("events_by_account", "catalog", "account", "seq"),
    Index("events_by_client", "catalog", "client_id", "seq"),
    Index("events_by_receipt", "received_at"),
    sqlite_autoincrement=True,
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", _key(64), nullable=False),
    # SHA-256 of whom it was: what comes in again of theirs is known by it, and nothing else is.
    Column("subject", _key(64), nullable=False),
    Column("at", _key(32), nullable=False),
    # JSON object of what was removed.
    Column("report", Text, nullable=False),
    Index("erasures_by_subject", "catalog", "subject"),
    sqlite_autoincrement=True,
)

searches = Table(
    "searches",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", _key(64), nullable=False),
    Column("query_id", _key(200), nullable=False),
    Column("at", _key(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("total", _BIG, nullable=False),
    Column("page", Integer, nullable=False),
    Column("client_id", _key(512)),
    Column("session_id", _key(512)),
    Column("user_id", _key(512)),
    Column("account", _key(512)),
    # JSON object of what else it says.
    Column("rest", Text, nullable=False),
    Index("searches_by_query", "catalog", "query_id", unique=True),
    Index("searches_by_user", "catalog", "user_id"),
    Index("searches_by_client", "catalog", "client_id"),
    Index("searches_by_time", "at"),
    sqlite_autoincrement=True,
)
