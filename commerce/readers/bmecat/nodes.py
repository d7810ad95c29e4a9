"""Elements of a BMEcat file apart from the parser: what the mapping reads.

BMEcat 1.2 says ARTICLE and AID where 2005 says PRODUCT and PID. A node's ``tag`` is always the name of 2005, so that
the mapping is written once; ``written`` is the name in the file, under which the operator is told about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_NAMES_OF_2005 = {
    "SUPPLIER_AID": "SUPPLIER_PID",
    "SUPPLIER_ALT_AID": "SUPPLIER_ALT_PID",
    "BUYER_AID": "BUYER_PID",
    "MANUFACTURER_AID": "MANUFACTURER_PID",
    "ART_ID": "PROD_ID",
    "ART_ID_TO": "PROD_ID_TO",
}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One element: its names, its line (from 1), its attributes, its own text without outer spaces, its children.

    Nodes are compared by identity: two equal elements of a file are two values to account for.
    """

    tag: str
    written: str
    line: int
    attributes: Mapping[str, str]
    text: str
    children: "tuple[Node, ...]"

    def first(self, *tags: str) -> "Node | None":
        """Return the first child with one of the names."""
        return next((child for child in self.children if child.tag in tags), None)

    def all(self, *tags: str) -> "list[Node]":
        """Return the children with one of the names."""
        return [child for child in self.children if child.tag in tags]

    def value(self, tag: str) -> str:
        """Return the text of the first child of that name, empty if there is none."""
        child = self.first(tag)
        return "" if child is None else child.words()

    def words(self) -> str:
        """Return the text of the element and of whatever stands inside it."""
        if self.text or not self.children:
            return self.text
        return " ".join(words for child in self.children if (words := child.words()))

    def walk(self) -> "Iterator[Node]":
        """Yield the element and all elements below it in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


def name_of_2005(name: str) -> str:
    """Return the name that BMEcat 2005 has for an element of 1.2: "ARTICLE_FEATURES" gives "PRODUCT_FEATURES"."""
    return _NAMES_OF_2005.get(name) or name.replace("ARTICLE", "PRODUCT")
