"""Accessories by what they say they fit: a toner that names a printer, a bag that is said to go with a laptop."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from commerce.product import Product, Quantity

_ATTRIBUTE = re.compile(
    r"^(?:product_|device_|printer_)?compatibility$|^compatible_(?:products|devices|models|printers|with)$|"
    r"^suitable_for$|^fits(?:_|$)",
    re.IGNORECASE,
)
_APART = re.compile(r"[,;/\n\r|•]+|\\n|\s-\s")
_WORD = re.compile(r"[^\W_]+(?:[.+-][^\W_]+)*")
_LONGEST = 4
_SHORTEST_MODEL = 4
_MOST_DEVICES = 200
_RELATED = frozenset({"accessory", "accessories", "spare_part", "consumable", "mandatory", "select"})


def fit_relations(products: Sequence[Product | None]) -> sp.csr_matrix:
    """Return what goes with what (devices × accessories, 0 or 1), by the places of the products.

    An accessory goes with a device where the shop says so (``relations``), and where one of its attributes on
    compatibility names a model that stands in the device's title. A model has a digit and at least two words, or four
    characters with a letter among them; a name that more than 200 titles share tells nothing.
    """
    place = {each.id: at for at, each in enumerate(products) if each is not None}
    titled = _models_in_titles(products)
    pairs: set[tuple[int, int]] = set()
    for accessory, product in enumerate(products):
        if product is None:
            continue
        for relation in product.relations:
            if relation.type in _RELATED and relation.id in place:
                pairs.add((accessory, place[relation.id]))
        for name in _named(product):
            for device in titled.get(name, ()):
                if device != accessory and not _fits_itself(products[device], name):
                    pairs.add((device, accessory))
    rows, columns = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    size = len(products)
    return sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(size, size))


def _named(product: Product) -> set[tuple[str, ...]]:
    """Return the models that a product says it fits, each by its words."""
    found: set[tuple[str, ...]] = set()
    for attribute, value in product.attributes.items():
        if not _ATTRIBUTE.search(attribute):
            continue
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, Quantity) or not isinstance(text, str):
                continue
            for part in _APART.split(text):
                words = _words(part)[:8]
                # "HP LaserJet 1100" may be titled without its maker, so the longest part of it from the right counts.
                ends = [words[begin:] for begin in range(len(words)) if len(words) - begin <= _LONGEST]
                if model := next((each for each in ends if _is_model(each)), None):
                    found.add(model)
    return found


def _models_in_titles(products: Iterable[Product | None]) -> Mapping[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for at, product in enumerate(products):
        words = _words(product.title) if product else ()
        models = {
            words[begin:end]
            for begin in range(len(words))
            for end in range(begin + 1, min(begin + _LONGEST, len(words)) + 1)
        }
        for model in models:
            if _is_model(model):
                found.setdefault(model, []).append(at)
    return {model: places for model, places in found.items() if len(places) <= _MOST_DEVICES}


def _fits_itself(device: Product | None, name: tuple[str, ...]) -> bool:
    """Say whether a product is itself made for the model in its title: another toner, not the printer."""
    return device is not None and name in _named(device)


def _is_model(words: tuple[str, ...]) -> bool:
    text = "".join(words)
    if not any(character.isdigit() for character in text) or not any(character.isalpha() for character in text):
        return False
    return len(words) > 1 or len(text) >= _SHORTEST_MODEL


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.lower()))
