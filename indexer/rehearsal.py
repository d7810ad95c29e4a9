"""What a rebuild would do, without writing a version: learn, derive types, make every document."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from commerce.product import CatalogItem, Product
from commerce.records import Records
from engines.port import FieldKind
from indexer.documents import to_document
from indexer.knowledge import CatalogKnowledge, CatalogLearner
from indexer.types import ProductTypes

_KEPT_FAILURES = 20
_EVERY = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A product of which no document can be made; a rebuild would stop at it."""

    id: str
    error: str


@dataclass(frozen=True, slots=True)
class RehearsalReport:
    """What a rebuild would write: documents, locales, the number of fields of each kind, and how many products get
    a derived type because they name no category. ``failures`` names up to 20 of ``failed``."""

    documents: int
    locales: tuple[str, ...]
    fields: Mapping[FieldKind, int]
    derived_types: int
    failed: int
    failures: tuple[Failure, ...]


class Rehearsal:
    """Reads a catalogue's records twice, as a rebuild does, and writes nothing."""

    def __init__(self, records: Records, catalog_id: str, progress: Progress | None = None) -> None:
        self._records = records
        self._catalog = records.catalog(catalog_id)
        self._progress = progress
        self._knowledge: CatalogKnowledge | None = None
        self._documents = self._derived = self._failed = 0
        self._failures: list[Failure] = []

    def items(self) -> Iterator[tuple[CatalogItem, str | None]]:
        """Make the document of every product and yield each with the name of its type. Raises UnknownCatalog."""
        total, done = 2 * self._records.count(self._catalog.id), 0
        learner = CatalogLearner(self._catalog)
        for item in self._records.items(self._catalog.id):
            learner.add(item)
            done = self._advance(done, total)
        self._knowledge = knowledge = learner.build()
        for item in self._records.items(self._catalog.id):
            self._rehearse(item, knowledge)
            yield item, type_name(item.product, knowledge.types)
            done = self._advance(done, total)
        if self._progress:
            self._progress(total, total)

    def report(self) -> RehearsalReport:
        """Return what was found; complete once ``items`` is."""
        kinds = self._knowledge.kinds if self._knowledge else {}
        return RehearsalReport(
            documents=self._documents,
            locales=self._knowledge.locales if self._knowledge else (self._catalog.locale,),
            fields=dict(Counter(kinds.values())),
            derived_types=self._derived,
            failed=self._failed,
            failures=tuple(self._failures),
        )

    def _rehearse(self, item: CatalogItem, knowledge: CatalogKnowledge) -> None:
        try:
            types = knowledge.types
            typed = types.of(item.product) if types and not item.product.category else None
            to_document(item, typed, knowledge)
        except Exception as error:
            # Whatever it is, a rebuild would stop at it; a rehearsal goes on to find the others.
            self._failed += 1
            if len(self._failures) < _KEPT_FAILURES:
                self._failures.append(Failure(item.product.id, f"{type(error).__name__}: {error}"))
        else:
            self._documents += 1
            self._derived += typed is not None

    def _advance(self, done: int, total: int) -> int:
        done += 1
        if self._progress and done % _EVERY == 0:
            self._progress(min(done, total), total)
        return done


def type_name(product: Product, types: ProductTypes | None) -> str | None:
    """Return the path of a product's first category, or else the name of its derived type, if there is one."""
    if product.category:
        return product.category[0]
    typed = types.of(product) if types else None
    return typed.name if typed else None
