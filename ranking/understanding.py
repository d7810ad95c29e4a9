"""Query text to the textual part of a plan, and to what the storefront may tell the buyer about it."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from engines.plan import TextMatch
from language.analysis import Analyzer
from language.filters.tree import Filter
from language.identifiers import SHORTEST_PIECE
from language.vocabulary import Vocabulary
from ranking.measures import Constraint, MeasureReader, Quantities
from ranking.part_numbers import candidates, identifiers, pieces
from ranking.relevance import USUAL, Relevance
from ranking.words import CompoundRead, IsWord, Reading, WordReader, nothing_is, phrases

_MOST_WORDS = 32


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query understood. ``text`` None means that there is nothing to search for: browse.

    ``corrected`` is the query with unknown words replaced, None if nothing was. ``part_numbers`` are what may be one,
    as typed. ``words`` are the plan's words as the buyer wrote them. ``constraints`` are the quantities and limits that
    it says, ``filter`` those of them that decide what is found. ``compounds`` are the words that are made of others.
    """

    text: TextMatch | None
    words: tuple[str, ...] = ()
    corrected: str | None = None
    part_numbers: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    filter: Filter | None = None
    compounds: tuple[CompoundRead, ...] = ()


def clean(query: str) -> str:
    """Return the query with control characters and runs of space as single spaces, in Unicode's composed form."""
    spaced = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in query)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def understand(
    query: str,
    analyzer: Analyzer,
    vocabulary: Vocabulary,
    measures: MeasureReader | None = None,
    is_word: IsWord = nothing_is,
    relevance: Relevance = USUAL,
    compounds: Mapping[str, Sequence[str]] | None = None,
) -> Understanding:
    """Understand one query against one catalogue's words and, with ``measures``, its typed attributes. ``compounds``
    are those that people decided on.

    An unknown word of digits stays as it is: it is a number or a part number. See ``words`` for all others.
    """
    ends_open = query[-1:].isalnum()
    query = clean(query)
    if not analyzer.words(query):
        return Understanding(TextMatch((), relevance.searched, 1) if query else None)
    surfaces = analyzer.words(query)[:_MOST_WORDS]
    vocabulary.prepare(
        [*surfaces, *(one + other for one, other in pairwise(surfaces))], surfaces[-1] if ends_open else None
    )
    part_numbers = candidates(query, vocabulary)
    found = measures.read(query) if measures else Quantities()
    reader = WordReader(analyzer, vocabulary, is_word, compounds)
    read = list(_readings(query, found, reader, analyzer, vocabulary, ends_open=ends_open))
    words = tuple(word for each in read for word in each.words)
    # Letters that mean nothing else may be the letters of a part number.
    letters = [each.shown.upper() for each in read if each.unknown and each.shown.isalpha()]
    text = TextMatch(
        words=words,
        fields=relevance.searched,
        minimum=ceil(len(words) / 2),
        phrases=phrases(words),
        phrase_boost=relevance.strengths.phrase,
        identifiers=identifiers(part_numbers),
        pieces=(*pieces(query, analyzer, vocabulary), *(each for each in letters if len(each) >= SHORTEST_PIECE)),
    )
    corrected = " ".join(each.shown for each in read) if any(each.corrected for each in read) else None
    shown = tuple(word.text for word in words)
    only_limits = not words and found.filter is not None
    made = tuple(each.compound for each in read if each.compound is not None)
    return Understanding(
        None if only_limits else text, shown, corrected, part_numbers, found.constraints, found.filter, made
    )


def _readings(
    query: str,
    found: Quantities,
    reader: WordReader,
    analyzer: Analyzer,
    vocabulary: Vocabulary,
    *,
    ends_open: bool,
) -> Iterator[Reading]:
    """Yield what the query's words and quantities became, in their order, up to 32 words."""
    left = _MOST_WORDS
    at = 0
    # What stands behind the last quantity ends the query.
    for span, quantity in (*found.words, ((len(query), len(query)), ())):
        usable = all(
            word.condition is not None or any(vocabulary.count(form) for form, _ in word.forms) for word in quantity
        )
        if not usable:
            continue
        surfaces = analyzer.words(query[at : span[0]])[:left]
        left -= len(surfaces)
        last = ends_open and span[0] == len(query)
        for place in range(len(surfaces)):
            yield reader.read(surfaces, place, open_end=last and place == len(surfaces) - 1)
        if quantity and left >= len(quantity):
            left -= len(quantity)
            yield Reading(quantity, query[span[0] : span[1]])
        at = span[1]
