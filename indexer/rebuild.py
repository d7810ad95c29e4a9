"""A full load: all records into a new version, verified, then switched in without a failed query."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from commerce.buyer import ANONYMOUS
from commerce.product import CatalogItem
from commerce.records import Records
from engines.port import Document, Schema, SearchEngine
from indexer.documents import CatalogKnowledge, to_document
from indexer.knowledge import learn
from indexer.types import TypedProduct, derive_types
from language.analysis import analyzer
from language.errors import VitrineError

_SAMPLE = 100
_KEPT_VERSIONS = 2
Progress = Callable[[int, int], None]


class VerificationFailed(VitrineError):
    """A new version does not hold what was written into it; the old one keeps serving."""

    code = "verification_failed"


class NothingToRollBackTo(VitrineError):
    """There is no earlier version on disk."""

    code = "no_earlier_version"


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did: the version that serves now, its products, and the seconds that it took."""

    version: int
    products: int
    seconds: float


def rebuild(records: Records, engine: SearchEngine, catalog_id: str, progress: Progress | None = None) -> RebuildReport:
    """Build a new version from the records and switch to it; the previous one is kept for ``roll_back``.

    ``progress`` is called with (products done, products). Raises UnknownCatalog, VerificationFailed.
    """
    began = perf_counter()
    catalog = records.catalog(catalog_id)
    # Changes from here on may already be in the items; the follower applies them once more, which changes nothing.
    applied = records.last_seq(catalog_id)
    items = list(records.items(catalog_id))
    knowledge = learn(items, catalog.locale)
    types: Sequence[TypedProduct | None] = [None] * len(items)
    if not all(item.product.category for item in items):
        types = derive_types([item.product for item in items])
    schema = Schema((catalog.locale,), kinds=knowledge.kinds, phrases=knowledge.phrases)
    version = engine.create(catalog_id, schema)
    builder = engine.builder(catalog_id, version)
    try:
        builder.write(_documents(items, types, knowledge, catalog.locale, progress))
        builder.commit(applied)
    finally:
        builder.close()
    _verify(engine, catalog_id, version, items)
    engine.switch(catalog_id, version)
    for old in engine.versions(catalog_id)[:-_KEPT_VERSIONS]:
        engine.drop(catalog_id, old)
    return RebuildReport(version, len(items), perf_counter() - began)


def roll_back(engine: SearchEngine, catalog_id: str) -> int:
    """Serve the version before the current one again and return its number. Raises NothingToRollBackTo.

    Changes made since that version was built reach it through the change log.
    """
    current = engine.current(catalog_id)
    earlier = [version for version in engine.versions(catalog_id) if current is not None and version < current]
    if not earlier:
        raise NothingToRollBackTo(f"catalogue {catalog_id} has no earlier version: index it again instead")
    engine.switch(catalog_id, earlier[-1])
    return earlier[-1]


def _documents(
    items: Sequence[CatalogItem],
    types: Sequence[TypedProduct | None],
    knowledge: CatalogKnowledge,
    locale: str,
    progress: Progress | None,
) -> Iterator[Document]:
    words = analyzer(locale)
    for done, (item, typed) in enumerate(zip(items, types, strict=True), start=1):
        yield to_document(item, typed, knowledge, words)
        if progress and (done % 500 == 0 or done == len(items)):
            progress(done, len(items))


def _verify(engine: SearchEngine, catalog_id: str, version: int, items: Sequence[CatalogItem]) -> None:
    index = engine.open_version(catalog_id, version)
    if (found := index.stats().products) != len(items):
        raise VerificationFailed(f"version {version} of {catalog_id} holds {found} products instead of {len(items)}")
    sample = [item.product.id for item in items[:: max(1, len(items) // _SAMPLE)]][:_SAMPLE]
    if missing := set(sample) - set(index.get(sample, ANONYMOUS)):
        raise VerificationFailed(f"version {version} of {catalog_id} lacks product {min(missing)!r}")
