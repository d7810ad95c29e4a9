"""Query text to the textual part of a plan, and to what the storefront may tell the buyer about it."""

import itertools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from engines.plan import TextMatch, Word
from language.analysis import Analyzer
from language.identifiers import SHORTEST_PIECE
from language.vocabulary import Vocabulary
from ranking.part_numbers import candidates, identifiers, pieces

FIELD_WEIGHTS: Mapping[str, float] = {
    "title": 2.0,
    "type": 1.0,
    "brand": 1.0,
    "attributes": 0.7,
    "description": 1.0,
}
_PHRASE_BOOST = 0.5
_JOINED_WEIGHT = 0.9
_CORRECTION_WEIGHTS = {1: 0.8, 2: 0.6}
_MOST_WORDS = 32
_PREFIX_OUTNUMBERS = 10


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query understood. ``text`` None means that there is nothing to search for: browse.

    ``corrected`` is the query with unknown words replaced, None if nothing was. ``part_numbers`` are what may be one,
    as typed. ``words`` are the plan's words as the buyer wrote them.
    """

    text: TextMatch | None
    words: tuple[str, ...] = ()
    corrected: str | None = None
    part_numbers: tuple[str, ...] = ()


def clean(query: str) -> str:
    """Return the query with control characters and runs of space as single spaces, in Unicode's composed form."""
    spaced = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in query)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def understand(query: str, analyzer: Analyzer, vocabulary: Vocabulary) -> Understanding:
    """Understand one query against one catalogue's words.

    A word that the catalogue does not use is corrected, split or, at the end, taken as the beginning of one; a
    known word never is replaced. An unknown word of digits stays as it is: it is a number or a part number.
    """
    ends_open = query[-1:].isalnum()
    query = clean(query)
    surfaces = analyzer.words(query)[:_MOST_WORDS]
    part_numbers = candidates(query, vocabulary)
    if not surfaces:
        return Understanding(TextMatch((), FIELD_WEIGHTS, 1) if query else None)
    words: list[Word] = []
    shown: list[str] = []
    # Words of letters that mean nothing else may be the letters of a part number.
    unused: list[str] = []
    for at, surface in enumerate(surfaces):
        stem = analyzer.term(surface)
        last = at == len(surfaces) - 1 and ends_open
        prefix = surface if last and _is_prefix(surface, vocabulary) else None
        forms = [(stem, 1.0), *_joined(surfaces, at, analyzer, vocabulary)]
        if vocabulary.knows(surface, stem) or prefix or len(forms) > 1:
            words.append(Word(surface, tuple(forms), prefix))
            shown.append(surface)
        elif halves := _halves(surface, vocabulary):
            words += [Word(half, ((analyzer.term(half), 1.0),)) for half in halves]
            shown += halves
        elif corrections := vocabulary.corrections(surface):
            forms += [(analyzer.term(word), _CORRECTION_WEIGHTS[edits]) for word, edits in corrections]
            words.append(Word(surface, tuple(dict(forms).items())))
            shown.append(corrections[0][0])
        else:
            if surface.isalpha() and len(surface) >= SHORTEST_PIECE:
                unused.append(surface.upper())
            words.append(Word(surface, ((stem, 1.0),)))
            shown.append(surface)
    text = TextMatch(
        words=tuple(words),
        fields=FIELD_WEIGHTS,
        minimum=ceil(len(words) / 2),
        phrases=_phrases(words),
        phrase_boost=_PHRASE_BOOST,
        identifiers=identifiers(part_numbers),
        pieces=(*pieces(query, analyzer, vocabulary), *unused),
    )
    corrected = " ".join(shown) if shown != surfaces else None
    return Understanding(text, tuple(word.text for word in words), corrected, part_numbers)


def _is_prefix(word: str, vocabulary: Vocabulary) -> bool:
    """Whether the last word is rather the beginning of a word: far more products carry words that begin with it."""
    if len(word) < 2 or word.isdigit():
        return False
    exact = vocabulary.count(word)
    return vocabulary.prefix_count(word) > exact * (_PREFIX_OUTNUMBERS if exact else 0)


def _halves(word: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """Return two words written as one, if more products carry even the rarer of them than the likeliest correction."""
    halves = vocabulary.split(word)
    if halves is None:
        return None
    rarer = min(vocabulary.count(half) for half in halves)
    return halves if all(rarer > vocabulary.count(each) for each, _ in vocabulary.corrections(word, 1)) else None


def _joined(surfaces: list[str], at: int, analyzer: Analyzer, vocabulary: Vocabulary) -> list[tuple[str, float]]:
    """Return the neighbours written as one word where the catalogue does so: "head set" finds headsets."""
    pairs = [surfaces[max(at - 1, 0) : at + 1], surfaces[at : at + 2]]
    together = {"".join(pair) for pair in pairs if len(pair) == 2}
    return [(analyzer.term(word), _JOINED_WEIGHT) for word in sorted(together) if vocabulary.count(word)]


def _phrases(words: list[Word]) -> tuple[tuple[str, ...], ...]:
    stems = [word.forms[0][0] for word in words]
    return tuple(itertools.pairwise(stems))
