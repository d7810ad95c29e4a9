"""Exports in parts to catalogue items: every file to its part, rows joined by their keys, in bounded memory."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from commerce.errors import MappingError
from commerce.product import CatalogItem
from commerce.readers.assembly import Assembler, Knowledge
from commerce.readers.category_tree import CategoryTree
from commerce.readers.folding import Folder
from commerce.readers.mapping import Mapping as MappingFile
from commerce.readers.notes import Notes
from commerce.readers.number_texts import NumberAttributes
from commerce.readers.part_rows import PartReader, check_columns
from commerce.readers.part_rules import ArticlePart, AttributeKeysPart, CategoriesPart, Part
from commerce.readers.products import Deletion
from commerce.readers.rows import Progress, Reject, Row, file_format, read_rows
from commerce.readers.rules import SourceRule
from commerce.readers.spool import Spool
from commerce.readers.values import boolean_of, matches, text_of, value_of


class PartsReader:
    """Reads an export in parts; ``notes`` count what it saw.

    Rows wait in a temporary file until all are read; memory holds the category tree and the attributes' names.
    """

    def __init__(self, mapping: MappingFile) -> None:
        self.notes = Notes()
        self._mapping = mapping
        self._sources = {name: source_of(mapping, part) for name, part in mapping.parts.items()}
        self._numbers = NumberAttributes()
        self._tree = CategoryTree()
        self._varying: set[str] = set()
        self._deleted: dict[str, tuple[str, int]] = {}
        self._articles = {name: part for name, part in mapping.parts.items() if isinstance(part, ArticlePart)}
        self._readers = {
            name: PartReader(name, part, self._sources[name], self._numbers) for name, part in self._articles.items()
        }

    def read(
        self, files: Sequence[Path], progress: Progress | None = None
    ) -> Iterator[CatalogItem | Deletion | Reject]:
        """Yield an item for each product and a Reject for each row that cannot be used.

        Raises MappingError if a file belongs to no part, a part has no file, or a file lacks a column.
        """
        routed = self._routed(files)
        with closing(Spool()) as spool:
            for path, names in routed:
                yield from self._file(spool, path, names, progress)
            yield from self._tree.finish()
            spool.join()
            folder = Folder(self._articles)
            decimals = {name: source.decimal for name, source in self._sources.items()}
            knowledge = Knowledge(self._tree, self._numbers, self._varying, decimals)
            assembler = Assembler(folder, knowledge, self.notes)
            for joined in spool.joined():
                yield from assembler.build(joined)
            yield from self._orphans(spool)
            for identity, (file, line) in self._deleted.items():
                if spool.has_product(identity):
                    yield Reject(file, line, "id", "is deleted here and stands in another row", identity[:200])
                else:
                    yield Deletion(identity)
        self.notes.warnings.update(self._tree.warnings)

    def _orphans(self, spool: Spool) -> Iterator[Reject]:
        for entry in spool.orphans():
            # Variants, and details of variants, know the product's name; other details know only their own.
            at_fault = entry.product or entry.id
            if at_fault in self._deleted:
                self.notes.skipped["belongs to a product marked as deleted"] += 1
                continue
            name, kind = ("product", "product") if entry.product else ("id", "product or variant")
            yield Reject(entry.file, entry.line, name, f"there is no {kind} {at_fault[:80]!r}", at_fault[:200])

    def _routed(self, files: Sequence[Path]) -> list[tuple[Path, list[str]]]:
        """Return each file with its parts, in the order of the parts, so that the order of the files is nothing."""
        routed: dict[Path, list[str]] = {}
        for path in files:
            if path.is_dir():
                within = {each: self._parts_of(each) for each in path.iterdir() if each.is_file()}
                routed.update({each: names for each, names in within.items() if names})
                self.notes.skipped["file of the folder that belongs to no part"] += sum(not n for n in within.values())
            elif names := self._parts_of(path):
                routed[path] = names
            else:
                patterns = ", ".join(pattern for part in self._mapping.parts.values() for pattern in part.files)
                raise MappingError(f"{path}: belongs to no part: parts.….files in the mapping are {patterns}")
        for name, part in self._mapping.parts.items():
            if not part.optional and not any(name in names for names in routed.values()):
                raise MappingError(
                    f"parts.{name}.files: none of the files is named {' or '.join(part.files)}: "
                    f"name the file too, or set parts.{name}.optional = true"
                )
        order = list(self._mapping.parts)
        return sorted(routed.items(), key=lambda each: (order.index(each[1][0]), each[0].name, str(each[0])))

    def _parts_of(self, path: Path) -> list[str]:
        return [name for name, part in self._mapping.parts.items() if part.takes(path.name)]

    def _file(self, spool: Spool, path: Path, names: Sequence[str], progress: Progress | None) -> Iterator[Reject]:
        first = self._sources[names[0]]
        if any(
            self._sources[name].model_dump(exclude={"decimal"}) != first.model_dump(exclude={"decimal"})
            for name in names
        ):
            raise MappingError(
                f"parts.{names[-1]}.source: {path.name} belongs to several parts, which must agree on it"
            )
        is_checked = False
        for row in read_rows(path, first, progress):
            if isinstance(row, Reject):
                self.notes.rows[names[0]] += 1
                yield row
                continue
            if not is_checked and file_format(path, first) != "jsonl":
                for name in names:
                    check_columns(f"parts.{name}", self._mapping.parts[name], path.name, row.values)
            is_checked = True
            for name in names:
                yield from self._row(spool, name, path.name, row)

    def _row(self, spool: Spool, name: str, file: str, row: Row) -> Iterator[Reject]:
        self.notes.rows[name] += 1
        part = self._mapping.parts[name]
        failed = next((condition for condition in part.where if not matches(condition, row.values)), None)
        if failed:
            self.notes.skipped[failed.reason] += 1
        elif isinstance(part, CategoriesPart):
            if reject := self._tree.add(part, file, row):
                yield reject
        elif isinstance(part, AttributeKeysPart):
            if boolean_of(value_of(part.varies, row.values)):
                self._varying.add(text_of(value_of(part.name, row.values)))
        else:
            yield from self._article(spool, name, part, file, row)

    def _article(self, spool: Spool, name: str, part: ArticlePart, file: str, row: Row) -> Iterator[Reject]:
        entry = self._readers[name].read(file, row, self.notes)
        if isinstance(entry, Reject):
            yield entry
        elif part.delete and matches(part.delete, row.values):
            if part.holds == "products":
                self._deleted[entry.id] = (file, row.line)
            else:
                self.notes.skipped["variant marked as deleted"] += 1
        elif first := spool.add(part.holds, entry):
            yield Reject(file, row.line, "id", f"the same id stands in {first}", entry.id[:200])


def source_of(mapping: MappingFile, part: Part) -> SourceRule:
    """Return how a part's files are written: as the mapping says for all, but for what the part says itself."""
    if part.source is None:
        return mapping.source
    return mapping.source.model_copy(update=part.source.model_dump(exclude_unset=True))
