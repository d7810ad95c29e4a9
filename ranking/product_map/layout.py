"""Vectors to places on a plane: neighbours in meaning become neighbours on the map."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from language.encoder import Vectors, normalised
from language.errors import VitrineError

Places = NDArray[np.float32]
_MOST = 20_000
_COMPONENTS = 50
_WORDS, _DIMENSIONS = 20_000, 64
_PERPLEXITY = 30.0
_NEAREST = 3
_AT_ONCE = 1_000


class CannotDraw(VitrineError):
    """The library that lays a map out is not installed."""

    code = "cannot_draw"


def lay_out(vectors: Vectors, seed: int = 1) -> Places:
    """Return a place in the unit square for each vector, (products, 2): t-SNE (van der Maaten and Hinton, 2008) from
    the principal components, the same for the same vectors and seed.

    Up to 20,000 products are laid out, which takes minutes; of more a random 20,000 are, and the others are put between
    their three nearest. Vectors are (products, dimensions) of unit length. Raises CannotDraw without the extra `learn`.
    """
    if len(vectors) > _MOST:
        return _among(vectors, seed)
    if len(vectors) <= _NEAREST:
        return np.stack([np.linspace(0.0, 1.0, len(vectors)), np.full(len(vectors), 0.5)], axis=1).astype(np.float32)
    components = _principal(vectors)
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    begin = components[:, :2] / max(float(components[:, 0].std()), 1e-12) * 1e-4
    if begin.shape[1] < 2:
        begin = np.pad(begin, ((0, 0), (0, 2 - begin.shape[1])))
    tsne = _sklearn("manifold").TSNE(perplexity=perplexity, init=begin, random_state=seed, n_jobs=1)
    # One thread: several add in another order each time, and wait for each other by spinning where cores are busy.
    with threadpool_limits(1):
        return _in_unit_square(tsne.fit_transform(components))


def word_vectors(titles: Sequence[str], seed: int = 1) -> Vectors:
    """Return vectors of titles by their words, for catalogues without an encoder: tf-idf in 64 singular vectors.

    Raises CannotDraw without the extra `learn`.
    """
    counts = _sklearn("feature_extraction.text").TfidfVectorizer(max_features=_WORDS, sublinear_tf=True)
    try:
        weights = counts.fit_transform(titles)
    except ValueError:  # not one word in all titles
        return np.zeros((len(titles), 1), np.float32)
    dimensions = min(_DIMENSIONS, min(weights.shape) - 1)
    if dimensions < 1:
        return normalised(weights.toarray())
    reducer = _sklearn("decomposition").TruncatedSVD(dimensions, random_state=seed)
    return normalised(reducer.fit_transform(weights))


def _among(vectors: Vectors, seed: int) -> Places:
    chosen = np.sort(np.random.default_rng(seed).choice(len(vectors), _MOST, replace=False))
    marks = vectors[chosen]
    places = np.zeros((len(vectors), 2), np.float32)
    laid_out = lay_out(marks, seed)
    for begin in range(0, len(vectors), _AT_ONCE):
        similar = vectors[begin : begin + _AT_ONCE] @ marks.T
        near = np.argpartition(-similar, _NEAREST, axis=1)[:, :_NEAREST]
        weights = np.maximum(np.take_along_axis(similar, near, axis=1), 1e-6)
        # (rows, 3) weights over (rows, 3, 2) places: the weighted mean of the nearest.
        mean = np.einsum("rn,rnd->rd", weights, laid_out[near]) / weights.sum(axis=1, keepdims=True)
        places[begin : begin + _AT_ONCE] = mean
    places[chosen] = laid_out
    return places


def _principal(vectors: Vectors) -> NDArray[np.float64]:
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    strongest = axes[:, ::-1][:, :_COMPONENTS]
    # An axis may point either way: let its largest part be positive, so that the map is always the same.
    signs = np.sign(strongest[np.abs(strongest).argmax(axis=0), np.arange(strongest.shape[1])])
    found: NDArray[np.float64] = centred @ (strongest * signs)
    return found


def _in_unit_square(places: NDArray[np.floating[Any]]) -> Places:
    """Scale both axes alike, so that distances keep their proportions."""
    low, high = places.min(axis=0), places.max(axis=0)
    scaled = (places - (low + high) / 2) / max(float((high - low).max()), 1e-12) + 0.5
    found: Places = np.clip(scaled, 0.0, 1.0).astype(np.float32)
    return found


def _sklearn(module: str) -> Any:
    try:
        from importlib import import_module

        return import_module(f"sklearn.{module}")
    except ModuleNotFoundError as error:
        raise CannotDraw("a map is laid out by scikit-learn: install the extra `learn`") from error
