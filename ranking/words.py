"""One word of a query to the words of the plan: as it is, corrected, split, joined, completed, taken apart."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engines.plan import Word
from language.analysis import Analyzer
from language.compounds import LANGUAGES
from language.edited_compounds import EditedCompounds
from language.vocabulary import Vocabulary

_JOINED_WEIGHT = 0.9
_JOINTS = ("", "s", "n", "en")
_CORRECTION_WEIGHTS = {1: 0.8, 2: 0.6}
_LESS_LIKELY = 0.95
_COMPLETION_WEIGHT = 0.7
_SHORTEST_COMPLETED = 4
_HARDLY_USED = 2
_FAR_MORE = 50
_DOUBTED = 0.6
_SPLIT_OUTNUMBERS = 25
_PREFIX_OUTNUMBERS = 10
# A conference table is a table; a table top only has to do with tables; a desk is another kind of table.
_KIND_OF, _ABOUT, _SIBLING = 0.7, 0.3, 0.12
_MOST_KINDS, _MOST_ABOUT, _MOST_SIBLINGS = 40, 20, 20
_FEW = 10
IsWord = Callable[[str], bool]
_TRANSCRIBED = re.compile("(?<![aeq])([aou])e")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one word became: words of the plan, the text to show for it, whether that is another word than was typed,
    whether nothing is known of it, and what it is made of if it is a compound."""

    words: tuple[Word, ...]
    shown: str
    unknown: bool = False
    corrected: bool = False
    compound: "CompoundRead | None" = None


@dataclass(frozen=True, slots=True)
class CompoundRead:
    """A compound of a query and its parts; ``edited`` says that people decided on them."""

    text: str
    parts: tuple[str, ...]
    edited: bool


def nothing_is(_: str) -> bool:
    """Say of every word that it is none of the language: then it may be a typing error."""
    return False


