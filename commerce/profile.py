"""What is known of a buyer's taste: affinities with time decay, from what they did and bought.

The two ways of a feature stand together: ``facts_of`` reads what can be liked of a product, ``profile_of`` adds up what
somebody dealt with, ``Profile.match`` compares the two.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from sys import intern
from typing import Literal, NamedTuple

from commerce.event import Deed
from language.analysis import Analyzer

Kind = Literal["product", "brand", "category", "attribute", "word", "price"]
Origin = Literal["own", "account"]

LONG_HALF_LIFE = 60 * 86_400.0
"""Seconds in which an interest loses half of its weight."""
SHORT_HALF_LIFE = 2 * 3_600.0
"""Seconds in which what an interest owes to the present visit loses half of its weight."""
_DEED_WEIGHT: Mapping[Deed, float] = {"viewed": 1.0, "added": 3.0, "answered": 3.0, "bought": 5.0, "removed": -2.0}
KEYS = "keys"
"""The attribute of an event that names what the buyer told to like."""
_OF_ACCOUNT = 0.3
_PRIOR = 4.0
_MOST = {"product": 300, "brand": 30, "category": 30, "attribute": 60, "word": 120}
_MOST_RECENT = 50
_MOST_ATTRIBUTES = 20
_LONGEST_VALUE = 60
_SHORTEST_WORD = 3
_ATTRIBUTE = "attributes."
_DOUBLE = log(2) ** 2


class Interaction(NamedTuple):
    """Somebody dealt with a product at a moment; ``origin`` says whether themselves or others of their account.

    Who told what they would like dealt with no product, but with these ``keys``."""

    product_id: str
    at: datetime
    deed: Deed
    origin: Origin = "own"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be liked of a product: keys such as ``brand=HP``, ``attributes.colour=red`` or ``word:lamp``.

    ``price`` is the logarithm of the net price, ``group`` what prices are compared within.
    """

    id: str
    keys: tuple[str, ...]
    group: str = ""
    price: float | None = None


class Match(NamedTuple):
    """How one fact of a product speaks to a buyer."""

    kind: Kind
    value: str
    affinity: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A buyer's affinities by key, between -1 and 1, the share of what they dealt with that had the key, shrunk while
    that is little; ``products`` are those of products themselves. ``prices`` are the (logarithm of the usual price,
    affinity) by group. ``recent`` are the products dealt with, the latest first."""

    keys: Mapping[str, float] = field(default_factory=dict)
    products: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    recent: tuple[str, ...] = ()
    interactions: int = 0

    def match(self, facts: Facts) -> list[Match]:
        """Return what of a product speaks to the buyer, for or against."""
        found: list[Match] = []
        if (affinity := self.products.get(facts.id)) is not None:
            found.append(Match("product", facts.id, affinity))
        known = self.keys
        found += [Match(kind_of(key), key, known[key]) for key in facts.keys if key in known]
        if affinity := self.fits_price(facts):
            found.append(Match("price", facts.group, affinity))
        return found

    def fits_price(self, facts: Facts) -> float:
        """Return the affinity to a product's price: whole at the usual price of its group, half at twice that."""
        usual = self.prices.get(facts.group) if facts.price is not None else None
        if usual is None or facts.price is None:
            return 0.0
        return usual[1] / (1.0 + (facts.price - usual[0]) ** 2 / _DOUBLE)


NOBODY = Profile()


def decay(seconds: float) -> float:
    """Return the weight of what happened so long ago: half of it fades in months, half of it within the visit.

    ``w(t) = 1/2 * 2^(-t / LONG_HALF_LIFE) + 1/2 * 2^(-t / SHORT_HALF_LIFE)``, 1 at once and falling towards 0.
    """
    age = max(seconds, 0.0)
    return float(0.5 * 2 ** -(age / LONG_HALF_LIFE) + 0.5 * 2 ** -(age / SHORT_HALF_LIFE))


