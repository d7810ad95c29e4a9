"""Whether a query is about anything that is sold: what two words thrown together reach is no meaning."""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from language.encoder import StaticEncoder, Vectors
from language.vocabulary import Vocabulary

_SAMPLE = 4_000
_PAIRS = 400
_CHANCE = 0.9
_FEWEST_CARRYING, _FEWEST_WORDS, _FEWEST_PRODUCTS = 3, 200, 500
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class MeaningGate:
    """``sample`` are vectors of products, (products, dimensions); a query is about something if the nearest of them is
    as near as ``least``. Costs some 0.2 ms a query and 4 MB."""

    sample: Vectors
    least: float

    def is_open(self, vector: NDArray[np.float32]) -> bool:
        """Say whether a query's vector is about something that is sold."""
        return float((self.sample @ vector).max()) >= self.least


def learn_gate(
    encoder: StaticEncoder, rows: NDArray[np.int8], scales: NDArray[np.float32], vocabulary: Vocabulary, seed: int = 1
) -> MeaningGate | None:
    """Learn from a sample of a catalogue's vectors, int8 ``rows`` with their ``scales``, how near a product is to two
    of the catalogue's words that have nothing to do with each other: one pair in ten is nearer than the gate.

    None for a catalogue of too few products or words to tell.
    """
    every = sorted(vocabulary.beginning(""))
    counted = zip(every, vocabulary.counts(every), strict=True)
    words = [
        word
        for word, count in counted
        if count >= _FEWEST_CARRYING and len(word) >= _SHORTEST and word.isalpha() and encoder.is_token(word)
    ]
    if len(words) < _FEWEST_WORDS or len(rows) < _FEWEST_PRODUCTS:
        return None
    chosen = np.random.default_rng(seed).choice(len(rows), min(_SAMPLE, len(rows)), replace=False)
    sample = rows[chosen].astype(np.float32) * scales[chosen].astype(np.float32)[:, None]
    random = Random(seed)  # noqa: S311
    pairs = [" ".join(random.sample(words, 2)) for _ in range(_PAIRS)]
    best = (encoder.encode(pairs) @ sample.T).max(axis=1)
    return MeaningGate(sample, float(np.quantile(best, _CHANCE)))
