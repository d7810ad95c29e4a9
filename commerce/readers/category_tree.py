"""A category tree by parent keys to paths such as "Furniture > Chairs"."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from commerce.readers.markup import plain_text
from commerce.readers.part_rules import CategoriesPart
from commerce.readers.rows import Reject, Row
from commerce.readers.values import matches, text_of, value_of

_SIGN = " > "


@dataclass(frozen=True, slots=True)
class _Node:
    parent: str
    name: str
    is_hidden: bool
    file: str
    line: int
    names: dict[str, str] = field(default_factory=dict)


class CategoryTree:
    """The categories of one load, kept in memory: shops have thousands at most.

    ``warnings`` count what the paths had to do without, ``locales`` are the other ones that have names.
    """

    def __init__(self) -> None:
        self.warnings: Counter[str] = Counter()
        self._nodes: dict[str, _Node] = {}
        self.locales: set[str] = set()
        self._chains: dict[str, tuple[_Node, ...]] = {}

    def add(self, part: CategoriesPart, file: str, row: Row) -> Reject | None:
        """Take one category in; a Reject if it cannot be used."""
        key = text_of(value_of(part.id, row.values))
        name = plain_text(text_of(value_of(part.name, row.values)))[0]
        if not key or not name:
            return Reject(file, row.line, "name" if key else "id", "must not be empty", key[:200])
        if first := self._nodes.get(key):
            return Reject(file, row.line, "id", f"the same id stands in {first.file} line {first.line}", key[:200])
        parent = text_of(value_of(part.parent, row.values))
        is_hidden = part.hidden is not None and matches(part.hidden, row.values)
        names = {
            locale: translated
            for locale, rule in part.texts.items()
            if (translated := plain_text(text_of(value_of(rule, row.values)))[0])
        }
        self.locales.update(names)
        self._nodes[key] = _Node(parent, name, is_hidden, file, row.line, names)
        return None

    def finish(self) -> Iterator[Reject]:
        """Follow all parents, when all rows are there; yield the categories that are their own ancestors."""
        for key, node in self._nodes.items():
            chain = self._follow(key)
            if chain is None:
                yield Reject(node.file, node.line, "parent", "its parents lead in a circle", node.parent[:200])
            else:
                self._chains[key] = chain

    def path(self, key: str, locale: str | None = None) -> str:
        """Return a category's path, in another locale where it has names there; empty if there is none."""
        chain = self._chains.get(key)
        if chain is None:
            self.warnings["category key that no category has"] += locale is None
            return ""
        return _SIGN.join(node.names.get(locale or "", node.name) for node in chain if not node.is_hidden)

    def _follow(self, key: str) -> tuple[_Node, ...] | None:
        chain: dict[str, _Node] = {}
        while key:
            if key in chain:
                return None
            node = self._nodes.get(key)
            if node is None:
                self.warnings["category whose parent is not in the files, taken as the top"] += len(chain) == 1
                break
            chain[key] = node
            key = node.parent
        return tuple(reversed(chain.values()))
