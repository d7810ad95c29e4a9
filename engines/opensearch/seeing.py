"""What one buyer sees of a snapshot's words and phrases, so that nothing of other products is given away."""

from collections.abc import Sequence

from engines.opensearch.connection import Json
from engines.opensearch.mapping import SURFACE
from engines.opensearch.naming import phrase_key
from engines.opensearch.point import PointInTime
from engines.port import Schema, Suggestion, text_field
from language.vocabulary import Vocabulary

_REMEMBERED = 20_000
SPARE = 10
"""So many times more phrases are looked at than are wanted, because a buyer may see none of a phrase's products."""


class VisibleVocabulary(Vocabulary):
    """The words of another vocabulary that stand in products which a buyer sees; the cluster counts each when it is
    asked for, once."""

    def __init__(self, words: Vocabulary, point: PointInTime, visible: Json, schema: Schema, locale: str) -> None:
        super().__init__((), (), words)
        default = schema.locales[0]
        self._point = point
        self._visible = visible
        self._surface = f"text.{text_field(SURFACE, locale, default)}"
        self._fields = [f"text.{text_field(field, locale, default)}" for field in schema.texts]
        self._known: dict[tuple[str, str], int] = {}

    def count(self, word: str) -> int:
        """Return how many products that the buyer sees carry ``word``."""
        return self._counted("word", word, {"term": {self._surface: word}})

    def knows(self, word: str, stem: str) -> bool:
        """Say whether the buyer's products use the word in any inflection."""
        ways = [{"term": {field: stem}} for field in self._fields]
        return self.count(word) > 0 or self._counted("stem", stem, {"dis_max": {"queries": ways}}) > 0

    def prefix_count(self, prefix: str) -> int:
        """Return how many of the buyer's products carry a word that begins with ``prefix``."""
        return self._counted("prefix", prefix, {"prefix": {self._surface: prefix}})

    def _counted(self, kind: str, text: str, query: Json) -> int:
        known = self._known.get((kind, text))
        if known is None:
            query = {"bool": {"filter": [query, self._visible]}}
            answer = self._point.search({"size": 0, "track_total_hits": True, "query": query})
            known = int(answer["hits"]["total"]["value"])
            if len(self._known) < _REMEMBERED:
                self._known[kind, text] = known
        return known


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