class WordReader:
    """Reads the words of queries against one catalogue's vocabulary in one language.

    What ``is_word`` of the language is no typing error, even where the catalogue does not use it: a gown is not "down".
    ``compounds`` says what people decided that words are made of.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        vocabulary: Vocabulary,
        is_word: IsWord = nothing_is,
        compounds: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._is_word = is_word
        self._compounds = None
        if analyzer.language in LANGUAGES:
            self._compounds = EditedCompounds(vocabulary.compounds(analyzer.term), compounds or {}, analyzer.term)

    def read(self, surfaces: list[str], at: int, *, open_end: bool) -> Reading:
        """Read one of a query's unstemmed words; ``open_end`` says that it may be the beginning of a longer one.

        A word that the catalogue uses is never replaced. One that it does not use is a beginning, a compound, two
        words written as one, or a typing error, whatever it can be first.
        """
        surface, vocabulary = self._spelled(surfaces[at]), self._vocabulary
        stem = self._analyzer.term(surface)
        prefix = surface if open_end and self._is_prefix(surface) else None
        forms = [(stem, 1.0), *self._joined(surfaces, at)]
        made = self._made_with(surface)
        parts = self._parts(surface)
        if vocabulary.knows(surface, stem) or prefix or len(forms) > 1 or made:
            forms += [*made, *self._meant(surface, prefix), *self._siblings(surface, parts)]
            return Reading(
                (Word(surface, _distinct(forms), prefix),), surfaces[at], compound=self._read(surface, parts)
            )
        if parts:
            words = [
                Word(each, _distinct([(self._analyzer.term(each), 1.0), *self._made_with(each)])) for each in parts
            ]
            return Reading(tuple(words), surface, compound=self._read(surface, parts))
        if halves := self._halves(surface):
            return Reading(
                tuple(Word(half, ((self._analyzer.term(half), 1.0),)) for half in halves),
                " ".join(halves),
                corrected=True,
            )
        if not self._is_word(surface) and (corrections := vocabulary.corrections(surface)):
            forms += self._weighed(corrections)
            return Reading((Word(surface, _distinct(forms)),), corrections[0][0], corrected=True)
        return Reading((Word(surface, ((stem, 1.0),)),), surface, unknown=True)

    def _spelled(self, surface: str) -> str:
        """Return a German word with "ae", "oe", "ue" as the index has it, if the catalogue knows it only so."""
        if self._compounds is None or not _TRANSCRIBED.search(surface):
            return surface
        folded = _TRANSCRIBED.sub(r"\1", surface)

        def is_known(word: str) -> bool:
            return self._vocabulary.knows(word, self._analyzer.term(word)) or bool(self._parts(word))

        return folded if not is_known(surface) and is_known(folded) else surface

    def _is_prefix(self, word: str) -> bool:
        """Whether the last word is rather the beginning of a word: far more products carry words that begin with it."""
        if len(word) < 2 or word.isdigit():
            return False
        exact = self._vocabulary.count(word)
        return self._vocabulary.prefix_count(word) > exact * (_PREFIX_OUTNUMBERS if exact else 0)

    def _joined(self, surfaces: list[str], at: int) -> list[tuple[str, float]]:
        """Return the neighbours written as one word where the catalogue does so: "head set" finds headsets."""
        pairs = [surfaces[max(at - 1, 0) : at + 1], surfaces[at : at + 2]]
        joints = _JOINTS if self._compounds else _JOINTS[:1]
        together = {joint.join(pair) for pair in pairs if len(pair) == 2 for joint in joints}
        known = (word for word in sorted(together) if self._vocabulary.count(word))
        return [(self._analyzer.term(word), _JOINED_WEIGHT) for word in known]

    def _read(self, surface: str, parts: tuple[str, ...]) -> CompoundRead | None:
        if self._compounds is None or not parts:
            return None
        return CompoundRead(surface, parts, self._compounds.is_edited(surface))

    def _parts(self, surface: str) -> tuple[str, ...]:
        return self._compounds.parts(surface) if self._compounds else ()

    def _made_with(self, surface: str) -> list[tuple[str, float]]:
        """Return the compounds that are made with a word."""
        if self._compounds is None or not surface.isalpha():
            return []
        kinds = self._compounds.ending_with(surface, _MOST_KINDS)
        about = self._compounds.with_modifier(surface, _MOST_ABOUT)
        term = self._analyzer.term
        return [*((term(word), _KIND_OF) for word in kinds), *((term(word), _ABOUT) for word in about)]

    def _siblings(self, surface: str, parts: tuple[str, ...]) -> list[tuple[str, float]]:
        """Return what a compound that few products carry is a kind of, and the other kinds of it."""
        if self._compounds is None or not parts or self._vocabulary.count(surface) >= _FEW:
            return []
        others = [parts[-1], *self._compounds.ending_with(parts[-1], _MOST_SIBLINGS)]
        return [(self._analyzer.term(word), _SIBLING) for word in others]

    def _meant(self, surface: str, prefix: str | None) -> list[tuple[str, float]]:
        """Return what else a word may mean that the catalogue hardly uses.

        One that is unseen but begins words, or shares its stem with some: the words that it begins, and corrections
        more common than all of these. One that a product or two carry: words that are far more common, behind what it
        finds.
        """
        vocabulary = self._vocabulary
        seen = vocabulary.count(surface)
        if seen > _HARDLY_USED:
            return []
        if seen:
            common = [pair for pair in vocabulary.corrections(surface, known=True) if pair[1]]
            common = [pair for pair in common if vocabulary.count(pair[0]) >= _FAR_MORE * seen]
            return [(form, weight * _DOUBTED) for form, weight in self._weighed(common)]
        begun = vocabulary.prefix_count(surface) if prefix else 0
        likelier = [pair for pair in vocabulary.corrections(surface) if vocabulary.count(pair[0]) > begun]
        completed = vocabulary.completions(surface) if prefix and len(surface) >= _SHORTEST_COMPLETED else []
        term = self._analyzer.term
        return [*((term(word), _COMPLETION_WEIGHT) for word in completed), *self._weighed(likelier)]

    def _halves(self, word: str) -> tuple[str, str] | None:
        """Return two words written as one, if far more products carry even the rarer of them than a correction by one
        letter."""
        halves = self._vocabulary.split(word)
        if halves is None:
            return None
        rarer = min(self._vocabulary.count(half) for half in halves)
        slips = [each for each, edits in self._vocabulary.corrections(word, 1) if edits == 1]
        return halves if all(rarer > _SPLIT_OUTNUMBERS * self._vocabulary.count(each) for each in slips) else None

    def _weighed(self, corrections: list[tuple[str, int]]) -> list[tuple[str, float]]:
        return [
            (self._analyzer.term(word), _CORRECTION_WEIGHTS[edits] * _LESS_LIKELY**place)
            for place, (word, edits) in enumerate(corrections)
        ]


def phrases(words: tuple[Word, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the neighbouring terms of a plan; conditions alone are no terms."""
    stems = [word.forms[0][0] if word.forms else None for word in words]
    return tuple((a, b) for a, b in itertools.pairwise(stems) if a is not None and b is not None)


def _distinct(forms: list[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Return each form once, with the weight that it came with first."""
    found: dict[str, float] = {}
    for form, weight in forms:
        found.setdefault(form, weight)
    return tuple(found.items())
