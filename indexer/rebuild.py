"""A full load: all records into a new version, verified, then switched in without a failed query."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from commerce.buyer import ANONYMOUS
from commerce.records import Records
from engines.port import Document, Schema, SearchEngine
from indexer.buyer_terms import write_assortments, write_price_lists, write_promotions
from indexer.changes import ChangeWriter
from indexer.documents import to_document
from indexer.embedding import Embedder, embedded
from indexer.extraction.artefact import Extractor
from indexer.knowledge import CatalogKnowledge
from indexer.learning import learn_catalog
from language.errors import VitrineError

_SAMPLE = 100
_KEPT_VERSIONS = 2
_EVERY = 500
_BATCH = 5_000
_CATCH_UPS = 3
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


def rebuild(
    records: Records,
    engine: SearchEngine,
    catalog_id: str,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
    extractor: Extractor | None = None,
) -> RebuildReport:
    """Build a new version from the records and switch to it; the previous one is kept for ``roll_back``.

    The records are read twice, to learn and to write, so that memory does not grow with the catalogue. ``progress`` is
    called with (steps done, steps). ``embedder`` makes the products' vectors, ``extractor`` reads what their texts
    state of missing attributes; without one there are none. Raises UnknownCatalog, VerificationFailed.
    """
    began = perf_counter()
    catalog = records.catalog(catalog_id)
    # Changes from here on may already be in the items; the follower applies them once more, which changes nothing.
    applied = records.last_seq(catalog_id)
    steps = _Steps(2 * records.count(catalog_id), progress)
    knowledge = learn_catalog(records, catalog, steps.advance)
    if extractor is not None:
        knowledge = replace(knowledge, extraction=extractor.model)
    schema = Schema(
        knowledge.locales,
        kinds=knowledge.kinds(),
        phrases=knowledge.phrases,
        dictionary=knowledge.dictionary,
        currency=catalog.currency,
        encoder=embedder.name if embedder else "",
        extraction=extractor.name if extractor else "",
    )
    version = engine.create(catalog_id, schema)
    written = _Written(records, catalog_id, knowledge, steps, embedder)
    try:
        builder = engine.builder(catalog_id, version)
        try:
            # Prices and assortments first: a product is then written once, with all that buyers have of it.
            write_price_lists(records, catalog_id, builder, partial(builder.commit, applied))
            write_assortments(records, catalog_id, builder)
            builder.write(written.documents())
            write_promotions(records, catalog_id, builder)
            builder.commit(applied)
            _verify(engine, catalog_id, version, written)
            writer = ChangeWriter(
                records, catalog_id, builder, schema, knowledge.types_of, embedder, knowledge.extraction
            )
            _catch_up(records, catalog_id, writer, applied)
        finally:
            builder.close()
    except BaseException:
        engine.drop(catalog_id, version)
        raise
    engine.switch(catalog_id, version)
    for old in engine.versions(catalog_id)[:-_KEPT_VERSIONS]:
        engine.drop(catalog_id, old)
    return RebuildReport(version, written.products, perf_counter() - began)


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


def _catch_up(records: Records, catalog_id: str, writer: ChangeWriter, applied: int) -> None:
    """Apply the changes that were made while the version was built, so that its prices and stock are not stale when it
    begins to serve; the follower applies the few that come in the meantime."""
    for _ in range(_CATCH_UPS):
        last = records.last_seq(catalog_id)
        while applied < last and (changes := records.changes_since(catalog_id, applied, _BATCH)):
            writer.apply(changes)
            applied = changes[-1].seq


class _Steps:
    """Progress over both passes."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def advance(self) -> None:
        self._done += 1
        if self._progress and self._done % _EVERY == 0:
            self._progress(min(self._done, self._total), self._total)

    def finish(self) -> None:
        if self._progress:
            self._progress(self._total, self._total)


class _Written:
    """The documents of one version on their way into it, counted and sampled."""

    def __init__(
        self,
        records: Records,
        catalog_id: str,
        knowledge: CatalogKnowledge,
        steps: _Steps,
        embedder: Embedder | None,
    ) -> None:
        self.products = 0
        self.sample: list[str] = []
        self._records = records
        self._catalog_id = catalog_id
        self._knowledge = knowledge
        self._steps = steps
        self._embedder = embedder
        self._every = max(1, records.count(catalog_id) // _SAMPLE)

    def documents(self) -> Iterator[Document]:
        """Read the records once more, to write them."""
        for item, vector in embedded(self._records.items(self._catalog_id), self._embedder):
            if self.products % self._every == 0:
                self.sample.append(item.product.id)
            self.products += 1
            self._steps.advance()
            yield to_document(item, self._knowledge.type_of(item.product), self._knowledge, vector)
        self._steps.finish()


def _verify(engine: SearchEngine, catalog_id: str, version: int, written: _Written) -> None:
    index = engine.open_version(catalog_id, version)
    if (found := index.stats().products) != written.products:
        message = f"version {version} of {catalog_id} holds {found} products instead of {written.products}"
        raise VerificationFailed(message)
    if missing := set(written.sample) - set(index.get(written.sample, ANONYMOUS)):
        raise VerificationFailed(f"version {version} of {catalog_id} lacks product {min(missing)!r}")
