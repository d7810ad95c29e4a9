"""Small parts into larger ones, so that a long row of small updates does not slow reading down."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from engines.embedded.part import Part
from engines.embedded.part_writer import SUGGESTIONS, PartWriter
from engines.port import Document, FieldKind
from language.filters.tree import Scalar

_TOGETHER = 16
_SIZES = (2_000, 50_000)


def merge_small_parts(paths: Sequence[Path], kinds: dict[str, FieldKind]) -> None:
    """Merge the last parts where sixteen or more of one size stand in a row; rows keep their numbers.

    The merged part replaces the first of them atomically; a reader that meets the others beside it passes them over.
    """
    parts = [Part(path) for path in paths]
    for size in _SIZES:
        tail = len(parts)
        while tail and parts[tail - 1].count < size:
            tail -= 1
        if len(parts) - tail >= _TOGETHER:
            writer = PartWriter(parts[tail].base)
            for part in parts[tail:]:
                for document in _documents(part):
                    writer.add(document)
            writer.write(paths[tail], kinds)
            for path in paths[tail + 1 :]:
                path.unlink()
            return


def _documents(part: Part) -> Iterator[Document]:
    values: list[dict[str, tuple[Scalar, ...]]] = [{} for _ in range(part.count)]
    for column in part.codes.values():
        for code, name in enumerate(part.values.slice(column.first, column.last), start=column.first):
            value: Scalar = name == "true" if column.kind == "boolean" else name
            for row in part.rows_of_codes(code, code + 1).tolist():
                values[row][column.name] = (*values[row].get(column.name, ()), value)
    for column in part.numbers.values():
        rows, numbers = part.numbers_of(column)
        for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
            values[row][column.name] = (*values[row].get(column.name, ()), number)
    for at, own in enumerate(values):
        suggestions = tuple(str(each) for each in own.pop(SUGGESTIONS, ()))
        yield Document(
            part.product(at),
            {},
            own,
            suggestions=suggestions,
            vector=() if part.vectors is None else tuple(part.vectors[at].tolist()),
            popularity=float(part.popularity[at]),
        )
