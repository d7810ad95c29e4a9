"""Words of a catalogue that mean what the name of a category says."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from language.analysis import Analyzer
from language.vocabulary import Vocabulary
from ranking.intent import EncodesNames

_SAME_MEANING = 0.6
_FEWEST_CARRYING = 3
_MOST_WORDS = 20_000
_MOST_FOUND = 3


class OtherWord(NamedTuple):
    """A word, and how near it is in meaning to the name, at most 1."""

    word: str
    similarity: float


def other_words(
    names: Sequence[str], words: Analyzer, vocabulary: Vocabulary, encoder: EncodesNames
) -> Mapping[str, Sequence[OtherWord]]:
    """Return by name up to three words that some products carry, that mean the same and are not in the name, the
    nearest first. A word that is nearer to another name means that one."""
    every = sorted(vocabulary.beginning(""))
    counted = zip(vocabulary.counts(every), every, strict=True)
    often = [(count, word) for count, word in counted if word.isalpha() and count >= _FEWEST_CARRYING]
    known = [word for _, word in sorted(often, reverse=True)[:_MOST_WORDS]]
    if not known or not names:
        return {}
    similar = encoder.vectors([name.lower() for name in names]) @ encoder.vectors(known).T
    nearest = similar.argmax(axis=0)
    found = {}
    for place, (name, row) in enumerate(zip(names, similar, strict=True)):
        own = frozenset(words.terms(name))
        near = np.flatnonzero((row >= _SAME_MEANING) & (nearest == place))
        near = near[np.argsort(-row[near], kind="stable")].tolist()
        others = (OtherWord(known[at], float(row[at])) for at in near if words.term(known[at]) not in own)
        found[name] = list(others)[:_MOST_FOUND]
    return found
