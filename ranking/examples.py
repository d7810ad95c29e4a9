"""Queries with ratings to what learning to rank trains on, by the same code that serves."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
from engines.results import StoredProduct
from evaluation.judgments import Judgments
from language.analysis import analyzer
from ranking.candidates import find
from ranking.features import features
from ranking.intent import preferring
from ranking.ltr_training import Example, usable
from ranking.measures import MeasureReader
from ranking.models import Models, signal_reader
from ranking.ordering import fusion_parts
from ranking.request import SearchRequest
from ranking.search import to_plan
from ranking.understanding import understand

Rate = Callable[[Sequence[StoredProduct]], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Rated:
    """A query and what rates the products that are found for it, by their ids."""

    query: str
    rate: Rate


def examples(index: SearchIndex, models: Models, judgments: Judgments) -> list[Example]:
    """Return the candidates of every judged query with the ratings of all products that were judged for it."""
    rated = (Rated(query, _known(ratings)) for query, ratings in usable(judgments).items())
    return list(rated_examples(index, models, rated))


def rated_examples(index: SearchIndex, models: Models, queries: Iterable[Rated]) -> Iterator[Example]:
    """Yield the candidates of every query as a search by an anonymous buyer finds and describes them."""
    locale = index.stats().locales[0]
    words, vocabulary = analyzer(locale), index.vocabulary(locale, ANONYMOUS)
    reader = MeasureReader(index.dictionary(), words, locale)
    for each in queries:
        query = each.query
        understood = understand(query, words, vocabulary, reader, models.is_word)
        understood, intent = preferring(understood, models.intents, vocabulary, index.stats().products)
        plan = to_plan(index, SearchRequest(query=query, facets=()), ANONYMOUS, understood)
        if plan.text is None:
            continue
        vector = None
        if models.encoder is not None:
            vector = models.encoder.match(understood.corrected or query, understood.words, vocabulary)
        candidates = find(index, plan, vector)
        signals = [signal_reader(locale).of(hit.product) for hit in candidates.hits]
        parts = fusion_parts(candidates, signals, intent)
        matrix = features(candidates, plan.text, signals, vocabulary, parts)
        ids = [hit.product.id for hit in candidates.hits]
        ratings = each.rate([hit.product for hit in candidates.hits])
        yield Example(query, ids, matrix, parts.sum(axis=0), ratings)


def _known(ratings: Mapping[str, float]) -> Rate:
    return lambda _: ratings
