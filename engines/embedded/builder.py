"""Writes one version of one catalogue's embedded index."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import tantivy

from engines.embedded.layout import VersionFiles
from engines.embedded.merging import merge_small_parts
from engines.embedded.part_writer import PartWriter
from engines.embedded.text import ID, IDENTIFIERS, ROW, SURFACE
from engines.port import Document, FieldKind, Schema
from language.analysis import analyzer

_PART_PRODUCTS = 50_000
_HEAP_BYTES = 200_000_000
_SMALL_HEAP_BYTES = 20_000_000


def text_schema(schema: Schema) -> tantivy.Schema:
    """Return the text index's fields: the analysed texts, the words as typed, identifiers, id and row."""
    builder = tantivy.SchemaBuilder()
    for field in schema.texts:
        builder.add_text_field(field, tokenizer_name="stemmed")
    builder.add_text_field(SURFACE, tokenizer_name="plain", index_option="basic")
    builder.add_text_field(IDENTIFIERS, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(ID, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(ROW, indexed=True, fast=True)
    return builder.build()


def open_text(files: VersionFiles, schema: Schema) -> tantivy.Index:
    """Open the text index of a version, making an empty one where there is none, with its analysers."""
    files.text.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(text_schema(schema), str(files.text))
    shared = analyzer(schema.locale)
    index.register_tokenizer("stemmed", shared.stemmed)
    index.register_tokenizer("plain", shared.plain)
    return index


class EmbeddedBuilder:
    """The one writer of a version. The text index's commit is the only commit point.

    A part file is durable before the text index names its rows; a crash between leaves a file that nothing names,
    and the next builder numbers its rows behind it.
    """

    def __init__(self, files: VersionFiles, *, bulk: bool) -> None:
        self._files = files
        self._schema = schema = files.read_schema()
        self._kinds: dict[str, FieldKind] = dict(schema.kinds)
        self._index = open_text(files, schema)
        self._fresh = self._index.searcher().num_docs == 0
        self._writer = self._index.writer(_HEAP_BYTES if bulk else _SMALL_HEAP_BYTES, num_threads=1)
        self._part = PartWriter(files.next_row())

    def extend(self, kinds: Mapping[str, FieldKind]) -> None:
        """Make new fields known; the kind of a field that is known already stays."""
        new = {name: kind for name, kind in kinds.items() if name not in self._kinds}
        if new:
            self._kinds.update(new)
            self._files.write_schema(replace(self._schema, kinds=self._kinds))

    def write(self, documents: Iterable[Document]) -> int:
        """Add documents, each replacing an earlier one of its id; return how many."""
        count = 0
        seen: set[str] = set()
        for document in documents:
            identity = document.stored.id
            if not self._fresh or identity in seen:
                self._writer.delete_documents_by_term(ID, identity)
            seen.add(identity)
            self._add(document)
            count += 1
            if len(self._part) >= _PART_PRODUCTS:
                self._flush()
        self._fresh = False
        return count

    def delete(self, ids: Iterable[str]) -> int:
        """Remove products; return how many ids were named."""
        count = 0
        for identity in ids:
            self._writer.delete_documents_by_term(ID, identity)
            count += 1
        return count

    def commit(self, applied: int) -> None:
        """Make all that was written visible and durable; ``applied`` is the change-log number that it contains."""
        self._flush()
        self._writer.commit()
        self._files.write_applied(applied)
        merge_small_parts(self._files.part_paths(), self._kinds)

    def close(self) -> None:
        """Let go of the version; what was not committed is gone."""
        self._writer.rollback()
        self._writer.wait_merging_threads()

    def _add(self, document: Document) -> None:
        row = self._part.add(document)
        entry = tantivy.Document()
        entry.add_text(ID, document.stored.id)
        entry.add_unsigned(ROW, row)
        for identifier in document.identifiers:
            entry.add_text(IDENTIFIERS, identifier)
        for field, text in document.texts.items():
            entry.add_text(field, text)
            entry.add_text(SURFACE, text)
        self._writer.add_document(entry)

    def _flush(self) -> None:
        if not len(self._part):
            return
        path = self._files.part(self._part.base)
        self._part.write(path, self._kinds)
        self._part = PartWriter(self._part.base + len(self._part))


def disk_bytes(path: Path) -> int:
    """Return the bytes of all files below ``path``; files that vanish meanwhile count as none."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += (Path(folder) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total
