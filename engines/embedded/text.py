"""The textual part of a plan over the parts of one snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from engines.embedded.filtering import filter_mask
from engines.embedded.part import Mask
from engines.embedded.postings import ID, IDENTIFIERS, PAIRS, SURFACE, term_hash, term_hashes
from engines.embedded.view import View
from engines.plan import TextMatch, Word
from engines.port import text_field

_TIE_BREAKER = np.float32(0.1)
_PREFIX_WEIGHT = np.float32(0.4)
CONDITION_WEIGHT = np.float32(4.0)
_NOTHING = np.float32(0.0)


@dataclass(frozen=True, slots=True)
class TextHits:
    """The rows that match at least ``least`` words, how many words each matches, and its score; parallel arrays."""

    rows: NDArray[np.int64]
    words: NDArray[np.int32]
    scores: NDArray[np.float64]
    least: int


@dataclass(frozen=True, slots=True)
class _Way:
    """One term of one field that a word may match by: its weight with the term's rarity, and its number by part."""

    weight: np.float32
    terms: list[int]


def match(views: Sequence[View], text: TextMatch, allowed: Sequence[Mask], default_locale: str) -> TextHits:
    """Find the rows among ``allowed`` that match at least ``text.minimum`` words, or more words where ``text.enough``
    rows do.

    A word counts where it stands best, with a tenth of each other place: dis-max, as Robertson, Zaragoza and Taylor
    (2004) argue against summing the scores of fields.
    """
    if not text.words or not views:
        return TextHits(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0), text.minimum)
    locale = text.locale or default_locale
    searched = _Searched(views, text, locale, default_locale)
    scored = [searched.score(number) for number in range(len(views))]
    least = _least([counts for counts, _ in scored], allowed, text)
    rows, words, scores = [], [], []
    for number, (view, may, (counts, sums)) in enumerate(zip(views, allowed, scored, strict=True)):
        found = np.flatnonzero((counts >= least) & may)
        if len(found):
            searched.add_phrases(number, sums)
            searched.add_boosts(number, sums)
            rows.append(found + view.part.base)
            words.append(counts[found].astype(np.int32))
            scores.append(sums[found].astype(np.float64))
    if not rows:
        return TextHits(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0), text.minimum)
    return TextHits(np.concatenate(rows), np.concatenate(words), np.concatenate(scores), least)


def rows_with_identifiers(views: Sequence[View], identifiers: Sequence[str]) -> NDArray[np.int64]:
    """Return the live rows that carry any of the normalised part numbers."""
    if not identifiers:
        return np.empty(0, np.int64)
    hashes = term_hashes(IDENTIFIERS, identifiers)
    found = []
    for view in views:
        for term in view.part.postings.find(hashes).tolist():
            if term >= 0:
                rows = view.part.postings.rows_of(term)
                found.append(rows[view.live[rows]] + np.int64(view.part.base))
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


