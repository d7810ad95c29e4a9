"""The options of a question, and what it is worth."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engines.plan import Interval
from engines.ranges import Numbers, even_intervals, span
from engines.results import Facet, FacetValue
from language.dictionary import AttributeEntry
from language.filters.tree import Compare
from ranking.guide.answerability import chance
from ranking.guide.conversation import AnyOf, NoneOf
from ranking.guide.gain import expected_questions, expected_remaining
from ranking.guide.options import MOST_OPTIONS, choices_of, filter_of
from ranking.guide.wording import question_text

NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=200)


def terms(*counts: int) -> Facet:
    values = tuple(FacetValue(count, f"v{at}") for at, count in enumerate(counts))
    return Facet("attributes.connector", "terms", values)


def test_eight_values_are_all_named() -> None:
    [found] = choices_of(terms(*range(8, 0, -1)), "en", {}, "EUR")
    assert [each.label for each in found.options] == [f"v{at}" for at in range(8)]


def test_more_values_are_named_as_far_as_they_go_and_the_others_are_one_option() -> None:
    [found] = choices_of(terms(*range(20, 0, -1)), "de", {}, "EUR")
    *named, rest = found.options
    assert len(named) == 7
    assert rest.value == NoneOf(tuple(str(each.value) for each in named))
    assert rest.label == "Etwas anderes"
    assert rest.count == sum(range(20, 0, -1)) - sum(each.count for each in named)


def test_one_value_is_no_question() -> None:
    assert choices_of(terms(5), "en", {}, "EUR") == []
    assert choices_of(Facet("attributes.wireless", "boolean", (FacetValue(3, value=True),)), "en", {}, "EUR") == []


def test_truth_values_are_json_booleans() -> None:
    facet = Facet("attributes.wireless", "boolean", (FacetValue(3, value=False), FacetValue(4, value=True)))
    [found] = choices_of(facet, "de", {}, "EUR")
    assert [(each.value, each.label, each.count) for each in found.options] == [(True, "Ja", 4), (False, "Nein", 3)]


def test_each_level_of_a_hierarchy_is_a_question_of_its_own() -> None:
    paths = [("A", 1, 10), ("A > B", 2, 6), ("A > C", 2, 4)]
    facet = Facet("category", "hierarchy", tuple(FacetValue(count, path, level=at) for path, at, count in paths))
    [found] = choices_of(facet, "en", {}, "EUR")
    assert [(each.value, each.label) for each in found.options] == [("A > B", "B"), ("A > C", "C")]


def test_ranges_are_called_by_their_edges_and_a_single_number_by_itself() -> None:
    values = (
        FacetValue(2, interval=Interval(None, 10.0), span=(3.0, 9.0)),
        FacetValue(3, interval=Interval(10.0, 20.0), span=(15.6, 15.6)),
        FacetValue(4, interval=Interval(20.0, None), span=(20.0, 1500.0)),
    )
    dictionary = {"width": AttributeEntry("width", "number", unit="cm")}
    [found] = choices_of(Facet("attributes.width", "range", values), "de", dictionary, "EUR")
    assert [each.label for each in found.options] == ["unter 10 cm", "15,6 cm", "ab 20 cm"]
    [price] = choices_of(Facet("price", "range", values), "en", dictionary, "EUR")
    assert price.options[0].label == "under 10 EUR"


@given(NUMBERS)
def test_even_intervals_hold_every_number_once(values: list[float]) -> None:
    numbers = Numbers(np.array(values))
    found = even_intervals(numbers)
    assert 1 <= len(found) <= MOST_OPTIONS
    assert sum(count for _, count in found) == len(values)
    for interval, count in found:
        low, high = span(numbers, interval) or (0.0, 0.0)
        inside = [v for v in values if (interval.gte is None or v >= interval.gte)]
        inside = [v for v in inside if interval.lt is None or v < interval.lt]
        assert len(inside) == count
        assert (low, high) == (min(inside), max(inside))


def test_even_intervals_are_about_equally_full() -> None:
    numbers = Numbers(np.arange(1.0, 801.0))
    counts = [count for _, count in even_intervals(numbers)]
    assert len(counts) == 8
    assert max(counts) <= 200
    assert min(counts) >= 50


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 50), st.floats(0.0, 1.0))
def test_a_question_never_leaves_more_than_there_is(counts: list[int], missing: int, sure: float) -> None:
    total = sum(counts) + missing
    assert 0.0 <= expected_remaining(counts, total, sure) <= total + 1e-9


def test_even_options_missing_values_and_doubt_are_weighed() -> None:
    assert expected_remaining([50, 50], 100, 1.0) == 50.0
    assert expected_remaining([90, 10], 100, 1.0) == 82.0
    assert expected_remaining([50], 100, 1.0) == 75.0
    assert expected_remaining([50, 50], 100, 0.5) == 75.0


def test_what_everyone_knows_is_asked_before_what_stands_in_a_data_sheet() -> None:
    assert chance("brand") > chance("attributes.width") > chance("attributes.package_width") > 0.0
    assert chance("attributes.product_colour") > chance("attributes.processor_codename")
    assert chance("gtin") == 0.0


def test_what_buyers_filter_by_is_asked_sooner() -> None:
    assert chance("attributes.width", {"attributes.width": 0.8}) > chance("attributes.width")
    assert chance("gtin", {"gtin": 1.0}) == 0.0


def test_questions_are_worded_in_both_languages() -> None:
    dictionary = {"cable_length": AttributeEntry("cable_length", "number", {"de": "Kabellänge"}, unit="m")}
    assert question_text("brand", "choice", "de-AT", dictionary) == "Welche Marke soll es sein?"
    assert question_text("attributes.cable_length", "range", "de", dictionary) == "Kabellänge (m): welcher Bereich?"
    assert question_text("attributes.cable_colour", "choice", "en", {}) == "Which cable colour?"
    assert question_text("attributes.wi_fi", "yes_no", "en", {}) == "Wi-Fi: yes or no?"


def test_a_question_that_settles_the_choice_for_most_is_worth_more_than_one_that_halves_it_for_all() -> None:
    settling, halving = [10, 10, 10, 10, 10, 50], [50, 50]
    assert expected_questions(settling, 100, 1.0) < expected_questions(halving, 100, 1.0)
    assert expected_remaining([1] * 50 + [50], 100, 1.0) > expected_remaining([25] * 4, 100, 1.0)
    assert expected_questions([1] * 50 + [50], 100, 1.0) < expected_questions([25] * 4, 100, 1.0)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(0, 60), st.floats(0.0, 1.0))
def test_no_question_makes_more_questions_than_none(counts: list[int], missing: int, sure: float) -> None:
    total = sum(counts) + missing
    assert expected_questions(counts, total, sure) <= expected_questions([], total, sure) + 1e-9


def test_values_that_differ_in_case_or_spaces_only_are_one_option() -> None:
    values = [("Magenta", 5), ("magenta", 3), ("Cyan", 6), ("CYAN ", 1), ("Black", 9)]
    facet = Facet("attributes.colour", "terms", tuple(FacetValue(count, value) for value, count in values))
    [choices] = choices_of(facet, "en", {}, "EUR")
    assert [(each.label, each.count) for each in choices.options] == [("Black", 9), ("Magenta", 8), ("Cyan", 7)]
    assert choices.options[1].value == AnyOf(("Magenta", "magenta"))
    assert filter_of("attributes.colour", choices.options[0].value) == Compare("attributes.colour", "=", "Black")
