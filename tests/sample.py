"""A small real catalogue, indexed once a test process: every tenth Icecat product."""

import os
from collections.abc import Iterator
from pathlib import Path

from commerce.product import Catalog, CatalogItem
from commerce.readers.mapping import read_mapping
from commerce.readers.products import ProductReader
from commerce.readers.rows import read_rows
from commerce.records import Records
from engines.embedded import EmbeddedEngine
from indexer import rebuild

SAMPLES = Path(__file__).parents[1] / "samples"
OUTSIDE = Path(os.environ.get("VITRINE_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
"""Catalogues that are measured where they are present and do not ship."""
EVERY = 10


def icecat_items(every: int = EVERY) -> Iterator[CatalogItem]:
    """Yield every n-th product of the sample."""
    folder = SAMPLES / "icecat"
    mapping = read_mapping(folder / "mapping.toml")
    found = ProductReader(mapping).read("icecat", read_rows(folder / "products.jsonl.zst", mapping.source))
    for at, item in enumerate(found):
        if at % every == 0 and isinstance(item, CatalogItem):
            yield item


def build_icecat(home: Path, every: int = EVERY) -> None:
    """Load and index the slice as the catalogue ``icecat`` below ``home``."""
    records = Records(f"sqlite:///{home / 'vitrine.db'}")
    records.upgrade()
    records.put_catalog(Catalog("icecat", "EUR"))
    records.replace("icecat", icecat_items(every))
    rebuild(records, EmbeddedEngine(home), "icecat")
    records.close()