def rows_with_pieces(views: Sequence[View], pieces: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the live rows that carry a part number which begins with one of the normalised pieces, and those that
    carry one with a piece inside."""
    begin: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    inside: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for view in views:
        for piece in pieces:
            for found, rows in zip((begin, inside), view.part.fragments.rows(piece), strict=True):
                found.append(rows[view.live[rows]] + np.int64(view.part.base))
    return np.unique(np.concatenate(begin)), np.unique(np.concatenate(inside))


def rows_with_ids(views: Sequence[View], ids: Sequence[str]) -> Iterator[tuple[View, int]]:
    """Yield the live row of each id that there is, in no order."""
    hashes = term_hashes(ID, ids)
    written = [identity.encode() for identity in ids]
    for view in views:
        postings = view.part.postings
        for at, term in enumerate(postings.find(hashes).tolist()):
            if term < 0 or postings.terms.raw(term) != written[at]:
                continue
            first, last = postings.span(term)
            if last - first == 1:
                row = int(postings.rows[first])
                if view.live[row]:
                    yield view, row
            else:
                yield from ((view, row) for row in postings.rows[first:last].tolist() if view.live[row])


def _least(counts: Sequence[NDArray[np.uint8]], allowed: Sequence[Mask], text: TextMatch) -> int:
    """Return the largest number of words that enough rows match, or the smallest allowed."""
    for least in range(len(text.words), text.minimum, -1):
        pairs = zip(counts, allowed, strict=True)
        if sum(int(np.count_nonzero((words >= least) & may)) for words, may in pairs) >= text.enough:
            return least
    return text.minimum


class _Searched:
    """A text match prepared for scoring part by part."""

    def __init__(self, views: Sequence[View], text: TextMatch, locale: str, default: str) -> None:
        self._views = views
        self._text = text
        self._surface = text_field(SURFACE, locale, default)
        self._weights = {text_field(field, locale, default): weight for field, weight in text.fields.items()}
        self._pairs = text_field(PAIRS, locale, default)
        forms = [
            (term_hash(field, form.encode()), weight * of_form)
            for word in text.words
            for form, of_form in word.forms
            for field, weight in self._weights.items()
        ]
        pairs = [term_hash(self._pairs, " ".join(phrase).encode()) for phrase in text.phrases]
        hashes = np.array([number for number, _ in forms] + pairs, dtype=np.uint64)
        found = np.array([view.part.postings.find(hashes) for view in views])
        counts = np.zeros(len(hashes), dtype=np.int64)
        for view, terms in zip(views, found, strict=True):
            ends = view.part.postings.ends
            counts += np.where(terms >= 0, ends[terms + 1] - ends[terms], 0)
        rows = sum(view.part.count for view in views)
        rarity = np.log1p((rows - counts + 0.5) / (counts + 0.5))
        numbers = found.T.tolist()
        self._ways: list[list[_Way]] = []
        at = 0
        for word in text.words:
            ways = []
            for _ in range(len(word.forms) * len(self._weights)):
                if counts[at]:
                    ways.append(_Way(np.float32(forms[at][1] * rarity[at]), numbers[at]))
                at += 1
            self._ways.append(ways)
        boost = text.phrase_boost
        # A phrase is as rare as its words together.
        said = [word for word in text.words if word.forms] if text.phrases else []
        alone = {word.forms[0][0]: self._rarity(word, rows) for word in said}
        self._phrases = [
            _Way(np.float32(boost * sum(alone.get(term, 0.0) for term in phrase)), numbers[at + place])
            for place, phrase in enumerate(text.phrases)
            if counts[at + place]
        ]

    def score(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return for each row of a part how many words it matches, and its score."""
        part = self._views[number].part
        words = np.zeros(part.count, np.uint8)
        scores = np.zeros(part.count, np.float32)
        for word, ways in zip(self._text.words, self._ways, strict=True):
            spans = [(way.weight, *part.postings.span(way.terms[number])) for way in ways if way.terms[number] >= 0]
            if not spans and not word.prefix and word.condition is None:
                continue
            # best + tie x (total - best): a tenth of each way goes straight to the score, the rest of the best follows.
            best = np.zeros(part.count, np.float32)
            for weight, first, last in spans:
                rows = part.postings.rows[first:last]
                said = part.postings.weights[first:last] * weight
                best[rows] = np.maximum(best[rows], said)
                scores[rows] += said * _TIE_BREAKER
            if word.prefix:
                begins = np.zeros(part.count, bool)
                begins[part.postings.rows_with_prefix(self._surface, word.prefix)] = True
                rows = np.flatnonzero(begins)
                best[rows] = np.maximum(best[rows], _PREFIX_WEIGHT)
                scores[rows] += _PREFIX_WEIGHT * _TIE_BREAKER
            if word.condition is not None:
                rows = np.flatnonzero(part.any_unit(filter_mask(self._views[number], word.condition)))
                best[rows] = np.maximum(best[rows], CONDITION_WEIGHT)
                scores[rows] += CONDITION_WEIGHT * _TIE_BREAKER
            words += best > _NOTHING
            best *= 1 - _TIE_BREAKER
            scores += best
        return words, scores

    def add_phrases(self, number: int, scores: NDArray[np.float32]) -> None:
        """Add what neighbouring words are worth to a part's scores."""
        postings = self._views[number].part.postings
        for way in self._phrases:
            if way.terms[number] >= 0:
                first, last = postings.span(way.terms[number])
                scores[postings.rows[first:last]] += postings.weights[first:last] * way.weight

    def add_boosts(self, number: int, scores: NDArray[np.float32]) -> None:
        """Add what the plan prefers to a part's scores."""
        view = self._views[number]
        for boost in self._text.boosts:
            scores[view.part.any_unit(filter_mask(view, boost.condition))] += np.float32(boost.score)

    def _rarity(self, word: Word, rows: int) -> float:
        title = next(iter(self._weights))
        hashed = term_hashes(title, [word.forms[0][0]])
        count = 0
        for view in self._views:
            term = int(view.part.postings.find(hashed)[0])
            if term >= 0:
                first, last = view.part.postings.span(term)
                count += last - first
        return log(1.0 + (rows - count + 0.5) / (count + 0.5))
