"""Queries to vectors: what is near in meaning, and how near is near enough."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.plan import VectorMatch
from language.encoder import DOCUMENTS_FILE, KIND, TOKENIZER_FILE, TOKENS_FILE, StaticEncoder, Vectors
from language.identifiers import looks_like_identifier
from language.vocabulary import Vocabulary
from ranking.candidates import BY_MEANING
from ranking.meaning_gate import MeaningGate, learn_gate
from registry import Artefact, BadArtefact, Registry, read_tensors

_PAIRS = 2_000
_CHANCE = 0.95
_SLIM_CHANCE = 0.999
_RAISED = 0.25
"""How far the floor of a query in the catalogue's own words lies above the usual one, towards the strict one: chosen on
queries of other trades, which were to find nothing by meaning, and on paraphrases, which were to find something."""


@dataclass(frozen=True, slots=True)
class Floors:
    """How similar random pairs are: ``usual`` is what one in twenty exceeds, ``strict`` what one in a thousand does.

    The floor of what counts as found by meaning lies between the two.
    """

    usual: float
    strict: float


def calibrate(queries: Vectors, products: Vectors, seed: int = 1) -> Floors:
    """Return floors from the catalogue itself: what one in twenty, and one in a thousand, random pairs of a
    pseudo-query and a product exceed."""
    random = np.random.default_rng(seed)
    rows = products[random.choice(len(products), min(_PAIRS, len(products)), replace=False)]
    similar: NDArray[np.float32] = queries @ rows.T
    usual, strict = np.quantile(similar, (_CHANCE, _SLIM_CHANCE)) if similar.size else (1.0, 1.0)
    return Floors(float(usual), float(strict))


class QueryEncoder:
    """Encodes the queries of one catalogue for one version of its encoder."""

    def __init__(self, encoder: StaticEncoder, floors: Floors, gate: MeaningGate | None = None) -> None:
        self._encoder = encoder
        self._floors = floors
        self._gate = gate

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of unit length for each text, zeros where it has no token."""
        return self._encoder.encode(texts)

    def match(self, query: str, words: Sequence[str], vocabulary: Vocabulary) -> VectorMatch | None:
        """Return what to find by meaning; None for part numbers, for words that nobody knows, and for what is not sold.

        ``words`` are the query's words as they were understood. A word is known if the catalogue uses it or if it is a
        word of the language that the encoder learned; letters thrown together are neither, and have no meaning.
        """
        if not words or all(looks_like_identifier(word) for word in words):
            return None
        used = sum(vocabulary.count(word) > 0 for word in words)
        known = max(used, self._encoder.known_words(query))
        if 2 * known < len(words):
            return None
        vector = self._encoder.encode([query])[0]
        if not vector.any() or (self._gate is not None and not self._gate.is_open(vector)):
            return None
        return VectorMatch(tuple(vector.tolist()), self._floor(used / len(words)), BY_MEANING)

    def near(self, query: str, limit: int) -> VectorMatch | None:
        """Return what to look at for the products nearest to a query: nearer than most pairs are by chance; None for a
        query without a token."""
        vector = self._encoder.encode([query])[0]
        return VectorMatch(tuple(vector.tolist()), self._floors.usual, limit) if vector.any() else None

    def is_word(self, word: str) -> bool:
        """Whether a word is one of the language that the encoder learned, whatever the catalogue knows."""
        return self._encoder.is_token(word)

    def _floor(self, used: float) -> float:
        """Return the floor for a query of whose words the catalogue uses a share: the fewer, the nearer a product must
        be."""
        strict = _RAISED + (1.0 - _RAISED) * (1.0 - used)
        return self._floors.usual + strict * (self._floors.strict - self._floors.usual)


def load_query_encoder(
    registry: Registry, catalog_id: str, name: str, vocabulary: Vocabulary | None = None
) -> QueryEncoder | None:
    """Return the encoder whose vectors a version holds, by the name in its statistics; None if it is gone.

    With the catalogue's ``vocabulary`` it learns what queries are about nothing that is sold.
    """
    artefact = registry.holding(catalog_id, KIND, TOKENS_FILE, name) if name else None
    return None if artefact is None else _open(artefact, vocabulary)


def _open(artefact: Artefact, vocabulary: Vocabulary | None) -> QueryEncoder:
    folder, parameters = artefact.folder, artefact.manifest.training.parameters
    try:
        encoder = StaticEncoder((folder / TOKENIZER_FILE).read_bytes(), read_tensors(folder / TOKENS_FILE))
        floors = Floors(float(parameters["floor"]), float(parameters["strict_floor"]))
        if vocabulary is None:
            return QueryEncoder(encoder, floors)
        known = read_tensors(folder / DOCUMENTS_FILE)
        rows, scales = known["vectors"].astype(np.int8, copy=False), known["scales"].astype(np.float32, copy=False)
        return QueryEncoder(encoder, floors, learn_gate(encoder, rows, scales, vocabulary))
    except (OSError, KeyError, ValueError) as error:
        raise BadArtefact(f"{folder}: is no encoder ({error}): train it again") from error
