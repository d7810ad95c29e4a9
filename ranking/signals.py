"""What ranking knows of a product beside its vector: its words by place, parsed once and remembered for a while."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import orjson

from engines.results import StoredProduct
from language.analysis import Analyzer
from language.noun_heads import noun_heads

_REMEMBERED = 20_000
_FOR = frozenset({"for", "compat", "suitabl", "fur", "passend", "geeignet"})
_LONGEST_VALUE = 40
_LONGEST_DESCRIPTION = 600


@dataclass(frozen=True, slots=True)
class ProductSignals:
    """A product's index terms and figures. ``words`` are those of the title, ``head`` those before what it is *for*,
    ``names`` the nouns that title and category name it by; ``categories`` are its paths with all above them."""

    title: tuple[str, ...]
    words: frozenset[str]
    head: frozenset[str]
    names: frozenset[str]
    type: frozenset[str]
    type_name: str
    categories: frozenset[str]
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
        names = noun_heads(_without(content["title"], content.get("brand")), self._words, _values(content))
        leaf = content["category"][0].rsplit(" > ", 1)[-1] if content["category"] else ""
        released = content.get("released")
        return ProductSignals(
            title=title,
            words=frozenset(title),
            head=frozenset(title[: next((at for at, word in enumerate(title) if at and word in _FOR), len(title))]),
            names=frozenset((*names, *noun_heads(leaf[:1].lower() + leaf[1:], self._words))),
            type=frozenset(self._words.terms(leaf)),
            type_name=leaf,
            categories=frozenset(step for path in content["category"] for step in _steps(path)),
            brand=frozenset(self._words.terms(content.get("brand") or "")),
            description=frozenset(self._words.terms((content.get("description") or "")[:_LONGEST_DESCRIPTION])),
            attributes=len(content["attributes"]),
            released=datetime.fromisoformat(released).timestamp() if released else 0.0,
        )


def _without(title: str, brand: str | None) -> str:
    return title[len(brand) :] if brand and title.lower().startswith(brand.lower()) else title


def _values(content: Mapping[str, Any]) -> frozenset[str]:
    """Return the words that a product's attributes have as values, but for those that say its type."""
    named = {name: value for name, value in content["attributes"].items() if "type" not in name}
    short = (value for value in named.values() if isinstance(value, str) and len(value) <= _LONGEST_VALUE)
    return frozenset(word.strip(",;") for value in short for word in value.lower().split())


def _steps(path: str) -> list[str]:
    """Return a category path and all above it."""
    names = path.split(" > ")
    return [" > ".join(names[: depth + 1]) for depth in range(len(names))]
