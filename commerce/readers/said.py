"""What one row of a part says about a product or a variant, and how that is kept as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import orjson

from commerce.product import Scalar


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says; what it does not say is empty. Texts are plain, prices in whole units of the currency.

    ``loose`` are values of attributes whose kind the whole load decides. ``texts`` are, by locale, the fields
    title, description and keywords; ``attribute_texts`` are, by locale, attributes' values. Relations are (type, id).
    """

    title: str = ""
    description: str = ""
    brand: str = ""
    mpn: str = ""
    released: str = ""
    gtin: Sequence[str] = ()
    category: Sequence[str] = ()
    category_keys: Sequence[str] = ()
    keywords: Sequence[str] = ()
    image_urls: Sequence[str] = ()
    net: str = ""
    min_quantity: int = 1
    stock: str = ""
    location: str = ""
    lead_time_days: str = ""
    next_delivery: str = ""
    next_quantity: str = ""
    popularity: str = ""
    attributes: Mapping[str, Sequence[Scalar]] = field(default_factory=dict)
    loose: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    attribute_texts: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    relations: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a part: the article that it is about, its product if it is a variant, and what it says."""

    id: str
    product: str
    part: str
    file: str
    line: int
    said: Said


_NAMES = [each.name for each in fields(Said)]


def said_to_json(said: Said) -> bytes:
    """Return the members that are not empty."""
    return orjson.dumps({name: value for name in _NAMES if (value := getattr(said, name))})


def said_from_json(text: bytes) -> Said:
    """Return what ``said_to_json`` wrote."""
    return Said(**orjson.loads(text))
