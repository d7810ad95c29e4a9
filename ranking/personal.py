"""What a buyer's profile adds to a product's score, and how it says so."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
import orjson

from commerce.profile import Facts, Kind, Match, Profile, facts_of, kind_of
from engines.results import Facet, StoredProduct
from language.analysis import Analyzer, analyzer
from ranking.candidates import Scores
from ranking.request import Stage

WEIGHTS: Mapping[Kind, float] = {
    "product": 1.6,
    "brand": 1.2,
    "category": 1.0,
    "attribute": 0.25,
    "word": 1.5,
    "price": 0.4,
}
"""What a full affinity of a kind adds, in standard deviations of the order without it, at the strength 50."""
_USUAL_STRENGTH = 50
_REMEMBERED = 20_000
_SHOWN_FROM = 0.1
_SAID: Mapping[Kind, str] = {
    "product": "dealt with before",
    "brand": "brand",
    "category": "category",
    "attribute": "attribute",
    "word": "kind of thing",
    "price": "usual price here",
}


class FactReader:
    """Reads the facts of stored products of one locale; remembers the last 20,000. Safe for concurrent use."""

    def __init__(self, words: Analyzer) -> None:
        self._words = words
        self._known: OrderedDict[tuple[str, int], Facts] = OrderedDict()
        self._lock = Lock()

    def of(self, product: StoredProduct) -> Facts:
        """Return what can be liked of a product; its price is the catalogue's own."""
        net = product.net if product.own is None else product.own
        key = (product.id, hash((product.document, net)))
        known = self._known.get(key)
        if known is None:
            content = orjson.loads(product.document)
            known = facts_of(content, None if net is None else float(net), self._words)
            with self._lock:
                self._known[key] = known
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return known


@lru_cache(maxsize=16)
def fact_reader(locale: str) -> FactReader:
    """Return the shared reader of products in one locale."""
    return FactReader(analyzer(locale))


class Personal:
    """A profile at a strength from 0 to 100; made once for a profile, asked by every search. Safe for any threads."""

    def __init__(self, profile: Profile, strength: int = _USUAL_STRENGTH) -> None:
        self.profile = profile
        self.strength = strength
        self._factor = strength / _USUAL_STRENGTH
        weights = {kind: weight * self._factor for kind, weight in WEIGHTS.items()}
        self._keys = {key: affinity * weights[kind_of(key)] for key, affinity in profile.keys.items()}
        self._products = {each: affinity * weights["product"] for each, affinity in profile.products.items()}
        self._price = weights["price"]

    def scores(self, products: Sequence[StoredProduct], reader: FactReader) -> Scores:
        """Return what the profile adds to each product, 0 where it has nothing to say."""
        keys, own = self._keys, self._products
        found = np.zeros(len(products))
        for at, product in enumerate(products):
            facts = reader.of(product)
            score = own.get(facts.id, 0.0) + self._price * self.profile.fits_price(facts)
            for key in facts.keys:
                if key in keys:
                    score += keys[key]
            found[at] = score
        return found

    def stage(self, product: StoredProduct, reader: FactReader) -> Stage | None:
        """Return the share of the profile in a product's score, with what speaks most of each kind."""
        matches = self.profile.match(reader.of(product))
        if not matches:
            return None
        total = sum(each.affinity * WEIGHTS[each.kind] for each in matches) * self._factor
        strongest: dict[Kind, Match] = {}
        for each in sorted(matches, key=lambda each: -abs(each.affinity)):
            strongest.setdefault(each.kind, each)
        ordered = sorted(strongest.values(), key=lambda each: -abs(each.affinity) * WEIGHTS[each.kind])
        return Stage("personal", total, "; ".join(_said(each) for each in ordered))

    def ordered(self, facets: Sequence[Facet]) -> tuple[Facet, ...]:
        """Return facets with those first whose values the buyer has a taste in, the others in their order."""
        interest = self._interest()
        return tuple(sorted(facets, key=lambda facet: -interest.get(facet.field, 0.0)))

    def liked(self, values: Sequence[tuple[str, int]], field: str) -> tuple[tuple[str, int], ...]:
        """Return completions of a field, (value, products), with those first that the buyer likes."""
        known = self.profile.keys
        return tuple(sorted(values, key=lambda each: -max(known.get(f"{field}={each[0]}", 0.0), 0.0)))

    def _interest(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for key, affinity in self.profile.keys.items():
            field, said, _ = key.partition("=")
            if said and affinity >= _SHOWN_FROM:
                found[field] = max(found.get(field, 0.0), affinity)
        return found


def _said(match: Match) -> str:
    value = match.value.removeprefix("word:").partition("=")[2] or match.value.removeprefix("word:")
    return f"{_SAID[match.kind]} {value}: {match.affinity:+.2f}"
