"""What in a query may be a part number, a GTIN, or a piece of one."""

import itertools
import re

from language.analysis import Analyzer
from language.identifiers import (
    SHORTEST_PIECE,
    is_measure,
    looks_like_identifier,
    normalise_identifier,
)
from language.vocabulary import Vocabulary

_MOST_TOKENS = 32
_SHORTEST = 3
_RARE = 3
_MOST_WRITTEN_APART = 3
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_LIST = re.compile(r"[,;|\n]")
_GTIN_LENGTHS = (8, 12, 13, 14)


def candidates(query: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return what could be a whole part number, as typed: the query, the items of a list, tokens, and neighbours
    written apart ("TN 2110").

    A query without digits may be one as a whole ("Smoke Sensor"), but not a single word that the catalogue often uses.
    """
    tokens = query.split()[:_MOST_TOKENS]
    found = []
    if _DIGIT.search(query) or len(tokens) > 1 or vocabulary.count(query.lower()) <= _RARE:
        found.append(query)
    found += [item for item in map(str.strip, _LIST.split(query)) if item != query and _DIGIT.search(item)]
    # Where every token has a digit, each of them may be a number by itself: "540 TN-2110".
    alone = all(_DIGIT.search(token) for token in tokens)
    found += [token.strip(",;|") for token in tokens if alone or looks_like_identifier(token)]
    found += [f"{a} {b}" for a, b in itertools.pairwise(tokens) if looks_like_identifier(a + b)]
    return tuple(dict.fromkeys(each for each in found if len(normalise_identifier(each)) >= _SHORTEST))


def identifiers(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Return normalised part numbers; a GTIN also with the zeros before it that others write or leave out."""
    found: dict[str, None] = {}
    for each in typed:
        normalised = normalise_identifier(each)
        found[normalised] = None
        bare = normalised.lstrip("0")
        if normalised.isdigit() and len(normalised) in _GTIN_LENGTHS and bare:
            found.update((bare.zfill(length), None) for length in _GTIN_LENGTHS if length >= len(bare))
    return tuple(found)


def pieces(query: str, analyzer: Analyzer, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the normalised tokens that may be a part of a part number, of four characters at least.

    Beside words of the catalogue that is a token of letters and digits with a word that the catalogue does not use.
    A query of nothing but such tokens, or of one number, may also use rare words, measures and digits alone. Two or
    three tokens may be one piece written apart.
    """
    tokens = query.split()[:_MOST_TOKENS]
    alone = all(_DIGIT.search(token) for token in tokens)
    found: dict[str, None] = {}
    for token in tokens:
        piece = normalise_identifier(token)
        if len(piece) < SHORTEST_PIECE or not _DIGIT.search(piece):
            continue
        unknown = not all(vocabulary.knows(word, analyzer.term(word)) for word in analyzer.words(token))
        ambiguous = is_measure(token) or not _LETTER.search(piece)
        rare = unknown or vocabulary.count(piece.lower()) <= _RARE
        if (alone and rare) or (unknown and not ambiguous):
            found[piece] = None
    if 1 < len(tokens) <= _MOST_WRITTEN_APART and _DIGIT.search(query):
        words = analyzer.words(query)
        if not all(vocabulary.knows(word, analyzer.term(word)) for word in words):
            found[normalise_identifier(query)] = None
    return tuple(piece for piece in found if len(piece) >= SHORTEST_PIECE)
