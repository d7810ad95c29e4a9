"""The tables of the records."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()
_BIG = BigInteger().with_variant(Integer, "sqlite")

catalogs = Table(
    "catalogs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("locale", String(35), nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("catalog", String(64), primary_key=True),
    Column("product_id", String(512), primary_key=True),
    Column("document", Text, nullable=False),
    # Decimal text: exact on every database.
    Column("net", String(32)),
    Column("stock", _BIG),
    Column("popularity", Float, nullable=False, default=0.0),
    # JSON list of [quantity, net]; null where there are none.
    Column("tiers", Text),
    Column("variants", Integer, nullable=False, default=0, server_default="0"),
)

variants = Table(
    "variants",
    metadata,
    Column("catalog", String(64), primary_key=True),
    Column("product_id", String(512), primary_key=True),
    Column("variant_id", String(512), primary_key=True),
    Column("net", String(32)),
    Column("stock", _BIG),
    Column("tiers", Text),
    Index("variants_by_id", "catalog", "variant_id"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", String(64), nullable=False),
    Column("product_id", String(512), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("at", String(32), nullable=False),
    Index("changes_by_catalog", "catalog", "seq"),
    sqlite_autoincrement=True,
)

loads = Table(
    "loads",
    metadata,
    Column("id", _BIG, primary_key=True, autoincrement=True),
    Column("catalog", String(64), nullable=False),
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
    Column("catalog", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("content", Text, nullable=False),
)
