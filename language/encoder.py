"""Text to vectors without a neural network: the weighted mean of what a transformer made of each token.

The table is trained so that the mean of a text's tokens lies where the transformer puts the whole text; documents that
the transformer encoded itself can therefore be compared with queries that were encoded here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

KIND = "encoder"
TOKENIZER_FILE = "tokenizer.json"
TOKENS_FILE = "tokens.safetensors"
DOCUMENTS_FILE = "documents.safetensors"
Vectors = NDArray[np.float32]
_LONGEST = 4_000
_FEW = 4


class StaticEncoder:
    """Encodes short texts in microseconds; safe for concurrent use.

    ``tokens`` is (vocabulary, dimensions) int8 and ``scales`` (vocabulary,) float32: a token's vector is its row times
    its scale; its length says how much the token weighs. ``tokenizer`` is a file of the tokenizers library.
    """

    def __init__(self, tokenizer: bytes, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokens = arrays["tokens"]
        self._scales = arrays["scales"].astype(np.float32)
        if self._tokens.ndim != 2 or self._scales.shape != self._tokens.shape[:1]:
            raise ValueError(f"tokens {self._tokens.shape} and scales {self._scales.shape} do not belong together")
        if self._tokenizer.get_vocab_size() > len(self._tokens):
            raise ValueError("the tokenizer knows more tokens than there are vectors")

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return int(self._tokens.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of unit length for each text, (texts, dimensions); zeros for a text without tokens."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for at, piece in enumerate(self._pieces([text[:_LONGEST] for text in texts])):
            if piece.ids:
                # (t, d) int8 weighed by (t,) scales: the sum of the tokens' vectors.
                found[at] = self._scales[piece.ids] @ self._tokens[piece.ids].astype(np.float32)
        return normalised(found)

    def _pieces(self, texts: Sequence[str]) -> Sequence[Any]:
        """Tokenize; a batch is shared out to threads, and a few texts are done before these have begun."""
        if len(texts) <= _FEW:
            return [self._tokenizer.encode(text, add_special_tokens=False) for text in texts]
        return self._tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def is_token(self, word: str) -> bool:
        """Whether a word is one token."""
        return self._tokenizer.token_to_id(word) is not None

    def known_words(self, text: str) -> int:
        """Return how many words of a text are one token each; letters thrown together are several."""
        piece = self._tokenizer.encode(text[:_LONGEST], add_special_tokens=False)
        return sum(1 for ids in _by_word(piece.word_ids) if ids == 1)


def normalised(vectors: NDArray[np.floating[Any]]) -> Vectors:
    """Return the rows scaled to unit length; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def quantised(vectors: NDArray[np.floating[Any]]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return rows as int8 and the scale of each: row = int8 x scale, symmetric, by its largest component."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127.0
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _by_word(words: Sequence[int | None]) -> list[int]:
    counts: dict[int, int] = {}
    for word in words:
        if word is not None:
            counts[word] = counts.get(word, 0) + 1
    return list(counts.values())
