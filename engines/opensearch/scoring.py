"""The textual part of a plan as a query whose score carries its tiers.

The rules are those of every engine (see the port's conformance suite): a word counts where it stands best with a tenth
of each other place, products that match more words stand before all that match fewer, and a part number before all.
Scores are single-precision numbers, so tiers are no higher than they must be: ``Tiers`` bounds what words and phrases
can score, from the number of products, and takes the next power of two for each word matched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, log2

from engines.opensearch.conditions import NOTHING
from engines.opensearch.connection import Json
from engines.opensearch.filters import Names, condition_of, of_product
from engines.opensearch.mapping import SURFACE
from engines.opensearch.naming import product_key
from engines.opensearch.weighing import Weighing
from engines.plan import TextMatch, Word
from engines.port import text_field
from engines.stock import IN_STOCK_SCORE
from language.identifiers import GTIN_PIECE

TIE_BREAKER = 0.1
_NO_FIELDS = Names({}, {})
_PREFIX_WEIGHT = 0.4
_CONDITION_WEIGHT = 4.0
_K1 = 1.2
_SATURATED = _K1 + 1.0
"""Lucene leaves this factor of BM25 out because it changes no order; beside constants such as a prefix's it counts."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """What one word matched adds to a score, and what a part number does: ``piece`` one that has a piece of those asked
    for inside, and once more if it begins so."""

    word: float
    piece: float
    identifier: float

    def words(self, score: float) -> int:
        """Return how many words a score says were matched."""
        return int(score % self.piece // self.word)

    def named(self, score: float) -> bool:
        """Say whether a part number was matched."""
        return score >= self.piece

    def score(self, score: float) -> float:
        """Return a score without its tiers."""
        return score % self.word


def tiers_of(text: TextMatch, products: int, preference: float = 0.0) -> Tiers:
    """Return tiers that no sum of words and phrases over so many products can reach, even ``preference`` times more."""
    rarest = _SATURATED * log(2.0 * products + 2.0)
    weights = sorted(text.fields.values(), reverse=True)
    bound = 1.0 + IN_STOCK_SCORE
    for word in text.words:
        said = sum(weight for _, weight in word.forms) * sum(weights)
        bound += (
            rarest * (max(weights, default=0.0) + TIE_BREAKER * said)
            + _PREFIX_WEIGHT
            + _CONDITION_WEIGHT * (word.condition is not None)
        )
    bound += sum(text.phrase_boost * rarest * len(phrase) for phrase in text.phrases)
    bound += sum(boost.score for boost in text.boosts)
    tier = 2.0 ** ceil(log2(bound * (1.0 + preference)))
    piece = 2.0 ** ceil(log2(tier * (len(text.words) + 1)))
    return Tiers(tier, piece, 4.0 * piece if text.pieces else piece)


class TextQuery:
    """A text match as queries, for one locale; ``also`` are the ids of products that are found beside it,
    ``preference`` the share by which a score may be raised afterwards, ``weighing`` what scores are multiplied by."""

    def __init__(
        self,
        text: TextMatch,
        default_locale: str,
        products: int,
        also: Sequence[str] = (),
        names: Names = _NO_FIELDS,
        preference: float = 0.0,
        weighing: Weighing | None = None,
    ) -> None:
        self.text = text
        self._weighing = weighing
        self._names = names
        self._also = also
        most = 1.0 if weighing is None else weighing.most
        self.tiers = tiers_of(text, products, (1.0 + preference) * most - 1.0)
        locale = text.locale or default_locale
        self._fields = {f"text.{text_field(f, locale, default_locale)}": w for f, w in text.fields.items()}
        self._surface = f"text.{text_field(SURFACE, locale, default_locale)}"
        title = next(iter(text.fields), "title")
        self._title = f"text.{text_field(title, locale, default_locale)}"
        self._words = [self._ways(word) for word in text.words]

    def scored(self, least: int) -> Json:
        """Return the query for products that match ``least`` words at least, carry a part number or are named."""
        parts = [self._scored_words(least)] if self._words else []
        if self.text.identifiers:
            named = {"terms": {"identifiers": list(self.text.identifiers)}}
            parts.append({"constant_score": {"filter": named, "boost": self.tiers.identifier}})
        if self._also:
            keys = [product_key(identity) for identity in dict.fromkeys(self._also)]
            parts.append({"constant_score": {"filter": {"ids": {"values": keys}}, "boost": 0.0}})
        parts += self._pieces()
        if not parts:
            return NOTHING
        return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}

    def _pieces(self) -> list[Json]:
        """Return the queries for numbers that have one of the pieces inside, and for those that begin so."""
        if not self.text.pieces:
            return []
        inside: list[Json] = []
        begins: list[Json] = []
        for piece in self.text.pieces:
            for field in ("pieces", "gtins") if piece.isdigit() and len(piece) >= GTIN_PIECE else ("pieces",):
                # Letters and digits only: nothing in a normalised piece is a sign of the pattern's.
                inside.append({"wildcard": {field: {"value": f"*{piece}*"}}})
                begins.append({"wildcard": {field: {"value": f"{piece}*"}}})
        return [
            {"constant_score": {"filter": {"bool": {"should": ways}}, "boost": self.tiers.piece}}
            for ways in (inside, begins)
        ]

    def matching(self, least: int) -> Json:
        """Return the condition that a product matches ``least`` words at least, without score."""
        return {"bool": {"should": self._words, "minimum_should_match": least}} if self._words else NOTHING

    def _scored_words(self, least: int) -> Json:
        tiered = [
            {"function_score": {"query": ways, "functions": [{"weight": self.tiers.word}], "boost_mode": "sum"}}
            for ways in self.weighed(self._words)
        ]
        preferred = self.weighed([*self._phrases(), *self._boosts()])
        words = {"bool": {"should": tiered, "minimum_should_match": least}}
        return {"bool": {"must": [words], "should": preferred}} if preferred else words

    def untiered(self) -> list[Json]:
        """Return the queries whose scores are those of words, phrases and boosts alone."""
        return self.weighed([*self._words, *self._phrases(), *self._boosts()])

    def _boosts(self) -> list[Json]:
        return [
            {
                "constant_score": {
                    "filter": of_product(condition_of(boost.condition, self._names)),
                    "boost": boost.score,
                }
            }
            for boost in self.text.boosts
        ]

    def weighed(self, queries: list[Json]) -> list[Json]:
        """Return queries with the plan's weights in their scores."""
        return queries if self._weighing is None else [self._weighing.weighed(each) for each in queries]

    def _phrases(self) -> list[Json]:
        return [
            {"match_phrase": {self._title: {"query": " ".join(phrase), "boost": self.text.phrase_boost * _SATURATED}}}
            for phrase in self.text.phrases
        ]

    def _ways(self, word: Word) -> Json:
        ways: list[Json] = [
            {"term": {field: {"value": form, "boost": weight * of_form * _SATURATED}}}
            for form, of_form in word.forms
            for field, weight in self._fields.items()
        ]
        if word.prefix:
            begins = {"prefix": {self._surface: word.prefix}}
            ways.append({"constant_score": {"filter": begins, "boost": _PREFIX_WEIGHT}})
        if word.condition is not None:
            holds = of_product(condition_of(word.condition, self._names))
            ways.append({"constant_score": {"filter": holds, "boost": _CONDITION_WEIGHT}})
        return {"dis_max": {"queries": ways, "tie_breaker": TIE_BREAKER}} if ways else NOTHING
