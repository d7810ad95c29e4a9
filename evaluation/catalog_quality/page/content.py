"""What the page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from commerce.product import Catalog, Product
from commerce.readers import Reject
from commerce.records import LoadRecord
from evaluation.catalog_quality.measure import CatalogQuality


@dataclass(frozen=True, slots=True)
class PageInput:
    """What the page shows: the catalogue and its quality at a moment, its loads (oldest first), the first rows that
    the last load rejected (or, where ``refused``, a later load of which nothing was kept), and the products that are
    named, by id."""

    catalog: Catalog
    quality: CatalogQuality
    loads: Sequence[LoadRecord]
    rejects: Sequence[Reject]
    refused: bool
    products: Mapping[str, Product]
    moment: datetime
