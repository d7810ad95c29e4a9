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
_LESS_LIKELY = 0.95
_COMPLETION_WEIGHT = 0.7
_SHORTEST_COMPLETED = 4
_HARDLY_USED = 2
_FAR_MORE = 50
_DOUBTED = 0.6
_SPLIT_OUTNUMBERS = 25
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
            forms += _meant(surface, prefix, analyzer, vocabulary)
            words.append(Word(surface, _distinct(forms), prefix))
            shown.append(surface)
        elif halves := _halves(surface, vocabulary):
            words += [Word(half, ((analyzer.term(half), 1.0),)) for half in halves]
            shown += halves
        elif corrections := vocabulary.corrections(surface):
            forms += _weighed(corrections, analyzer)
            words.append(Word(surface, _distinct(forms)))
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


def _weighed(corrections: list[tuple[str, int]], analyzer: Analyzer) -> list[tuple[str, float]]:
    return [
        (analyzer.term(word), _CORRECTION_WEIGHTS[edits] * _LESS_LIKELY**place)
        for place, (word, edits) in enumerate(corrections)
    ]


def _meant(surface: str, prefix: str | None, analyzer: Analyzer, vocabulary: Vocabulary) -> list[tuple[str, float]]:
    """Return what else a word may mean that the catalogue hardly uses.

    One that is unseen but begins words, or shares its stem with some: the words that it begins, and corrections more
    common than all of these. One that a product or two carry: words that are far more common, behind what it finds.
    """
    seen = vocabulary.count(surface)
    if seen > _HARDLY_USED:
        return []
    if seen:
        common = [pair for pair in vocabulary.corrections(surface, known=True) if pair[1]]
        common = [pair for pair in common if vocabulary.count(pair[0]) >= _FAR_MORE * seen]
        return [(form, weight * _DOUBTED) for form, weight in _weighed(common, analyzer)]
    begun = vocabulary.prefix_count(surface) if prefix else 0
    likelier = [pair for pair in vocabulary.corrections(surface) if vocabulary.count(pair[0]) > begun]
    completed = vocabulary.completions(surface) if prefix and len(surface) >= _SHORTEST_COMPLETED else []
    return [*((analyzer.term(word), _COMPLETION_WEIGHT) for word in completed), *_weighed(likelier, analyzer)]


def _distinct(forms: list[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Return each form once, with the weight that it came with first."""
    found: dict[str, float] = {}
    for form, weight in forms:
        found.setdefault(form, weight)
    return tuple(found.items())


def _halves(word: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """Return two words written as one, if far more products carry even the rarer of them than a
    correction by one letter."""
    halves = vocabulary.split(word)
    if halves is None:
        return None
    rarer = min(vocabulary.count(half) for half in halves)
    slips = [each for each, edits in vocabulary.corrections(word, 1) if edits == 1]
    return halves if all(rarer > _SPLIT_OUTNUMBERS * vocabulary.count(each) for each in slips) else None


def _joined(surfaces: list[str], at: int, analyzer: Analyzer, vocabulary: Vocabulary) -> list[tuple[str, float]]:
    """Return the neighbours written as one word where the catalogue does so: "head set" finds headsets."""
    pairs = [surfaces[max(at - 1, 0) : at + 1], surfaces[at : at + 2]]
    together = {"".join(pair) for pair in pairs if len(pair) == 2}
    return [(analyzer.term(word), _JOINED_WEIGHT) for word in sorted(together) if vocabulary.count(word)]


def _phrases(words: list[Word]) -> tuple[tuple[str, ...], ...]:
    stems = [word.forms[0][0] for word in words]
    return tuple(itertools.pairwise(stems))
