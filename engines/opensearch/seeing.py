"""What one buyer sees of a snapshot's words and phrases, so that nothing of other products is given away."""

from collections.abc import Sequence

from engines.opensearch.conditions import NOTHING
from engines.opensearch.connection import Json
from engines.opensearch.mapping import SURFACE
from engines.opensearch.naming import phrase_key
from engines.opensearch.point import PointInTime
from engines.port import Schema, Suggestion, text_field
from language.vocabulary import Vocabulary

_REMEMBERED = 20_000
_Asked = tuple[str, str, Json]
"""What is counted: its kind, its text, and the query for products that have it."""
SPARE = 10
"""So many times more phrases are looked at than are wanted, because a buyer may see none of a phrase's products."""


class VisibleVocabulary(Vocabulary):
    """The words of another vocabulary that stand in products which a buyer sees; the cluster counts each when it is
    asked for, once."""

    def __init__(self, words: Vocabulary, point: PointInTime, visible: Json, schema: Schema, locale: str) -> None:
        super().__init__((), (), words)
        self._whole = words
        default = schema.locales[0]
        self._point = point
        self._visible = visible
        self._surface = f"text.{text_field(SURFACE, locale, default)}"
        self._fields = [f"text.{text_field(field, locale, default)}" for field in schema.texts]
        self._known: dict[tuple[str, str], int] = {}

    def count(self, word: str) -> int:
        """Return how many products that the buyer sees carry ``word``."""
        return self.counts([word])[0]

    def counts(self, words: Sequence[str]) -> list[int]:
        """Return how many products that the buyer sees carry each of some words."""
        return self._counted([self._word(word) for word in words])

    def prepare(self, words: Sequence[str], beginning: str | None = None) -> None:
        """Count words, and the words that begin with ``beginning``, before they are asked for."""
        wanted = [self._word(word) for word in words]
        self._counted([*wanted, self._prefix(beginning)] if beginning else wanted)

    def knows(self, word: str, stem: str) -> bool:
        """Say whether the buyer's products use the word in any inflection."""
        if not self._whole.knows(word, stem):
            return False
        ways = [{"term": {field: stem}} for field in self._fields]
        return self.count(word) > 0 or self._counted([("stem", stem, {"dis_max": {"queries": ways}})])[0] > 0

    def prefix_count(self, prefix: str) -> int:
        """Return how many of the buyer's products carry a word that begins with ``prefix``."""
        return self._counted([self._prefix(prefix)])[0]

    def _word(self, word: str) -> _Asked:
        return "word", word, {"term": {self._surface: word}} if self._whole.count(word) else NOTHING

    def _prefix(self, prefix: str) -> _Asked:
        begins: Json = {"prefix": {self._surface: prefix}}
        return "prefix", prefix, begins if self._whole.prefix_count(prefix) else NOTHING

    def _counted(self, asked: Sequence[_Asked]) -> list[int]:
        """Return the counts of products; those not counted before are asked for in one request.

        What no product of the catalogue has, the buyer's have not, and nobody need be asked.
        """
        counts = {(kind, text): 0 if query is NOTHING else self._known.get((kind, text)) for kind, text, query in asked}
        missing = {(kind, text): query for kind, text, query in asked if counts[kind, text] is None}
        if missing:
            # One request, not one for each: what the buyer sees may be thousands of ids that the cluster looks up.
            ways = {str(at): query for at, query in enumerate(missing.values())}
            aggregations: Json = {"of": {"filters": {"filters": ways}}}
            body: Json = {"size": 0, "track_total_hits": False, "query": self._visible, "aggs": aggregations}
            found = self._point.search(body)["aggregations"]["of"]["buckets"]
            for at, key in enumerate(missing):
                counts[key] = count = int(found[str(at)]["doc_count"])
                if len(self._known) < _REMEMBERED:
                    self._known[key] = count
        return [counts[kind, text] or 0 for kind, text, _ in asked]


def of_the_buyer(
    point: PointInTime, visible: Json, suggestions: Sequence[Suggestion], limit: int
) -> Sequence[Suggestion]:
    """Return the suggestions that products which a buyer sees stand behind, with how many; ``limit`` of each kind."""
    if not suggestions:
        return []
    carriers = {str(at): {"term": {"phrases": phrase_key(each.kind, each.text)}} for at, each in enumerate(suggestions)}
    body = {"size": 0, "query": visible, "aggs": {"of": {"filters": {"filters": carriers}}}}
    counted = point.search(body)["aggregations"]["of"]["buckets"]
    found: list[Suggestion] = []
    shown: dict[str, int] = {}
    for at, each in enumerate(suggestions):
        count = int(counted[str(at)]["doc_count"])
        if count and shown.get(each.kind, 0) < limit:
            shown[each.kind] = shown.get(each.kind, 0) + 1
            found.append(Suggestion(each.text, each.kind, count))
    return found
