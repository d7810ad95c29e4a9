"""Queries made from the catalogue, and the order learned from them, on a part of the sample."""

from dataclasses import replace

import pytest

from commerce.buyer import ANONYMOUS
from engines.plan import SearchPlan
from engines.port import SearchIndex
from engines.results import StoredProduct
from language.analysis import analyzer
from ranking.catalogue_training import FromCatalogue, learn_from_catalogue
from ranking.models import Models, signal_reader
from ranking.pseudo_judgments import BEST, PseudoJudge, PseudoQuery, pseudo_queries

WORDS = analyzer("en")
READER = signal_reader("en")


def stored(index: SearchIndex, count: int) -> list[StoredProduct]:
    return [hit.product for hit in index.search(SearchPlan(limit=count)).hits]


@pytest.fixture(scope="module")
def taught(sample: tuple[SearchIndex, Models]) -> FromCatalogue:
    index, models = sample
    learned = learn_from_catalogue(index, models, [each.id for each in stored(index, 3_000)], count=140)
    assert learned is not None
    return learned


def test_queries_are_the_same_every_time_and_ask_for_what_there_is(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    products, vocabulary = stored(index, 1_000), index.vocabulary("en")
    made = [pseudo_queries(products, WORDS, READER, vocabulary, models.encoder, 100) for _ in range(2)]
    assert made[0] == made[1]
    assert len({query.text for query in made[0]}) == len(made[0]) > 50
    judge = PseudoJudge(WORDS, READER)
    best = [max(judge.ratings(query, products).values()) for query in made[0]]
    assert sum(rating == BEST for rating in best) > 0.9 * len(best)


def test_the_kind_decides_and_then_what_was_asked_for(sample: tuple[SearchIndex, Models]) -> None:
    products = stored(sample[0], 3_000)
    query = PseudoQuery("silver notebook", "Notebook", frozenset({"notebook"}), frozenset({"silver"}))
    ratings = PseudoJudge(WORDS, READER).ratings(query, products)
    for product in products:
        signals = READER.of(product)
        if signals.type_name == "Notebook":
            assert ratings[product.id] in ({BEST} if "silver" in signals.words else {1.0, BEST})
        elif signals.type_name == "Notebook case":
            assert ratings[product.id] == 0.0
    assert {0.0, 1.0, BEST} <= set(ratings.values())


def test_what_the_catalogue_teaches_holds_for_kinds_of_things_that_it_did_not_teach(taught: FromCatalogue) -> None:
    assert taught.queries > 60
    assert taught.after.ndcg > taught.before.ndcg
    assert not taught.reranker.saw_people
    assert taught.reranker.from_catalogue() is taught.reranker


def test_a_catalogue_without_kinds_of_things_teaches_nothing(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    some = [each.id for each in stored(index, 3)]
    assert learn_from_catalogue(index, replace(models, encoder=None), some, count=20) is None
    assert learn_from_catalogue(index, models, [], count=20) is None
    assert index.get(some, ANONYMOUS).keys() == set(some)
