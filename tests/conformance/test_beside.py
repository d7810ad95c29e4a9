"""Products that are found beside a text's, because somebody else found them by meaning."""

from engines.plan import FacetRequest, Selection, Sort
from engines.port import Schema
from language.filters.tree import Compare
from tests.conformance.catalogue import KINDS, document, search_plan
from tests.conformance.conftest import Fill

SHELF = [
    document("1", "red lamp", brand="HP", net="10.00"),
    document("2", "red lantern", brand="Acme", net="30.00"),
    document("3", "blue lamp", brand="HP", net="20.00", identifiers=("LAMP3",)),
    document("4", "torch", brand="HP", net="5.00"),
    document("5", "candle", brand="Acme", net="1.00"),
]


def test_products_beside_the_text_stand_behind_and_are_counted_once(fill: Fill) -> None:
    index = fill(SHELF)
    result = index.search(search_plan("red", also=("5", "1", "unknown"), facets=(FacetRequest("brand"),)))
    assert [hit.product.id for hit in result.hits][2:] == ["5"]
    assert {hit.product.id: hit.words for hit in result.hits} == {"1": 1, "2": 1, "5": 0}
    assert result.total == 3
    assert {value.value: value.count for value in result.facets[0].values} == {"Acme": 2, "HP": 1}


def test_filters_selections_and_orders_hold_beside_the_text(fill: Fill) -> None:
    index = fill(SHELF)
    result = index.search(search_plan("red", also=("4", "5"), filter=Compare("brand", "=", "Acme")))
    assert [hit.product.id for hit in result.hits] == ["2", "5"]
    result = index.search(search_plan("red", also=("4", "5"), selections=(Selection("brand", ("HP",)),)))
    assert ([hit.product.id for hit in result.hits], result.total) == (["1", "4"], 2)
    cheapest = index.search(search_plan("red", also=("4", "5"), sort=Sort("price", descending=False)))
    assert [hit.product.id for hit in cheapest.hits] == ["5", "4", "1", "2"]


def test_products_beside_the_text_do_not_make_up_for_words_that_too_few_products_match(fill: Fill) -> None:
    index = fill([*SHELF, *(document(f"x{at}", "red thing") for at in range(12))])
    alone = index.search(search_plan("red lamp", limit=50))
    beside = index.search(search_plan("red lamp", also=tuple(f"x{at}" for at in range(12)), limit=50))
    assert beside.words == alone.words
    assert [hit.product.id for hit in beside.hits][: alone.total] == [hit.product.id for hit in alone.hits]


def test_pages_and_cursors_go_on_through_what_is_beside_the_text(fill: Fill) -> None:
    index = fill(SHELF)
    seen: list[str] = []
    cursor = None
    while True:
        result = index.search(search_plan("red", also=("3", "4", "5"), limit=2, cursor=cursor))
        seen += [hit.product.id for hit in result.hits]
        cursor = result.cursor
        if cursor is None:
            break
    assert sorted(seen) == ["1", "2", "3", "4", "5"]
    assert set(seen[:2]) == {"1", "2"}


def test_a_version_says_which_model_made_its_vectors(fill: Fill) -> None:
    assert fill(SHELF, Schema(("en",), kinds=KINDS, encoder="minilm-1")).stats().encoder == "minilm-1"
    assert fill(SHELF).stats().encoder == ""
