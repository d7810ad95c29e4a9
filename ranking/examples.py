"""Judged queries to what learning to rank trains on, by the same code that serves."""

from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
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


def examples(index: SearchIndex, models: Models, judgments: Judgments) -> list[Example]:
    """Return the candidates of every judged query as a search by an anonymous buyer finds and describes them."""
    locale = index.stats().locales[0]
    words, vocabulary = analyzer(locale), index.vocabulary(locale, ANONYMOUS)
    reader = MeasureReader(index.dictionary(), words, locale)
    found = []
    for query, ratings in usable(judgments).items():
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
        found.append(Example(query, ids, matrix, parts.sum(axis=0), ratings))
    return found
