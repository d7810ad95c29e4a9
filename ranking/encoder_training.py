"""Fit token vectors so that their weighted mean lies where the transformer puts the whole text.

A batch job. The transformer is an argument: nothing here imports it, and serving never needs it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer

from language.encoder import DOCUMENTS_FILE, TOKENIZER_FILE, TOKENS_FILE, StaticEncoder, Vectors, normalised, quantised
from registry import write_tensors

Matrix = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]
DIMENSIONS = 256
_HELD_OUT = 10
_RIDGES = (0.3, 1.0, 3.0, 10.0)
_ITERATIONS = 25


@dataclass(frozen=True, slots=True)
class Transformer:
    """A transformer as training needs it: its tokenizer's file, its own vector of each token, and ``encode``, which
    gives unit-length vectors of texts."""

    tokenizer: bytes
    tokens: Matrix
    encode: Encode


@dataclass(frozen=True, slots=True)
class TrainedEncoder:
    """Token vectors and the projection that documents' vectors go through; scores on held-out pseudo-queries.

    ``metrics``: ``cosine_before`` and ``cosine`` between the mean of tokens and the transformer, before and after the
    fit; ``ridge`` is the penalty that was best there.
    """

    tokens: Matrix
    projection: Matrix
    metrics: dict[str, float]


def train_encoder(tokenizer: bytes, tokens: Matrix, texts: Sequence[str], vectors: Matrix) -> TrainedEncoder:
    """Fit token vectors to pseudo-queries (texts) and what the transformer made of them.

    Starts from the transformer's vector of each token, weighed by the square root of its inverse document frequency
    among ``texts``, and moves it by ridge regression: the smallest change that explains the texts. Every tenth text is
    held out, and the penalty is chosen on those. Rare tokens keep their place.
    """
    counts = _counts(tokenizer, texts, len(tokens))
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    weights = np.sqrt(np.log((len(texts) + 1.0) / (frequency + 1.0)) + 1.0)
    start = (tokens * weights[:, None]).astype(np.float32)
    held = np.arange(len(texts)) % _HELD_OUT == 0
    scaled = _scaled(counts, start)
    scores = {0.0: _cosine(counts[held], start, vectors[held])}
    fitted = {0.0: start}
    for ridge in _RIDGES:
        fitted[ridge] = start + _ridge(scaled[~held], vectors[~held] - scaled[~held] @ start, ridge)
        scores[ridge] = _cosine(counts[held], fitted[ridge], vectors[held])
    best = max(scores, key=lambda ridge: scores[ridge])
    metrics = {"cosine_before": scores[0.0], "cosine": scores[best], "ridge": best}
    return TrainedEncoder(fitted[best], np.eye(tokens.shape[1], dtype=np.float32), metrics)


def reduced(trained: TrainedEncoder, documents: Matrix, dimensions: int = DIMENSIONS) -> TrainedEncoder:
    """Project onto the directions in which the documents extend most, so that inner products stay as they were."""
    _, directions = np.linalg.eigh(documents.T @ documents)
    projection = np.ascontiguousarray(directions[:, ::-1][:, :dimensions], dtype=np.float32)
    return TrainedEncoder(trained.tokens @ projection, projection, trained.metrics)


def write_encoder(
    folder: Path, tokenizer: bytes, trained: TrainedEncoder, keys: NDArray[np.uint64], documents: Matrix
) -> None:
    """Write what ``StaticEncoder`` reads, and the documents' vectors by the keys of their texts."""
    tokens, scales = quantised(trained.tokens)
    rows, row_scales = quantised(normalised(documents @ trained.projection))
    order = np.argsort(keys, kind="stable")
    (folder / TOKENIZER_FILE).write_bytes(tokenizer)
    write_tensors(folder / TOKENS_FILE, {"tokens": tokens, "scales": scales})
    write_tensors(folder / DOCUMENTS_FILE, {"keys": keys[order], "vectors": rows[order], "scales": row_scales[order]})


def encoder_of(tokenizer: bytes, trained: TrainedEncoder) -> StaticEncoder:
    """Return the encoder as it will serve."""
    tokens, scales = quantised(trained.tokens)
    return StaticEncoder(tokenizer, {"tokens": tokens, "scales": scales})


def _counts(tokenizer: bytes, texts: Sequence[str], size: int) -> Any:
    """Return how often each token stands in each text, (texts, tokens) sparse."""
    reader = Tokenizer.from_buffer(tokenizer)
    reader.no_truncation()
    reader.no_padding()
    pieces = [piece.ids for piece in reader.encode_batch(list(texts), add_special_tokens=False)]
    rows = np.repeat(np.arange(len(pieces)), [len(ids) for ids in pieces])
    columns = np.concatenate([np.array(ids, dtype=np.int64) for ids in pieces] or [np.empty(0, np.int64)])
    return csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(texts), size))


def _scaled(counts: Any, tokens: Matrix) -> Any:
    """Return the counts scaled so that each row's sum of token vectors has unit length."""
    lengths = np.linalg.norm(counts @ tokens, axis=1)
    return counts.multiply(1.0 / np.maximum(lengths, 1e-9)[:, None]).tocsr().astype(np.float32)


def _ridge(rows: Any, targets: Matrix, penalty: float) -> Matrix:
    """Solve min |X D - R|^2 + penalty |D|^2 for all columns at once by conjugate gradients (Hestenes and Stiefel,
    1952)."""
    solution = np.zeros((rows.shape[1], targets.shape[1]), np.float32)
    residual = rows.T @ targets
    direction = residual.copy()
    square = (residual * residual).sum(axis=0)
    for _ in range(_ITERATIONS):
        image = rows.T @ (rows @ direction) + penalty * direction
        step = square / np.maximum((direction * image).sum(axis=0), 1e-12)
        solution += step * direction
        residual -= step * image
        before, square = square, (residual * residual).sum(axis=0)
        direction = residual + (square / np.maximum(before, 1e-12)) * direction
    return solution


def _cosine(counts: Any, tokens: Matrix, vectors: Vectors) -> float:
    return float((normalised(counts @ tokens) * vectors).sum(axis=1).mean())
