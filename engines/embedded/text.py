"""The textual part of a plan as a tantivy query, and its execution over one searcher."""

from dataclasses import dataclass

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from engines.plan import TextMatch, Word

_TIE_BREAKER = 0.1
_WORD_STEP = 4096.0
"""Added for each word that matches, so that one number carries both how many words match and how well."""
_PREFIX_WEIGHT = 0.4
SURFACE = "surface"
IDENTIFIERS = "identifiers"
ROW = "row"
ID = "id"


@dataclass(frozen=True, slots=True)
class TextHits:
    """The rows that match, how many words each of them matches, and its score; parallel arrays, unordered."""

    rows: NDArray[np.int64]
    words: NDArray[np.int32]
    scores: NDArray[np.float64]


def to_query(schema: tantivy.Schema, text: TextMatch) -> Query:
    """Return the query that matches at least ``text.minimum`` words; a hit's score carries the number of them too."""
    clauses = [(Occur.Should, _counted(_word(schema, word, text))) for word in text.words]
    query = Query.boolean_query(clauses, minimum_number_should_match=text.minimum)
    phrases = [
        Query.boost_query(Query.phrase_query(schema, "title", list(phrase)), text.phrase_boost)
        for phrase in text.phrases
    ]
    if not phrases:
        return query
    return Query.boolean_query([(Occur.Must, query), *((Occur.Should, each) for each in phrases)])


def run_text(searcher: tantivy.Searcher, schema: tantivy.Schema, text: TextMatch) -> TextHits:
    """Find every document that matches at least ``text.minimum`` words."""
    if not text.words:
        return TextHits(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))
    hits = searcher.search(to_query(schema, text), limit=max(searcher.num_docs, 1), count=False).hits
    if not hits:
        return TextHits(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))
    scores, addresses = zip(*hits, strict=True)
    rows = np.array(searcher.fast_field_values(ROW, list(addresses)), dtype=np.int64)
    raw = np.array(scores)
    words = (raw // _WORD_STEP).astype(np.int32)
    return TextHits(rows, words, raw - words * _WORD_STEP)


def rows_with_identifiers(
    searcher: tantivy.Searcher, schema: tantivy.Schema, identifiers: tuple[str, ...]
) -> NDArray[np.int64]:
    """Return the rows that carry any of the normalised part numbers."""
    if not identifiers:
        return np.empty(0, np.int64)
    query = Query.term_set_query(schema, IDENTIFIERS, list(identifiers))
    return rows_of(searcher, searcher.search(query, limit=max(searcher.num_docs, 1), count=False).hits)


def rows_of(searcher: tantivy.Searcher, hits: list[tuple[float, tantivy.DocAddress]]) -> NDArray[np.int64]:
    """Return the row numbers of tantivy's hits in their order."""
    return np.array(searcher.fast_field_values(ROW, [hit[1] for hit in hits]), dtype=np.int64)


def _word(schema: tantivy.Schema, word: Word, text: TextMatch) -> Query:
    # A word counts where it stands best, with a little for each other field: dis-max, as Robertson's
    # simple BM25 extension argues against summing fields.
    ways = [
        Query.boost_query(Query.term_query(schema, field, form), weight * of_form)
        for form, of_form in word.forms
        for field, weight in text.fields.items()
    ]
    if word.prefix:
        begins = Query.fuzzy_term_query(schema, SURFACE, word.prefix, distance=0, prefix=True)
        ways.append(Query.const_score_query(begins, _PREFIX_WEIGHT))
    return Query.disjunction_max_query(ways, tie_breaker=_TIE_BREAKER)


def _counted(query: Query) -> Query:
    step = Query.const_score_query(Query.all_query(), _WORD_STEP)
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, step)])
