"""Assortments: what some buyers see, as conditions on products.

Products carry tags of the assortments that a version was built with. Ids of one that was written since lie in documents
of the index, and a query only names these documents: the cluster looks the ids up itself, however many there are. A
directory, which a commit names, says where each assortment is. What an assortment
was before stays until the next change, for readers of an earlier commit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commerce.pricing import Assortment, Selected
from engines.opensearch.conditions import EVERYTHING, NOTHING
from engines.opensearch.connection import Json
from engines.opensearch.filters import Names, condition_of, of_product
from engines.opensearch.loading import Action, index_action
from engines.opensearch.naming import book_key, product_key, selection_key
from engines.opensearch.tags import TAGS, Side, Tagging
from language.filters.tree import Filter
from language.filters.twin import filter_from_json, to_json

_TOGETHER = 50_000
"""Ids of one document; the cluster takes no more than 65,536 in one condition."""


@dataclass(frozen=True, slots=True)
class StoredSelection:
    """A selection: its filter, and the documents that hold its ids, or the tag that its products carry."""

    keys: tuple[str, ...] = ()
    filter: Filter | None = None
    tag: str | None = None

    def condition(self, index: str, names: Names) -> Json:
        """Return the condition that a product is among the selected."""
        parts: list[Json] = [
            {"terms": {"_id": {"index": index, "id": key, "path": "control.keys"}}} for key in self.keys
        ]
        if self.tag is not None:
            parts.append({"term": {TAGS: self.tag}})
        if self.filter is not None:
            parts.append(of_product(condition_of(self.filter, names)))
        return {"bool": {"should": parts, "minimum_should_match": 1}} if parts else NOTHING


@dataclass(frozen=True, slots=True)
class StoredAssortment:
    """One assortment; ``include`` None includes everything."""

    include: StoredSelection | None
    exclude: StoredSelection

    def condition(self, index: str, names: Names) -> Json:
        """Return the condition that a product is in the assortment."""
        included = EVERYTHING if self.include is None else self.include.condition(index, names)
        return {"bool": {"filter": [included], "must_not": [self.exclude.condition(index, names)]}}

    @property
    def is_tagged(self) -> bool:
        """Say whether products carry tags of it."""
        return self.exclude.tag is not None or (self.include is not None and self.include.tag is not None)

    def keys(self) -> Iterator[str]:
        """Yield the documents that hold its ids."""
        yield from self.include.keys if self.include else ()
        yield from self.exclude.keys


Book = Mapping[str, StoredAssortment]


def visible(book: Book, names: Sequence[str], index: str, fields: Names) -> Json:
    """Return the condition that a product is in any of the named assortments; an unknown one is empty."""
    parts = [book[name].condition(index, fields) for name in dict.fromkeys(names) if name in book]
    return {"bool": {"should": parts, "minimum_should_match": 1}} if parts else NOTHING


def book_content(book: Book) -> Json:
    """Return a book as it is stored."""
    return {name: (each.include and _content(each.include), _content(each.exclude)) for name, each in book.items()}


def book_of(content: Json) -> Book:
    """Read what ``book_content`` made."""
    return {
        name: StoredAssortment(None if include is None else _selection(include), _selection(exclude))
        for name, (include, exclude) in content.items()
    }


def changed(
    before: Book, changes: Mapping[str, Assortment | None], number: int, tagging: Tagging | None = None
) -> tuple[Book, list[Action]]:
    """Return the book after changes (None removes), and the actions that store what the directory ``number``
    will name; ``tagging`` has the tags that products carry already."""
    book = dict(before)
    actions: list[Action] = []
    for at, (name, assortment) in enumerate(changes.items()):
        book.pop(name, None)
        if assortment is None:
            continue
        if tagging is not None and tagging.holds(name):
            book[name] = _tagged(name, assortment, tagging)
            continue
        stem = f"{number}-{at}"
        include = None
        if assortment.include is not None:
            include = _stored(assortment.include, f"{stem}-in", actions)
        book[name] = StoredAssortment(include, _stored(assortment.exclude, f"{stem}-out", actions))
    return book, actions


def outdated(before: Book, book: Book, previous: int) -> list[Action]:
    """Return the actions that remove what only readers of the directory ``previous`` and earlier ones need."""
    kept = set(_keys(book.values()))
    gone = [key for key in _keys(before.values()) if key not in kept]
    return [Action("delete", key) for key in ([*gone, book_key(previous)] if previous else gone)]


def _keys(assortments: Iterable[StoredAssortment]) -> Iterator[str]:
    for each in assortments:
        yield from each.keys()


def _tagged(name: str, assortment: Assortment, tagging: Tagging) -> StoredAssortment:
    def one(selected: Selected, side: Side) -> StoredSelection:
        return StoredSelection(filter=selected.filter, tag=tagging.tag(name, side) if selected.ids else None)

    include = None if assortment.include is None else one(assortment.include, "in")
    return StoredAssortment(include, one(assortment.exclude, "out"))


def _stored(selected: Selected, stem: str, actions: list[Action]) -> StoredSelection:
    ids = sorted(product_key(identity) for identity in selected.ids)
    keys = []
    for start in range(0, len(ids), _TOGETHER):
        key = selection_key(f"{stem}-{start}")
        keys.append(key)
        actions.append(index_action(key, {"control": {"keys": ids[start : start + _TOGETHER]}}))
    return StoredSelection(tuple(keys), selected.filter)


def _content(selection: StoredSelection) -> Json:
    condition = None if selection.filter is None else to_json(selection.filter)
    return {"keys": selection.keys, "filter": condition, "tag": selection.tag}


def _selection(content: Json) -> StoredSelection:
    node = content["filter"]
    condition = None if node is None else filter_from_json(node)
    # Written before there were tags, it has none.
    return StoredSelection(tuple(content["keys"]), condition, content.get("tag"))