def facts_of(product: Mapping[str, object], price: float | None, words: Analyzer) -> Facts:
    """Return what can be liked of a product, from the contract's ``product`` object and its net price."""
    keys: dict[str, None] = {}
    if isinstance(brand := product.get("brand"), str) and brand:
        keys[intern(f"brand={brand}")] = None
    categories = product.get("category")
    paths = [each for each in categories if isinstance(each, str)] if isinstance(categories, list) else []
    keys.update(dict.fromkeys(intern(f"category={path}") for path in paths))
    attributes = product.get("attributes")
    if isinstance(attributes, Mapping):
        keys.update(dict.fromkeys(_attributes(attributes)))
    title = product.get("title")
    if isinstance(title, str):
        terms = words.terms(title)
        keys.update(dict.fromkeys(intern(f"word:{term}") for term in terms if len(term) >= _SHORTEST_WORD))
    logarithm = log(price) if price is not None and price > 0 else None
    return Facts(str(product.get("id")), tuple(keys), paths[0] if paths else "", logarithm)


def is_key(text: str) -> bool:
    """Say whether a text is a key of a brand, a category or an attribute."""
    name, separator, value = text.partition("=")
    return bool(separator and value) and (name in {"brand", "category"} or name.startswith(_ATTRIBUTE))


def kind_of(key: str) -> Kind:
    """Return what kind of fact a key is."""
    if key.startswith("word:"):
        return "word"
    if key.startswith(_ATTRIBUTE):
        return "attribute"
    return "brand" if key.startswith("brand=") else "category"


def profile_of(interactions: Sequence[Interaction], facts: Mapping[str, Facts], now: datetime) -> Profile:
    """Add up what somebody dealt with before ``now``, in any order; what only was shown to them says nothing.

    The affinity of a key is ``s / (S + 4)``: its share ``s`` of the weight ``S`` of all interactions, where 4 stands
    for what is not known yet. Products that are not in ``facts`` count as products alone.
    """
    sums: defaultdict[str, float] = defaultdict(float)
    products: defaultdict[str, float] = defaultdict(float)
    spent: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    latest: dict[str, datetime] = {}
    total, counted = 0.0, 0
    for each in interactions:
        strength = _DEED_WEIGHT.get(each.deed, 0.0)
        if not strength or each.at > now:
            continue
        counted += 1
        weight = strength * decay((now - each.at).total_seconds()) * (_OF_ACCOUNT if each.origin == "account" else 1.0)
        total += abs(weight)
        for key in each.keys:
            sums[key] += weight
        if not each.product_id:
            continue
        products[each.product_id] += weight
        if each.origin == "own" and strength > 0:
            latest[each.product_id] = max(each.at, latest.get(each.product_id, each.at))
        known = facts.get(each.product_id)
        if known is None:
            continue
        for key in known.keys:
            sums[key] += weight
        if known.price is not None and weight > 0:
            spent[known.group][0] += weight
            spent[known.group][1] += weight * known.price
    keys = {key: weight / (total + _PRIOR) for key, weight in sums.items()}
    return Profile(
        keys=_strongest(keys),
        products=_most({each: weight / (abs(weight) + 1.0) for each, weight in products.items()}, _MOST["product"]),
        prices={group: (s / weight, weight / (total + _PRIOR)) for group, (weight, s) in spent.items()},
        recent=tuple(sorted(latest, key=lambda each: (latest[each], each), reverse=True)[:_MOST_RECENT]),
        interactions=counted,
    )


def _strongest(keys: Mapping[str, float]) -> dict[str, float]:
    by_kind: defaultdict[Kind, dict[str, float]] = defaultdict(dict)
    for key, affinity in keys.items():
        by_kind[kind_of(key)][key] = affinity
    return {key: weight for kind, own in by_kind.items() for key, weight in _most(own, _MOST[kind]).items()}


def _most(affinities: Mapping[str, float], count: int) -> dict[str, float]:
    ordered = sorted(affinities.items(), key=lambda each: (-abs(each[1]), each[0]))
    return dict(ordered[:count])


def _attributes(attributes: Mapping[object, object]) -> Iterable[str]:
    """Yield keys of the texts among the first attributes: numbers and yes or no are seldom a taste."""
    found = 0
    for name, value in attributes.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and len(each) <= _LONGEST_VALUE:
                yield intern(f"{_ATTRIBUTE}{name}={each}")
                found += 1
        if found >= _MOST_ATTRIBUTES:
            return
