"""Learn the order of hits from the catalogue alone, and say on kinds of things that it did not learn from whether that
is better than no learned order."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
from language.analysis import analyzer
from ranking.examples import Rated, rated_examples
from ranking.ltr import Reranker
from ranking.ltr_training import Example, Quality, quality, train_reranker
from ranking.models import Models, signal_reader
from ranking.pseudo_judgments import PseudoJudge, PseudoQuery, pseudo_queries

_QUERIES, _QUERIES_A_PRODUCT = 1_500, 2
_MOST_PRODUCTS = 20_000
_READ_AT_ONCE = 500
_HELD_OUT = 5
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class FromCatalogue:
    """What was learned from so many pseudo-``queries``, and the quality of the order on those of held-out kinds,
    without it (``before``) and with what the others taught (``after``)."""

    reranker: Reranker
    queries: int
    before: Quality
    after: Quality


def learn_from_catalogue(
    index: SearchIndex, models: Models, ids: Sequence[str], seed: int = 1, count: int = _QUERIES
) -> FromCatalogue | None:
    """Learn from pseudo-queries for the products ``ids``, up to 20,000 of them; None where they make too few queries.

    Every fifth kind of thing is held out while the order is scored. Costs about 15 ms a query.
    """
    locale = index.stats().locales[0]
    reader, words = signal_reader(locale), analyzer(locale)
    drawn = ids if len(ids) <= _MOST_PRODUCTS else Random(seed).sample(list(ids), _MOST_PRODUCTS)  # noqa: S311
    steps = range(0, len(drawn), _READ_AT_ONCE)
    products = [each for at in steps for each in index.get(drawn[at : at + _READ_AT_ONCE], ANONYMOUS).values()]
    vocabulary = index.vocabulary(locale, ANONYMOUS)
    count = min(count, _QUERIES_A_PRODUCT * len(products))
    queries = pseudo_queries(products, words, reader, vocabulary, models.encoder, count, seed)
    judge = PseudoJudge(words, reader)
    kinds = {query.text: query.type_name for query in queries}
    made = rated_examples(index, models, (_rated(query, judge) for query in queries))
    found = [each for each in made if max(each.ratings.values(), default=0.0) > 0]
    held = [each for each in found if _is_held(kinds[each.query])]
    others = [each for each in found if not _is_held(kinds[each.query])]
    if len(others) < _FEWEST or not held:
        return None
    learned = train_reranker(others, seed)
    return FromCatalogue(_from_catalogue(found, seed), len(found), quality(held), quality(held, learned))


def _from_catalogue(examples: Sequence[Example], seed: int) -> Reranker:
    learned = train_reranker(examples, seed)
    return Reranker(learned.booster, catalogue_trees=learned.booster.num_trees())


def _rated(query: PseudoQuery, judge: PseudoJudge) -> Rated:
    return Rated(query.text, lambda products: judge.ratings(query, products))


def _is_held(kind: str) -> bool:
    return crc32(kind.encode()) % _HELD_OUT == 0
