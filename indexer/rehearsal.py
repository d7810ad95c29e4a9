"""What a rebuild would do, without writing a version: learn, derive types, make every document."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from commerce.product import CatalogItem
from commerce.records import Records
from engines.port import FieldKind
from indexer.documents import to_document
from indexer.knowledge import CatalogKnowledge, type_name
from indexer.learning import learn_catalog
from indexer.types import TypedProduct

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
        self._documents = self._derived = self._failed = self._done = self._total = 0
        self._failures: list[Failure] = []

    def items(self) -> Iterator[tuple[CatalogItem, str | None]]:
        """Make the document of every product and yield each with the name of its type. Raises UnknownCatalog."""
        self._total = 2 * self._records.count(self._catalog.id)
        self._knowledge = knowledge = learn_catalog(self._records, self._catalog, self._advance)
        for item in self._records.items(self._catalog.id):
            typed = knowledge.type_of(item.product)
            self._rehearse(item, typed, knowledge)
            yield item, type_name(item.product, typed)
            self._advance()
        if self._progress:
            self._progress(self._total, self._total)

    def report(self) -> RehearsalReport:
        """Return what was found; complete once ``items`` is."""
        kinds = self._knowledge.kinds() if self._knowledge else {}
        return RehearsalReport(
            documents=self._documents,
            locales=self._knowledge.locales if self._knowledge else (self._catalog.locale,),
            fields=dict(Counter(kinds.values())),
            derived_types=self._derived,
            failed=self._failed,
            failures=tuple(self._failures),
        )

    def _rehearse(self, item: CatalogItem, typed: TypedProduct | None, knowledge: CatalogKnowledge) -> None:
        try:
            to_document(item, typed, knowledge)
        except Exception as error:
            # Whatever it is, a rebuild would stop at it; a rehearsal goes on to find the others.
            self._failed += 1
            if len(self._failures) < _KEPT_FAILURES:
                self._failures.append(Failure(item.product.id, f"{type(error).__name__}: {error}"))
        else:
            self._documents += 1
            self._derived += typed is not None

    def _advance(self) -> None:
        self._done += 1
        if self._progress and self._done % _EVERY == 0:
            self._progress(min(self._done, self._total), self._total)
