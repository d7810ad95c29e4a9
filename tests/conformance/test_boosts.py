"""What a text match prefers: it decides among products that match as many words, and finds nothing by itself."""

from dataclasses import replace

import pytest

from engines.plan import Boost, SearchPlan
from language.filters.tree import Compare, In
from tests.conformance.catalogue import document, text
from tests.conformance.conftest import Fill

SHELF = [
    document("1", "notebook", brand="Acme", category="Cases"),
    document("2", "leather case for every notebook that there is", brand="HP", category="Notebooks"),
    document("3", "notebook stand", brand="HP", category="Stands"),
    document("4", "notebook case black", brand="HP", category="Cases"),
    document("5", "lamp", brand="HP", category="Notebooks"),
]


def order(fill: Fill, query: str, *boosts: Boost, minimum: int | None = None) -> list[str]:
    plan = SearchPlan(text=replace(text(query, minimum=minimum), boosts=boosts))
    return [hit.product.id for hit in fill(SHELF).search(plan).hits]


def test_a_boost_lifts_the_products_of_a_category(fill: Fill) -> None:
    assert order(fill, "notebook")[0] == "1"
    assert order(fill, "notebook", Boost(In("category", ("Notebooks",)), 50.0))[0] == "2"


def test_a_boost_finds_nothing_by_itself(fill: Fill) -> None:
    assert "5" not in order(fill, "notebook", Boost(In("category", ("Notebooks",)), 50.0))


def test_boosts_add_up(fill: Fill) -> None:
    of_stands, of_brand = Boost(Compare("category", "=", "Stands"), 40.0), Boost(Compare("brand", "=", "HP"), 30.0)
    of_cases = Boost(Compare("category", "=", "Cases"), 50.0)
    assert order(fill, "notebook", of_stands, of_brand, of_cases)[:2] == ["4", "3"]


def test_no_boost_lifts_a_product_over_one_that_matches_more_words(fill: Fill) -> None:
    found = order(fill, "notebook black", Boost(In("category", ("Notebooks",)), 10_000.0), minimum=1)
    assert found[:2] == ["4", "2"]


@pytest.mark.parametrize("score", [0.5, 50.0, 5_000.0])
def test_hits_say_how_many_words_they_match_whatever_is_preferred(fill: Fill, score: float) -> None:
    preferred = (Boost(Compare("brand", "=", "HP"), score),)
    plan = SearchPlan(text=replace(text("notebook case", minimum=1), boosts=preferred))
    assert {hit.product.id: hit.words for hit in fill(SHELF).search(plan).hits} == {"1": 1, "2": 2, "3": 1, "4": 2}
