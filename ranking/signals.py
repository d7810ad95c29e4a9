"""What ranking knows of a product beside its vector: its words by place, parsed once and remembered for a while."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import orjson

from engines.results import StoredProduct
from language.analysis import Analyzer

_REMEMBERED = 20_000
_FOR = frozenset({"for", "compat", "suitabl", "fur", "passend", "geeignet"})
_LONGEST_DESCRIPTION = 600


@dataclass(frozen=True, slots=True)
class ProductSignals:
    """A product's index terms and figures. ``head`` is how many words of the title stand before what it is *for*."""

    title: tuple[str, ...]
    head: int
    type: frozenset[str]
    type_name: str
    brand: frozenset[str]
    description: frozenset[str]
    attributes: int
    released: float


class SignalReader:
    """Reads the signals of stored products of one locale; remembers the last 20,000. Safe for concurrent use."""

    def __init__(self, words: Analyzer) -> None:
        self._words = words
        self._known: OrderedDict[tuple[str, int], ProductSignals] = OrderedDict()
        self._lock = Lock()

    def of(self, product: StoredProduct) -> ProductSignals:
        """Return the signals of a product as it is stored."""
        key = (product.id, hash(product.document))
        known = self._known.get(key)
        if known is None:
            known = self._read(product)
            with self._lock:
                self._known[key] = known
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return known

    def _read(self, product: StoredProduct) -> ProductSignals:
        content = orjson.loads(product.document)
        title = tuple(self._words.terms(content["title"]))
        leaf = content["category"][0].rsplit(" > ", 1)[-1] if content["category"] else ""
        released = content.get("released")
        return ProductSignals(
            title=title,
            head=next((at for at, word in enumerate(title) if at and word in _FOR), len(title)),
            type=frozenset(self._words.terms(leaf)),
            type_name=leaf,
            brand=frozenset(self._words.terms(content.get("brand") or "")),
            description=frozenset(self._words.terms((content.get("description") or "")[:_LONGEST_DESCRIPTION])),
            attributes=len(content["attributes"]),
            released=datetime.fromisoformat(released).timestamp() if released else 0.0,
        )
