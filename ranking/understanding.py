"""Query text to the textual part of a plan, and to what the storefront may tell the buyer about it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from engines.plan import TextMatch
from language.analysis import Analyzer
from language.identifiers import SHORTEST_PIECE
from language.vocabulary import Vocabulary
from ranking.part_numbers import candidates, identifiers, pieces
from ranking.words import WordReader, phrases

FIELD_WEIGHTS: Mapping[str, float] = {
    "title": 2.0,
    "type": 1.0,
    "brand": 1.0,
    "attributes": 0.7,
    "description": 1.0,
}
_PHRASE_BOOST = 0.5
_MOST_WORDS = 32


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

    An unknown word of digits stays as it is: it is a number or a part number. See ``words`` for all others.
    """
    ends_open = query[-1:].isalnum()
    query = clean(query)
    surfaces = analyzer.words(query)[:_MOST_WORDS]
    part_numbers = candidates(query, vocabulary)
    if not surfaces:
        return Understanding(TextMatch((), FIELD_WEIGHTS, 1) if query else None)
    reader = WordReader(analyzer, vocabulary)
    read = [reader.read(surfaces, at, open_end=ends_open and at == len(surfaces) - 1) for at in range(len(surfaces))]
    words = tuple(word for each in read for word in each.words)
    # Letters that mean nothing else may be the letters of a part number.
    letters = [each.shown.upper() for each in read if each.unknown and each.shown.isalpha()]
    text = TextMatch(
        words=words,
        fields=FIELD_WEIGHTS,
        minimum=ceil(len(words) / 2),
        phrases=phrases(words),
        phrase_boost=_PHRASE_BOOST,
        identifiers=identifiers(part_numbers),
        pieces=(*pieces(query, analyzer, vocabulary), *(each for each in letters if len(each) >= SHORTEST_PIECE)),
    )
    shown = [each.shown for each in read]
    corrected = " ".join(shown) if shown != surfaces else None
    return Understanding(text, tuple(word.text for word in words), corrected, part_numbers)
