"""Names in the cluster: indexes, aliases and documents of a catalogue.

The serving version of catalogue ``shop`` is the alias ``vitrine.shop``, its versions are the indexes
``vitrine.shop.v000001`` and on. No catalogue's name holds a dot, so no two of these names can meet.
"""

import re
from hashlib import blake2b

_CATALOG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LONGEST_ID = 400
COMMIT = "#commit"
SCHEMA = "#schema"
RESERVED = "#reserved"
"""The numbers and points that price lists were given, committed or not."""


def alias_of(prefix: str, catalog: str) -> str:
    """Return the alias of a catalogue's serving version. Raises ValueError for a name that no catalogue can have."""
    if not _CATALOG.fullmatch(catalog):
        raise ValueError(f"catalogue name {catalog!r}: use 1 to 64 lower-case letters, digits, _ and -")
    return f"{prefix}.{catalog}"


def index_of(prefix: str, catalog: str, version: int) -> str:
    """Return the index of one version."""
    return f"{alias_of(prefix, catalog)}.v{version:06d}"


def version_of(index: str) -> int | None:
    """Return the version that an index holds; None if its name says nothing of the kind."""
    found = re.search(r"\.v(\d{6,})$", index)
    return int(found[1]) if found else None


def product_key(identity: str) -> str:
    """Return the document id of a product; ids too long for the cluster are hashed."""
    if len(identity.encode()) <= _LONGEST_ID:
        return f"={identity}"
    return "~" + blake2b(identity.encode(), digest_size=24).hexdigest()


def phrase_key(kind: str, text: str) -> str:
    """Return the document id of a phrase to complete."""
    return "?" + blake2b(f"{kind}\0{text}".encode(), digest_size=16).hexdigest()


def knowledge_key(number: int) -> str:
    """Return the document id of what one commit told about words and fields."""
    return f"#knowledge-{number}"


def book_key(number: int) -> str:
    """Return the document id of a directory of assortments and price lists."""
    return f"#book-{number}"


def selection_key(stem: str) -> str:
    """Return the document id of some ids of an assortment."""
    return f"#selection-{stem}"


def tags_key(identity: str) -> str:
    """Return the document id of the tags that a product of this id has."""
    return f"&{product_key(identity)}"


def sheet_key(article: str) -> str:
    """Return the document id of what an article costs in each price list."""
    return f"${product_key(article)}"
