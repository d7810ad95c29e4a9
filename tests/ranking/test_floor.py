"""What is not sold is not found by meaning, and paraphrases of what is sold are."""

import pytest

from commerce.buyer import ANONYMOUS
from engines.port import SearchIndex
from ranking.models import Models
from ranking.request import SearchRequest
from ranking.search import search

OTHER_TRADES = (
    "bridal veil", "bow tie", "white wine glasses", "riding helmet", "fishing lure", "snow chains", "leather sandals",
    "bird seed", "mascara", "parquet flooring", "salad bowl", "dumbbells", "violin bow", "balsamic vinegar",
    "birthday cake", "shampoo", "snorkel", "carpet", "brick wall", "excavator", "combine harvester", "rose bush",
    "pasta sauce", "life insurance", "hotel room", "vitamin pills", "raincoat", "ballet shoes", "wedding dress",
)  # fmt: skip
OTHERS = (
    "bed frame", "apple juice", "hair brush", "golf clubs", "house keys", "garden gnome", "fish tank", "piano lessons",
    "summer dress", "silk scarf", "ski jacket", "door handle", "kitchen sink", "window cleaner", "dog food",
    "flower pot", "leather belt", "swimming pool", "car insurance", "concert tickets", "bunk bed", "cheese board",
    "tea pot", "knitting needles", "paint roller", "hockey stick", "rain boots", "bow and arrow", "surf board",
    "chicken soup", "hand soap", "lawn mower", "tree house", "beard oil", "picnic basket", "gold necklace", "ladder",
    "wheelbarrow", "pillow case", "rice cooker recipe",
)  # fmt: skip
"""Queries of other trades that nothing was chosen on."""
PARAPHRASES = ("laptop", "in-ear headphones", "television", "picture printer", "video recorder", "internet camera")


def by_meaning(sample: tuple[SearchIndex, Models], query: str) -> int:
    index, models = sample
    return search(index, SearchRequest(query=query, facets=()), ANONYMOUS, models).interpretation.semantic_hits


def test_hardly_any_query_of_another_trade_finds_something_by_meaning(sample: tuple[SearchIndex, Models]) -> None:
    found = [query for query in OTHER_TRADES if by_meaning(sample, query)]
    assert len(found) <= len(OTHER_TRADES) // 10, found


def test_queries_of_other_trades_in_the_catalogues_own_words_find_little_by_meaning(
    sample: tuple[SearchIndex, Models],
) -> None:
    found = [query for query in OTHERS if by_meaning(sample, query)]
    assert len(found) <= len(OTHERS) // 6, found


def test_wedding_dresses_are_no_dresses_for_dolls(sample: tuple[SearchIndex, Models]) -> None:
    assert by_meaning(sample, "wedding dress") == 0


@pytest.mark.parametrize("query", PARAPHRASES)
def test_other_words_for_what_is_sold_find_it_by_meaning(sample: tuple[SearchIndex, Models], query: str) -> None:
    assert by_meaning(sample, query) > 0


@pytest.mark.parametrize("query", ["wedding gown", "evening gown"])
def test_words_of_the_language_are_not_taken_for_typing_errors(sample: tuple[SearchIndex, Models], query: str) -> None:
    index, models = sample
    answer = search(index, SearchRequest(query=query, facets=()), ANONYMOUS, models)
    assert answer.interpretation.corrected_query is None


def test_typing_errors_are_still_corrected(sample: tuple[SearchIndex, Models]) -> None:
    index, models = sample
    answer = search(index, SearchRequest(query="notebook".replace("oo", "o"), facets=()), ANONYMOUS, models)
    assert answer.interpretation.corrected_query == "notebook"


@pytest.mark.parametrize("query", ["xqzwv", "qwrt plmk zzzz"])
@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
def test_letters_thrown_together_find_nothing(sample: tuple[SearchIndex, Models], query: str, mode: str) -> None:
    index, models = sample
    request = SearchRequest(query=query, facets=(), mode=mode)  # type: ignore[arg-type]
    assert search(index, request, ANONYMOUS, models).total == 0
