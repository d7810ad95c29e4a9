"""How likely a buyer can answer a question about a field: what is plain to see before what stands in a data sheet.

The chances are stated, not learned: with behaviour they are raised for what buyers filter by (see ``Usage``).
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from engines.port import EXTRACTED
from language.attribute_groups import group_of

Usage = Mapping[str, float]
"""The share of filtering searches that filtered by a field, by field."""

NEVER = frozenset(
    {"id", "mpn", "gtin", "list_price", "released", "available_by", "in_stock", "on_offer", "attributes.mpn", EXTRACTED}
)
"""What tells products apart without saying what they are, or is better asked in another way."""
_PLAIN = {"category": 0.97, "brand": 0.95, "price": 0.97}
_USUAL = 0.85
_OF_GROUP = {
    "packaging": 0.6,
    "certificates": 0.62,
    "environment": 0.65,
    "power": 0.77,
    "processor": 0.77,
    "dimensions": 0.8,
    "design": 0.92,
    "display": 0.9,
    "memory": 0.9,
    "storage": 0.9,
    "compatibility": 0.9,
    "printing": 0.9,
    "connections": 0.87,
}
_SEEN = frozenset({"colour", "color", "colours", "farbe", "type", "typ", "art", "size", "grosse", "material"})
_SEEN_CHANCE = 0.95
_HIDDEN = frozenset(
    {"code", "codename", "stepping", "tcase", "tjunction", "lithography", "transistors", "die", "country", "origin"}
    | {"launch", "status", "hs", "harmonized", "series", "pallet", "master", "layer", "sku", "version", "revision"}
)
_HIDDEN_CHANCE = 0.6
_LIFT = 0.5


def chance(field: str, usage: Usage | None = None) -> float:
    """Return the chance, in [0, 1], that a buyer who is asked about a field can answer; 0 for what is never asked.

    A field that every filtering search uses goes half of the way to certainty.
    """
    plain = _by_name(field)
    used = usage.get(field, 0.0) if usage else 0.0
    return plain + (1.0 - plain) * _LIFT * min(used, 1.0) if plain else 0.0


@lru_cache(maxsize=50_000)
def _by_name(field: str) -> float:
    if field in NEVER:
        return 0.0
    if field in _PLAIN:
        return _PLAIN[field]
    name = field.removeprefix("attributes.")
    group = group_of(name)
    if group == "packaging":
        return _OF_GROUP[group]
    words = set(re.findall(r"[^\W_]+", name.lower()))
    if words & _HIDDEN:
        return _HIDDEN_CHANCE
    if words & _SEEN:
        return _SEEN_CHANCE
    return _OF_GROUP.get(group or "", _USUAL)
