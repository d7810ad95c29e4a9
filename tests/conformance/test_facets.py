"""What every engine counts and completes."""

import itertools
from dataclasses import replace

from engines.plan import FacetRequest, Interval, SearchPlan, Selection
from engines.port import Schema
from language.filters.tree import Compare, Not
from tests.conformance.catalogue import SCHEMA, document, search_plan
from tests.conformance.conftest import Fill

SHELF = [
    document(
        str(at),
        f"notebook {at}",
        net=f"{100 + at * 10}.00",
        brand="HP" if at % 3 else "Acme",
        colour=["Black", "White", "Blue"][at % 3],
        weight=float(at % 5),
        wireless=at % 2 == 0,
        category=("Computers", "Computers > Notebooks") if at < 20 else ("Computers", "Computers > Tablets"),
        suggestions=("notebook", f"hp notebook {at}"),
    )
    for at in range(30)
]


def test_a_hierarchy_counts_every_level(fill: Fill) -> None:
    result = fill(SHELF).search(SearchPlan(facets=(FacetRequest("category"),)))
    found = {value.value: (value.count, value.level) for value in result.facets[0].values}
    assert found == {"Computers": (30, 1), "Computers > Notebooks": (20, 2), "Computers > Tablets": (10, 2)}


def test_a_number_is_cut_into_ranges_that_cover_all_hits(fill: Fill) -> None:
    facet = fill(SHELF).search(SearchPlan(facets=(FacetRequest("price"),))).facets[0]
    assert facet.type == "range"
    assert sum(value.count for value in facet.values) == 30
    assert facet.stats == (100.0, 390.0, 245.0)
    edges = [value.interval for value in facet.values]
    assert edges[0].gte is None
    assert edges[-1].lt is None
    assert all(left.lt == right.gte for left, right in itertools.pairwise(edges))


def test_a_product_with_several_numbers_counts_once_in_a_range(fill: Fill) -> None:
    shelf = [document(str(at), "cable", weight=(1.0, 1.5, float(at))) for at in range(1, 21)]
    index = fill(shelf)
    for plan in (SearchPlan(facets=(FacetRequest("attributes.weight"),)), SearchPlan(auto_facets=5)):
        facet = next(each for each in index.search(plan).facets if each.field == "attributes.weight")
        assert facet.values[0].count == 20
        assert sum(value.count for value in facet.values[1:]) <= 20


def test_a_ticked_range_stays_in_the_facet(fill: Fill) -> None:
    ticked = Interval(120.0, 141.0)
    plan = SearchPlan(selections=(Selection("price", (), (ticked,)),), facets=(FacetRequest("price"),))
    result = fill(SHELF).search(plan)
    assert result.total == 3
    assert [(v.count, v.interval) for v in result.facets[0].values if v.selected] == [(3, ticked)]


def test_a_ticked_value_stays_even_without_a_hit(fill: Fill) -> None:
    plan = SearchPlan(selections=(Selection("brand", ("Nobody",)),), facets=(FacetRequest("brand"),))
    facet = fill(SHELF).search(plan).facets[0]
    assert [(v.value, v.count, v.selected) for v in facet.values] == [
        ("HP", 20, False),
        ("Acme", 10, False),
        ("Nobody", 0, True),
    ]


def test_facet_values_can_be_searched_by_their_beginning(fill: Fill) -> None:
    result = fill(SHELF).search(SearchPlan(facets=(FacetRequest("attributes.colour", prefix="bl"),)))
    assert {value.value for value in result.facets[0].values} == {"Black", "Blue"}


def test_facet_values_are_limited_to_the_most_frequent(fill: Fill) -> None:
    result = fill(SHELF).search(SearchPlan(facets=(FacetRequest("brand", limit=1),)))
    assert [value.value for value in result.facets[0].values] == ["HP"]


def test_automatic_facets_divide_the_hits(fill: Fill) -> None:
    result = fill(SHELF).search(search_plan("notebook", auto_facets=10))
    fields = [facet.field for facet in result.facets]
    assert fields[:3] == ["category", "brand", "price"]
    assert {"attributes.colour", "attributes.wireless"} <= set(fields)
    assert "id" not in fields


def test_automatic_facets_leave_out_what_all_hits_share(fill: Fill) -> None:
    shelf = [document(str(at), "pen", brand="Acme", colour=f"c{at % 2}") for at in range(10)]
    result = fill(shelf).search(search_plan("pen", auto_facets=10))
    assert [facet.field for facet in result.facets] == ["attributes.colour"]


def test_thousands_of_attributes_are_filtered_counted_and_chosen_from(fill: Fill) -> None:
    kinds = {**SCHEMA.kinds, **{f"attributes.a{at}": "text" for at in range(3000)}}
    shelf = [
        document(str(at), "widget", **{f"a{at * 10 + step}": "yes" for step in range(10)}, brand=f"b{at % 3}")
        for at in range(300)
    ]
    index = fill(shelf, Schema(("en",), kinds=kinds))
    assert len(index.fields()) > 3000
    result = index.search(search_plan("widget", facets=(FacetRequest("attributes.a2999"),), auto_facets=5))
    assert result.facets[0].values[0].count == 1
    assert result.facets[1].field == "brand"


def test_typing_completes_phrases_by_any_of_their_words(fill: Fill) -> None:
    index = fill(SHELF)
    texts = [each.text for each in index.suggest("note", 3, SearchPlan().buyer) if each.kind == "query"]
    assert texts[0] == "notebook"
    brands = [(each.text, each.count) for each in index.suggest("ac", 3, SearchPlan().buyer) if each.kind == "brand"]
    assert brands == [("Acme", 10)]


def test_the_vocabulary_counts_products_by_word(fill: Fill) -> None:
    words = fill(SHELF).vocabulary("en")
    assert words.count("notebook") == 30
    assert words.knows("notebooks", "notebook")
    assert not words.knows("tractor", "tractor")


def test_what_was_read_from_texts_is_counted_when_asked_for_and_never_chosen(fill: Fill) -> None:
    stated = ("attributes.colour", "attributes.weight", "attributes.wireless")
    shelf = [document(str(at), "notebook", brand="HP", colour="Red") for at in range(32)]
    shelf = [replace(each, values={**each.values, "extracted": stated[: at % 4]}) for at, each in enumerate(shelf)]
    index = fill(shelf, replace(SCHEMA, kinds={**SCHEMA.kinds, "extracted": "text"}))
    asked = index.search(SearchPlan(facets=(FacetRequest("extracted"),))).facets[0]
    assert {value.value: value.count for value in asked.values} == dict(zip(stated, (24, 16, 8), strict=True))
    assert "extracted" not in {each.field for each in index.search(SearchPlan(auto_facets=20)).facets}
    left = index.search(SearchPlan(filter=Not(Compare("extracted", "=", stated[0])), limit=0))
    assert left.total == 8
