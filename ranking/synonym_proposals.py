"""Synonyms for a person to accept: of queries that lead to the same products, and of words that mean a category."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Literal

from commerce.event import CLICKS, Event, SearchRecord
from commerce.synonyms import Synonym, SynonymKind
from engines.plan import FacetRequest, SearchPlan
from engines.port import SearchIndex
from evaluation.behaviour.visits import visits_of
from language.analysis import Analyzer
from ranking.models import Models
from ranking.other_words import other_words

_FEWEST_CLICKS, _FEWEST_SHARED = 3, 2
_ALIKE = 0.5
_MOST_QUERIES, _MOST_OF_A_PRODUCT = 5_000, 50
_MOST_CATEGORIES = 500
_LONGEST_SIDE = 3
Terms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SynonymProposal:
    """``sources`` may also find ``targets``. ``similarity`` is at most 1: of the clicks after two ``queries``, or in
    meaning. ``shared`` is how many products people clicked after both."""

    kind: SynonymKind
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    because: Literal["clicks", "meaning"]
    similarity: float
    shared: int = 0
    queries: tuple[str, ...] = ()


def proposals_from_clicks(
    searches: Iterable[SearchRecord], events: Iterable[Event], words: Analyzer
) -> list[SynonymProposal]:
    """Return what queries say differently that lead to the same products, the most alike first.

    Two queries need three clicks each and two products in common; what both say is left out, and what is left must be
    up to three words without digits on each side. Visits of robots do not count.
    """
    clicked = _clicks(searches, events)
    best: dict[frozenset[Terms], SynonymProposal] = {}
    for one, other in _sharing(clicked):
        shared = len(clicked[one].keys() & clicked[other].keys())
        alike = _cosine(clicked[one], clicked[other])
        sides = _differing(one, other, words)
        if shared < _FEWEST_SHARED or alike < _ALIKE or sides is None:
            continue
        key = frozenset(tuple(words.terms(side)) for side in sides)
        if key not in best or best[key].similarity < alike:
            found = SynonymProposal("equivalent", (sides[0],), (sides[1],), "clicks", alike, shared, (one, other))
            best[key] = found
    return sorted(best.values(), key=lambda each: (-each.similarity, -each.shared, each.sources))


def proposals_from_meaning(index: SearchIndex, models: Models, words: Analyzer) -> list[SynonymProposal]:
    """Return words of the catalogue that mean what a category is called, the nearest first; none without an encoder."""
    if models.encoder is None or "category" not in index.fields():
        return []
    asked = SearchPlan(facets=(FacetRequest("category", _MOST_CATEGORIES),), limit=0)
    [facet] = index.search(asked).facets
    names = list(dict.fromkeys(str(each.value).rsplit(" > ", 1)[-1] for each in facet.values))
    vocabulary = index.vocabulary(index.stats().locales[0])
    near = other_words(names, words, vocabulary, models.encoder)
    found = [
        SynonymProposal("one_way", (each.word,), (name.lower(),), "meaning", min(each.similarity, 1.0))
        for name, others in near.items()
        for each in others
    ]
    return sorted(found, key=lambda each: (-each.similarity, each.sources))


def without_known(
    proposals: Iterable[SynonymProposal], synonyms: Sequence[Synonym], words: Analyzer
) -> Iterator[SynonymProposal]:
    """Yield the proposals that no synonym says already, in either direction."""
    known = {
        frozenset((tuple(words.terms(one)), tuple(words.terms(other))))
        for each in synonyms
        for one, other in combinations((*each.sources, *each.targets), 2)
    }
    for each in proposals:
        if frozenset((tuple(words.terms(each.sources[0])), tuple(words.terms(each.targets[0])))) not in known:
            yield each


def _clicks(searches: Iterable[SearchRecord], events: Iterable[Event]) -> dict[str, Counter[str]]:
    """Return by query how often each product was clicked, of the queries with most clicks."""
    visits = visits_of(searches, events)
    asked = (*visits.unnamed, *(each for visit in visits.visits for each in visit.searches))
    text_of = {each.query_id: " ".join(each.text.lower().split()) for each in asked}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for visit in visits.visits:
        for event in visit.events:
            text = text_of.get(event.query_id or "")
            if text and event.object_id is not None and event.action.lower() in CLICKS:
                found[text][event.object_id] += 1
    often = sorted(found, key=lambda text: (-found[text].total(), text))[:_MOST_QUERIES]
    return {text: found[text] for text in often if found[text].total() >= _FEWEST_CLICKS}


def _sharing(clicked: dict[str, Counter[str]]) -> set[tuple[str, str]]:
    """Return the pairs of queries that share a product; what very many queries lead to says nothing."""
    queries: defaultdict[str, list[str]] = defaultdict(list)
    for text, products in clicked.items():
        for product in products:
            queries[product].append(text)
    few = (texts for texts in queries.values() if len(texts) <= _MOST_OF_A_PRODUCT)
    return {pair for texts in few for pair in combinations(sorted(texts), 2)}


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    together = sum(count * other[product] for product, count in one.items())
    return together / sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))


def _differing(one: str, other: str, words: Analyzer) -> tuple[str, str] | None:
    """Return what each of two queries says that the other does not; None where a side says nothing else."""
    said = [{words.term(word): word for word in words.words(text)} for text in (one, other)]
    left = [[word for term, word in mine.items() if term not in theirs] for mine, theirs in (said, said[::-1])]
    if not all(0 < len(side) <= _LONGEST_SIDE and all(map(str.isalpha, side)) for side in left):
        return None
    return " ".join(left[0]), " ".join(left[1])
