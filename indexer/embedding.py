"""Products to vectors, when they are indexed."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from commerce.product import CatalogItem, Product
from language.encoder import DOCUMENTS_FILE, KIND, TOKENIZER_FILE, TOKENS_FILE, StaticEncoder, Vectors
from registry import Artefact, BadArtefact, Registry, read_tensors

_MARKUP = re.compile(r"<[^>]{1,200}>")
_LONGEST = 1_000
_BATCH = 500


def embedded_text(product: Product) -> str:
    """Return what of a product is encoded: brand, title and the beginning of its description."""
    title = _plain(product.title)
    brand = product.brand or ""
    if brand and brand.lower() not in title.lower():
        title = f"{brand} {title}"
    description = _plain(product.description)
    return (f"{title}. {description}" if description else title)[:_LONGEST]


def text_key(text: str) -> int:
    """Return the number that a text's vector is kept by."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class KnownVectors:
    """What the transformer made of texts: their keys in ascending order, and their vectors as int8 rows with scales."""

    keys: NDArray[np.uint64]
    rows: NDArray[np.int8]
    scales: NDArray[np.float32]

    def of(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], Vectors]:
        """Return which of the keys are known, and the vectors of those that are."""
        at = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        known = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), bool)
        return known, self.rows[at[known]].astype(np.float32) * self.scales[at[known], None]


class Embedder:
    """Encodes products for one version of a model: those that it was trained with by the transformer's own vectors, new
    and changed ones by the mean of their tokens' vectors, which lie in the same space."""

    def __init__(self, name: str, encoder: StaticEncoder, known: KnownVectors) -> None:
        self.name = name
        self._encoder = encoder
        self._known = known

    def vectors(self, products: Sequence[Product]) -> Vectors:
        """Return a vector of unit length for each product, (products, dimensions)."""
        texts = [embedded_text(product) for product in products]
        keys = np.array([text_key(text) for text in texts], dtype=np.uint64)
        found = np.zeros((len(texts), self._encoder.dimensions), np.float32)
        known, vectors = self._known.of(keys)
        found[known] = vectors
        if not known.all():
            found[~known] = self._encoder.encode([texts[at] for at in np.flatnonzero(~known)])
        return found


def build_embedder(artefact: Artefact) -> Embedder:
    """Open an encoder's files. Raises BadArtefact where they do not belong together."""
    folder = artefact.folder
    try:
        encoder = StaticEncoder((folder / TOKENIZER_FILE).read_bytes(), read_tensors(folder / TOKENS_FILE))
        arrays = read_tensors(folder / DOCUMENTS_FILE)
        known = KnownVectors(
            arrays["keys"].astype(np.uint64),
            arrays["vectors"].astype(np.int8, copy=False),
            arrays["scales"].astype(np.float32),
        )
    except (OSError, KeyError, ValueError) as error:
        raise BadArtefact(f"{folder}: is no encoder ({error}): train it again") from error
    return Embedder(encoder_name(artefact), encoder, known)


def encoder_name(artefact: Artefact) -> str:
    """Return what tells an encoder's vectors from those of all others: the digest of its tokens' vectors."""
    return artefact.manifest.files[TOKENS_FILE][:16]


def load_embedder(registry: Registry, catalog_id: str, name: str | None = None) -> Embedder | None:
    """Return what encodes a catalogue's products: the encoder that serves, or the one of that name; None if there is
    none."""
    if name is None:
        artefact = registry.load(catalog_id, KIND)
    else:
        artefact = registry.holding(catalog_id, KIND, TOKENS_FILE, name)
    return None if artefact is None else build_embedder(artefact)


def embedded(
    items: Iterable[CatalogItem], embedder: Embedder | None
) -> Iterator[tuple[CatalogItem, tuple[float, ...]]]:
    """Yield each item with its product's vector, encoded by the hundred; with an empty one without embedder."""
    if embedder is None:
        yield from ((item, ()) for item in items)
        return
    waiting = iter(items)
    while batch := list(islice(waiting, _BATCH)):
        vectors = embedder.vectors([item.product for item in batch])
        yield from zip(batch, map(tuple, vectors.tolist()), strict=True)


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", text).split())
