"""What every engine finds, in which order."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.plan import FacetRequest, Interval, SearchPlan, Selection, Sort, TextMatch, Word
from engines.port import Document, InvalidCursor
from language.filters.tree import Compare, Filter
from tests.conformance.catalogue import (
    WEIGHTS,
    document,
    holds,
    priced,
    random_documents,
    random_filters,
    search_plan,
    selected,
    text,
)
from tests.conformance.conftest import Fill

ARTICLES = [
    document("1", "HP laptop 15 inch", brand="HP", colour="Black", weight=2.0, net="500.00", popularity=3),
    document("2", "HP laptop bag", brand="HP", colour=("Black", "Blue"), weight=0.5, net="30.00", popularity=9),
    document("3", "Acme laptop 13 inch", brand="Acme", colour="White", weight=1.2, net="700.00", wireless=True),
    document("4", "Acme printer", brand="Acme", net=None, wireless=False, identifiers=("AP4000",)),
    document("5", "Cable for the AP-4000", brand="Acme", weight=0.1, net="5.50", description="usb cable"),
]


def ids(index: object, plan: SearchPlan) -> list[str]:
    return [hit.product.id for hit in index.search(plan).hits]  # type: ignore[attr-defined]


def test_an_empty_index_answers_everything_with_nothing(fill: Fill) -> None:
    index = fill([])
    for plan in (search_plan(), search_plan("laptop"), search_plan("laptop", auto_facets=5)):
        result = index.search(plan)
        assert (result.hits, result.total, result.cursor) == ((), 0, None)
    assert index.get(["1"], SearchPlan().buyer) == {}
    assert list(index.suggest("l", 5, SearchPlan().buyer)) == []


def test_a_plan_may_ask_for_counts_alone(fill: Fill) -> None:
    result = fill(ARTICLES).search(search_plan("laptop", limit=0, facets=(FacetRequest("brand"),)))
    assert (result.hits, result.total, result.cursor) == ((), 3, None)
    assert result.facets[0].values[0].count == 2


def test_words_find_their_inflections_in_any_case(fill: Fill) -> None:
    assert set(ids(fill(ARTICLES), search_plan("LAPTOPS"))) == {"1", "2", "3"}


def test_a_word_in_the_title_outranks_the_same_word_in_the_description(fill: Fill) -> None:
    index = fill([document("a", "a thing", description="cable"), document("b", "cable")])
    assert ids(index, search_plan("cable")) == ["b", "a"]


def test_products_that_match_more_words_stand_first(fill: Fill) -> None:
    plan = SearchPlan(text=text("hp laptop bag", minimum=1))
    result = fill(ARTICLES).search(plan)
    assert [hit.product.id for hit in result.hits][:2] == ["2", "1"]
    assert result.words == 1


def test_partial_matches_are_left_out_where_enough_match_all_words(fill: Fill) -> None:
    index = fill(ARTICLES)
    result = index.search(SearchPlan(text=text("hp laptop", minimum=1, enough=2)))
    assert {hit.product.id for hit in result.hits} == {"1", "2"}
    assert result.words == 2


def test_a_part_number_stands_before_every_word_match(fill: Fill) -> None:
    plan = SearchPlan(text=text("AP 4000 cable", minimum=1, identifiers=("AP4000",)))
    result = fill(ARTICLES).search(plan)
    assert next(hit.product.id for hit in result.hits) == "4"
    assert [hit.by_identifier for hit in result.hits][:2] == [True, False]


def test_a_piece_of_a_part_number_stands_between_whole_ones_and_words(fill: Fill) -> None:
    index = fill([
        document("word", "n4711 cable"),
        document("inside", "printer", identifiers=("XXN4711", "884711000000")),
        document("begins", "drum", identifiers=("N4711X",)),
        document("whole", "toner", identifiers=("N4711",)),
        document("gtin", "n9999 ink", identifiers=("4006381333931",)),
    ])  # fmt: skip
    words = text("n4711", minimum=1)
    found = index.search(SearchPlan(text=replace(words, identifiers=("N4711",), pieces=("N4711",))))
    assert [hit.product.id for hit in found.hits] == ["whole", "begins", "inside", "word"]
    assert [hit.by_identifier for hit in found.hits] == [True, True, True, False]
    assert found.total == 4
    assert [hit.score > 0 for hit in found.hits] == [False, False, False, True]
    assert ids(index, SearchPlan(text=TextMatch((), words.fields, 1, pieces=("81333931",)))) == ["gtin"]
    assert ids(index, SearchPlan(text=TextMatch((), words.fields, 1, pieces=("8133393",)))) == []


def test_a_word_may_match_by_a_condition_on_values(fill: Fill) -> None:
    index = fill(ARTICLES)
    laptop = text("laptop").words[0]
    heavy = Word("2 kg", (), condition=Compare("attributes.weight", ">=", 1.5))
    found = index.search(SearchPlan(text=TextMatch((laptop, heavy), WEIGHTS, 1)))
    assert [hit.product.id for hit in found.hits][0] == "1"
    assert {hit.product.id for hit in found.hits} == {"1", "2", "3"}
    assert ids(index, SearchPlan(text=TextMatch((heavy,), WEIGHTS, 1))) == ["1"]


def test_a_correction_never_outranks_an_exact_match(fill: Fill) -> None:
    index = fill([document("exact", "cabel tv set long title"), document("near", "cable")])
    word = Word("cabel", (("cabel", 1.0), ("cabl", 0.1)))
    assert ids(index, SearchPlan(text=TextMatch((word,), WEIGHTS, 1))) == ["exact", "near"]


def test_a_prefix_matches_the_beginning_of_any_word(fill: Fill) -> None:
    word = Word("lap", (("lap", 1.0),), prefix="lap")
    assert set(ids(fill(ARTICLES), SearchPlan(text=TextMatch((word,), WEIGHTS, 1)))) == {"1", "2", "3"}


def test_words_that_stand_together_count_more(fill: Fill) -> None:
    index = fill([document("apart", "bag small laptop x"), document("together", "small laptop bag x")])
    words = text("laptop bag")
    plan = SearchPlan(text=TextMatch(words.words, WEIGHTS, 2, phrases=(("laptop", "bag"),)))
    assert ids(index, plan) == ["together", "apart"]


def test_nonsense_finds_nothing(fill: Fill) -> None:
    assert ids(fill(ARTICLES), search_plan("xqzzv")) == []


def test_unicode_texts_and_values_survive(fill: Fill) -> None:
    index = fill([document("☃ 1", "Müller’s größter Föhn 𝔘nicode\u2029end", colour="Ünïque ✓")])
    assert ids(index, search_plan("muller")) == ["☃ 1"]
    assert ids(index, SearchPlan(filter=Compare("attributes.colour", "=", "Ünïque ✓"))) == ["☃ 1"]
    assert index.get(["☃ 1"], SearchPlan().buyer)["☃ 1"].title.endswith("\u2029end")


def test_browsing_orders_by_popularity(fill: Fill) -> None:
    assert ids(fill(ARTICLES), search_plan()) == ["2", "1", "3", "4", "5"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort("price", descending=False), ["5", "2", "1", "3", "4"]),
        (Sort("price"), ["3", "1", "2", "5", "4"]),
        (Sort("attributes.weight", descending=False), ["5", "2", "3", "1", "4"]),
        (Sort("attributes.colour", descending=False), ["1", "2", "3", "4", "5"]),
        (Sort("attributes.colour"), ["3", "2", "1", "4", "5"]),
        (Sort("popularity"), ["2", "1", "3", "4", "5"]),
    ],
)
def test_sorting_puts_products_without_a_value_last_both_ways(fill: Fill, sort: Sort, expected: list[str]) -> None:
    assert ids(fill(ARTICLES), SearchPlan(sort=sort)) == expected


def test_pages_and_cursors_walk_the_same_order(fill: Fill) -> None:
    index = fill([document(f"{at:03}", "laptop", net=f"{at % 7}.00") for at in range(50)])
    for sort in (Sort("price"), Sort("relevance"), Sort("popularity")):
        whole = ids(index, search_plan("laptop", sort=sort, limit=100))
        pages = [ids(index, search_plan("laptop", sort=sort, limit=7, offset=at)) for at in range(0, 50, 7)]
        assert [each for page in pages for each in page] == whole
        walked, cursor = [], None
        while True:
            result = index.search(search_plan("laptop", sort=sort, limit=7, cursor=cursor))
            walked += [hit.product.id for hit in result.hits]
            cursor = result.cursor
            if cursor is None:
                break
        assert walked == whole


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "ü", "A" * 44, "=" * 44])
def test_a_cursor_that_is_not_ours_is_refused(fill: Fill, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        fill(ARTICLES).search(search_plan("laptop", cursor=cursor))


def test_a_cursor_of_another_search_is_refused(fill: Fill) -> None:
    index = fill(ARTICLES)
    cursor = index.search(search_plan("laptop", limit=1)).cursor
    with pytest.raises(InvalidCursor):
        index.search(search_plan("hp", limit=1, cursor=cursor))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(documents=random_documents(), node=random_filters())
def test_filters_agree_with_the_obvious_evaluation(fill: Fill, documents: list[Document], node: Filter) -> None:
    index = fill(documents)
    result = index.search(SearchPlan(filter=node, limit=100))
    expected = {identity for identity, values in priced(documents).items() if holds(node, values)}
    assert {hit.product.id for hit in result.hits} == expected
    assert sorted(index.ids(SearchPlan(filter=node, limit=0))) == sorted(expected)
    assert result.total == len(expected)


SELECTIONS = st.lists(
    st.one_of(
        st.builds(lambda v: Selection("brand", tuple(v)), st.lists(st.sampled_from(["HP", "Acme"]), min_size=1)),
        st.builds(lambda v: Selection("attributes.colour", (v,)), st.sampled_from(["Black", "Blue"])),
        st.builds(lambda v: Selection("attributes.wireless", (v,)), st.booleans()),
        st.builds(lambda v: Selection("price", (), (Interval(v, 1000.0),)), st.sampled_from([None, 9.99, 10.0])),
    ),
    max_size=3,
    unique_by=lambda selection: selection.field,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(documents=random_documents(), selections=SELECTIONS)
def test_each_facet_ignores_its_own_selection(
    fill: Fill, documents: list[Document], selections: list[Selection]
) -> None:
    index = fill(documents)
    fields = [f for f in ("brand", "attributes.colour", "attributes.wireless") if f in index.fields()]
    plan = SearchPlan(selections=tuple(selections), facets=tuple(FacetRequest(f) for f in fields), limit=100)
    result = index.search(plan)
    values = priced(documents)
    assert result.total == sum(all(selected(s, v) for s in selections) for v in values.values())
    assert len(index.ids(plan)) == result.total
    for facet in result.facets:
        others = [s for s in selections if s.field != facet.field]
        counts: dict[object, int] = {}
        for own in values.values():
            if all(selected(s, own) for s in others):
                for value in set(own.get(facet.field, ())):
                    counts[value] = counts.get(value, 0) + 1
        assert {line.value: line.count for line in facet.values if line.count} == counts
