"""Try out configurations of relevance on judged queries before one is put in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
from evaluation.judgments import Judgments
from evaluation.search_quality import SearchQuality, evaluate_search
from ranking.models import Models
from ranking.relevance import USUAL, Relevance
from ranking.request import RankedHit, SearchRequest
from ranking.search import search
from ranking.synonyms import NO_SYNONYMS, SynonymTable

_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Setup:
    """What is tried: the weights, and the synonyms that would be in force."""

    relevance: Relevance = USUAL
    synonyms: SynonymTable = NO_SYNONYMS


@dataclass(frozen=True, slots=True)
class Place:
    """One place in two answers: the title and rating of each, None where the answer is shorter or nobody rated it."""

    position: int
    one: str | None
    one_rating: float | None
    other: str | None
    other_rating: float | None


class Workbench:
    """Searches one catalogue's snapshot by one setup after the other. The order that was learned from judgments is left
    out: it would be judged by what it learned from."""

    def __init__(self, index: SearchIndex, models: Models) -> None:
        self._index = index
        self._models = replace(models, reranker=None)

    def hits(self, query: str, setup: Setup, count: int = _DEPTH) -> Sequence[RankedHit]:
        """Return up to a hundred hits as an anonymous buyer sees them."""
        request = SearchRequest(query=query, page_size=count, facets=())
        found = search(self._index, request, ANONYMOUS, self._models, setup.synonyms, relevance=setup.relevance)
        return found.hits

    def evaluate(self, judgments: Judgments, setup: Setup) -> SearchQuality:
        """Score the first hundred hits of every judged query."""
        return evaluate_search(judgments, lambda query: [each.hit.product.id for each in self.hits(query, setup)])

    def beside(self, query: str, judgments: Judgments, one: Setup, other: Setup, count: int = 10) -> list[Place]:
        """Return the first hits of two setups side by side."""
        rated = judgments.get(query, {})
        columns = [[each.hit.product for each in self.hits(query, setup, count)] for setup in (one, other)]
        found = []
        for at in range(max(map(len, columns))):
            row = [column[at] if at < len(column) else None for column in columns]
            said = [(None, None) if each is None else (each.title, rated.get(each.id)) for each in row]
            found.append(Place(at + 1, *said[0], *said[1]))
        return found


def halves(judgments: Judgments) -> tuple[Judgments, Judgments]:
    """Split judged queries into those to choose by and those to report on, the same way every time."""
    sides: tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]] = ({}, {})
    for query, rated in judgments.items():
        sides[blake2b(query.encode(), digest_size=1).digest()[0] % 2][query] = dict(rated)
    return sides
