"""A BMEcat file to its units, one at a time: the header, groups, products, assignments.

A unit is cleared from the tree as soon as it was read, so memory holds one product, not the file. The file is taken as
hostile: nothing is fetched, entities are never expanded, depth and size of a unit are bounded.
"""

import gzip
import html
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import zstandard
from lxml import etree

from commerce.readers.bmecat.errors import InvalidBmecat
from commerce.readers.bmecat.nodes import Node, name_of_2005
from commerce.readers.rows import Progress

TRANSACTIONS = ("T_NEW_CATALOG", "T_UPDATE_PRODUCTS", "T_UPDATE_PRICES")
_DEEPEST = 64
_MOST_ELEMENTS = 1_000_000
_EVERY = 500
# Parts of classifications, which may describe a whole dictionary such as ECLASS: read piece by piece.
_PIECES = frozenset(
    {
        "ALLOWED_VALUE",
        "CATALOG_STRUCTURE",
        "CLASSIFICATION_GROUP",
        "CLASSIFICATION_SYSTEM_FEATURE_TEMPLATE",
        "FEATURE_SYSTEM",
        "FT_GROUP",
        "UNIT",
    }
)
_UNIT_DEPTH = 3
Part = Literal["frame", "products"]
_START, _END = "start", "end"


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a file that is read on its own; ``above`` is the element that it stands in, "" for the root.

    An element that holds units comes after them, without them. ``transaction`` is empty in the header.
    """

    node: Node
    above: str
    transaction: str


def is_bmecat(path: Path) -> bool:
    """Return whether a file's name says that it is XML, plain or packed."""
    name = path.name.lower()
    return name.removesuffix(".zst").removesuffix(".gz").endswith(".xml")


def read_units(path: Path, part: Part, progress: Progress | None = None) -> Iterator[Unit]:
    """Yield the products of a file in their order, or its frame: all other units.

    Products stand before the assignments to their groups, so a file is read twice. ``progress`` is called with (bytes
    read, bytes of the file). Raises InvalidBmecat with the line of what is broken, forbidden or no BMEcat.
    """
    if not path.is_file():
        raise InvalidBmecat(f"{path}: there is no such file")
    size = path.stat().st_size
    with path.open("rb") as raw:
        try:
            for done, unit in enumerate(_Reading(path.name, part).units(_unpacked(path, raw))):
                if progress and done % _EVERY == 0:
                    progress(min(raw.tell(), size), size)
                yield unit
        except (zstandard.ZstdError, zlib.error, EOFError, OSError) as error:
            raise InvalidBmecat(f"{path.name}: cannot be unpacked: {error}") from error
    if progress:
        progress(size, size)


class _Reading:
    """The state of one pass over one file."""

    def __init__(self, file: str, part: Part) -> None:
        self._file = file
        self._part = part
        self._open: list[str] = []
        self._elements = 0
        self._namespace: str | None = None

    def units(self, stream: BinaryIO) -> Iterator[Unit]:
        parser = etree.iterparse(
            stream,
            events=(_START, _END),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for event, element in parser:
                if event == _START:
                    self._begin(element)
                    continue
                if self._is_unit():
                    yield from self._unit(element)
                    self._elements = 0
                self._open.pop()
        except etree.XMLSyntaxError as error:
            last = parser.error_log.last_error
            line, reason = (last.line, last.message) if last is not None else (error.lineno, error.msg)
            mend = "write the file again: its end may be missing"
            raise InvalidBmecat(f"{self._file} line {line}: is not well-formed XML: {reason}: {mend}") from error

    def _begin(self, element: etree._Element) -> None:
        if not self._open:
            self._check_root(element)
        self._open.append(self._name(element))
        self._elements += 1
        if len(self._open) > _DEEPEST:
            raise self._refused(element, f"elements stand more than {_DEEPEST} deep in each other")
        if self._elements > _MOST_ELEMENTS:
            raise self._refused(element, f"one part of the catalogue has more than {_MOST_ELEMENTS:,} elements")
        if len(self._open) == _UNIT_DEPTH - 1 and self._open[-1] not in ("HEADER", *TRANSACTIONS):
            known = ", ".join(TRANSACTIONS)
            raise self._refused(element, f"{self._open[-1]} is no transaction of BMEcat: use one of {known}")

    def _check_root(self, root: etree._Element) -> None:
        document_type = root.getroottree().docinfo.internalDTD
        if document_type is not None and document_type.entities():  # type: ignore[attr-defined]
            raise self._refused(root, "its DOCTYPE declares entities, which are not allowed: take the [ … ] part out")
        name = etree.QName(root)
        self._namespace = name.namespace
        if name.localname != "BMECAT":
            raise self._refused(root, f"is no BMEcat catalogue: its first element is {name.localname}, not BMECAT")

    def _is_unit(self) -> bool:
        depth = len(self._open)
        if self._in_header():
            return depth == _UNIT_DEPTH - 1
        return depth <= _UNIT_DEPTH or self._open[-1] in _PIECES

    def _in_header(self) -> bool:
        return len(self._open) > 1 and self._open[1] == "HEADER"

    def _unit(self, element: etree._Element) -> Iterator[Unit]:
        name, above = self._open[-1], self._open[-2] if len(self._open) > 1 else ""
        transaction = self._open[1] if len(self._open) > 1 and self._open[1] in TRANSACTIONS else ""
        is_product = len(self._open) == _UNIT_DEPTH and name_of_2005(name) == "PRODUCT"
        if is_product == (self._part == "products"):
            yield Unit(self._node(element, len(self._open)), above, transaction)
        else:
            # So that the first of the two passes finds everything that is broken.
            for reference in element.iter(etree.Entity):
                self._entity(reference)
        # What is clear may go, but not this element itself: the parser may be about to write behind it.
        element.clear(keep_tail=True)  # type: ignore[call-arg]
        parent = element.getparent()
        if parent is not None:
            while element.getprevious() is not None:
                del parent[0]

    def _node(self, element: etree._Element, depth: int) -> Node:
        written = self._name(element)
        texts = [element.text or ""]
        children: list[Node] = []
        for child in element:
            if not isinstance(child.tag, str):
                texts.append(self._entity(child))
            elif self._in_header() or (depth >= _UNIT_DEPTH and self._name(child) not in _PIECES):
                children.append(self._node(child, depth + 1))
            # Any other child was a unit, read before; this is its empty shell.
            texts.append(child.tail or "")
        attributes = {etree.QName(name).localname: str(value) for name, value in element.attrib.items()}
        text = "".join(texts).strip()
        return Node(name_of_2005(written), written, _line(element), attributes, text, tuple(children))

    def _name(self, element: etree._Element) -> str:
        name = etree.QName(element)
        return name.localname if name.namespace in (self._namespace, None) else str(element.tag)

    def _entity(self, reference: etree._Element) -> str:
        """Return the character of an entity that HTML knows; the catalogue's own DTD is never read."""
        written = str(reference.text)
        character = html.unescape(written)
        if character == written:
            raise self._refused(reference, f"the entity {written} is not known: write the character itself")
        return character

    def _refused(self, element: etree._Element, reason: str) -> InvalidBmecat:
        return InvalidBmecat(f"{self._file} line {_line(element)}: {reason}")


def _line(element: etree._Element) -> int:
    return cast(int | None, element.sourceline) or 1


def _unpacked(path: Path, raw: BinaryIO) -> BinaryIO:
    if path.suffix == ".zst":
        return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))
    return cast(BinaryIO, gzip.open(raw)) if path.suffix == ".gz" else raw
