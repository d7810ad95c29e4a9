"""Tags: what products carry of the assortments that name them by id, so that seeing an assortment is one term.

Only assortments that are there when the first products of a version are written get tags: to bring one into products
later would write each of them anew. One that changes is looked up by its ids from then on, until the catalogue is
indexed again. Which tags an id has is kept beside the products, for products come and go.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal
from uuid import uuid4

from commerce.pricing import Assortment, Selected
from engines.opensearch.connection import Connection, Json
from engines.opensearch.loading import Action, index_action
from engines.opensearch.naming import tags_key

TAGS = "tags"
Side = Literal["in", "out"]
_MOST_IDS = 5_000_000
"""Of all assortments that are tagged together; they are in memory once."""
_TOGETHER = 1_000


class Tagging:
    """The tags of the assortments that a version begins with."""

    def __init__(self, assortments: Mapping[str, Assortment | None]) -> None:
        # What a commit that failed left behind must never be taken for a tag of the next one.
        self._attempt = uuid4().hex[:12]
        self._of: dict[str, list[str]] = {}
        self._names: set[str] = set()
        count = 0
        for name, assortment in assortments.items():
            for side, selected in [] if assortment is None else _sides(assortment):
                count += len(selected.ids)
                if count > _MOST_IDS:
                    return
                tag = self.tag(name, side)
                for identity in selected.ids:
                    self._of.setdefault(identity, []).append(tag)
            self._names.add(name)

    def forget(self, name: str) -> None:
        """Leave an assortment to its ids, because it was written again."""
        self._names.discard(name)

    def tag(self, name: str, side: Side) -> str:
        """Return the tag of the included or the excluded ids of an assortment."""
        return f"{side} {self._attempt} {name}"

    def holds(self, name: str) -> bool:
        """Say whether products carry the tags of an assortment."""
        return name in self._names

    def of(self, ids: Iterable[str]) -> dict[str, Sequence[str]]:
        """Return the tags of products."""
        return {identity: self._of[identity] for identity in ids if identity in self._of}

    def actions(self) -> Iterator[Action]:
        """Yield the actions that keep the tags of all ids."""
        for identity, tags in self._of.items():
            yield index_action(tags_key(identity), {"control": {TAGS: tags}})


def kept_tags(connection: Connection, index: str, ids: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the tags of products as they are kept."""
    found: dict[str, Sequence[str]] = {}
    for start in range(0, len(ids), _TOGETHER):
        some = ids[start : start + _TOGETHER]
        keys = {"ids": [tags_key(identity) for identity in some]}
        docs: list[Json] = connection.patiently("POST", f"/{index}/_mget", keys)["docs"]
        found.update(
            (identity, doc["_source"]["control"][TAGS])
            for identity, doc in zip(some, docs, strict=True)
            if doc.get("found")
        )
    return found


def _sides(assortment: Assortment) -> Iterator[tuple[Side, Selected]]:
    if assortment.include is not None:
        yield "in", assortment.include
    yield "out", assortment.exclude
