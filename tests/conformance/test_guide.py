"""The guide over every engine: what is counted is what is there, and answers only ever narrow a choice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.buyer import ANONYMOUS
from commerce.pricing import Assortment, Selected
from engines.port import Document, SearchEngine
from language.filters.tree import Compare, Scalar
from ranking.guide.conversation import Answer, AnswerValue, GuideAnswer, GuideRequest, InvalidAnswer, Question
from ranking.guide.gain import SHOWN
from ranking.guide.guide import guide
from ranking.guide.options import filter_of
from tests.conformance.catalogue import document, holds, priced, random_documents
from tests.conformance.conftest import Fill

BUYER = ANONYMOUS


def shelf() -> list[Document]:
    """Notebooks and bags: 40 products, of which every fourth has no colour."""
    found = []
    for at in range(40):
        values: dict[str, Scalar | tuple[Scalar, ...]] = {
            "brand": ["HP", "Acme", "Ötztal"][at % 3],
            "weight": float(at % 10),
            "wireless": at % 2 == 0,
            "category": "Notebook" if at < 30 else "Bag",
        }
        if at % 4:
            values["colour"] = ["Black", "White", "Blue"][at % 3]
        found.append(document(f"p{at}", f"notebook {at}", net=f"{100 + at}.00", **values))
    return found


def turn(index: object, *answers: tuple[str, AnswerValue], query: str = "", **options: object) -> GuideAnswer:
    request = GuideRequest(query=query, answers=tuple(Answer(*each) for each in answers), **options)  # type: ignore[arg-type]
    return guide(index, request, BUYER, "EUR")  # type: ignore[arg-type]


def assert_counts_are_true(question: Question, left: dict[str, dict[str, tuple[Scalar, ...]]]) -> None:
    for option in question.options:
        condition = filter_of(question.field, option.value)
        assert condition is not None
        assert option.count == sum(holds(condition, values) for values in left.values()), option


def test_a_conversation_ends_at_one_product_or_where_nothing_divides(fill: Fill) -> None:
    index = fill(shelf())
    answers: list[tuple[str, AnswerValue]] = []
    left = priced(shelf())
    while True:
        answer = turn(index, *answers)
        assert answer.remaining == len(left)
        assert len(answer.candidates) == min(len(left), SHOWN)
        assert {each.hit.product.id for each in answer.candidates} <= left.keys()
        question = answer.question
        if question is None:
            break
        assert 2 <= len(question.options) <= 8
        assert 0 < question.expected_remaining <= answer.remaining
        assert_counts_are_true(question, left)
        value = question.options[0].value
        condition = filter_of(question.field, value)
        assert condition is not None
        left = {identity: values for identity, values in left.items() if holds(condition, values)}
        answers.append((question.id, value))
    assert len(left) == 1
    assert [each.hit.product.id for each in answer.candidates] == list(left)


def test_a_query_that_names_a_category_is_about_what_stands_in_it(fill: Fill) -> None:
    answer = turn(fill(shelf()), query="Notebooks")
    assert (answer.remaining, answer.category) == (30, "Notebook")


def test_not_knowing_and_not_minding_leave_all_and_are_not_asked_again(fill: Fill) -> None:
    index = fill(shelf())
    first = turn(index).question
    assert first is not None
    for value in (None, "any"):
        answer = turn(index, (first.id, value))
        assert answer.remaining == 40
        assert answer.question is not None
        assert answer.question.id != first.id


def test_what_the_buyer_does_not_know_is_likelier_where_there_is_no_value(fill: Fill) -> None:
    answer = turn(fill(shelf()), ("attributes.colour", None), query="Notebook")
    without_colour = {f"p{at}" for at in range(0, 30, 4)}
    shown = [each.hit.product.id for each in answer.candidates]
    assert set(shown[:8]) == without_colour
    assert answer.remaining == 30


def test_the_newest_answer_to_a_question_counts(fill: Fill) -> None:
    index = fill(shelf())
    assert turn(index, ("brand", "HP"), ("brand", "Acme")).remaining == turn(index, ("brand", "Acme")).remaining


def test_of_answers_that_contradict_each_other_the_older_one_is_given_up(fill: Fill) -> None:
    index = fill(shelf())
    answer = turn(index, ("category", "Bag"), ("attributes.wireless", True), ("price", filter_price(100, 110)))
    assert [each.answer.question for each in answer.answers if each.given_up] == ["category"]
    assert answer.remaining == 5
    assert answer.relaxed == ("Nothing fits all of it, so this was given up: Category: Bag.",)


def filter_price(low: float, high: float) -> AnswerValue:
    from engines.plan import Interval

    return Interval(low, high)


def test_answers_in_words_are_understood(fill: Fill) -> None:
    index = fill(shelf())
    assert turn(index, ("brand", "hp")).remaining == turn(index, ("brand", "HP")).remaining
    assert turn(index, ("price", "under 110 euros")).remaining == 10
    assert turn(index, ("attributes.wireless", "ja")).remaining == 20
    assert turn(index, ("attributes.weight", "5")).remaining == 4
    assert turn(index, ("attributes.colour", "black or blue")).remaining == 20
    lost = turn(index, ("attributes.colour", "something nice"))
    assert (lost.remaining, [each.given_up for each in lost.answers]) == (40, [True])


def test_what_the_buyer_would_prefer_ranks_and_filters_nothing(fill: Fill) -> None:
    index = fill(shelf())
    request = GuideRequest(answers=(Answer("category", "Bag", "prefer"),))
    answer = guide(index, request, BUYER, "EUR")
    assert answer.remaining == 40
    assert {int(each.hit.product.id[1:]) for each in answer.candidates} == set(range(30, 40))


def test_candidates_say_which_answers_they_fit(fill: Fill) -> None:
    answer = turn(fill(shelf()), ("brand", "HP"))
    stages = answer.candidates[0].stages
    assert stages is not None
    assert stages[0].detail == "fits Brand: HP"


@pytest.mark.parametrize(("question", "value"), [("brand", filter_price(1, 2)), ("nothing", "x"), ("price", True)])
def test_an_answer_that_no_question_has_is_refused(fill: Fill, question: str, value: AnswerValue) -> None:
    with pytest.raises(InvalidAnswer):
        turn(fill(shelf()), (question, value))


def test_nothing_hidden_is_counted_named_or_shown(engine: SearchEngine, catalog_names: object) -> None:
    from dataclasses import replace

    from tests.conformance.catalogue import SCHEMA

    catalog = next(catalog_names)  # type: ignore[call-overload]
    version = engine.create(catalog, SCHEMA)
    builder = engine.builder(catalog, version)
    builder.write(shelf())
    builder.put_assortment(Assortment("bags", Selected(filter=Compare("category", "=", "Bag"))))
    builder.commit(1)
    builder.close()
    engine.switch(catalog, version)
    index = engine.open(catalog)
    assert index is not None
    buyer = replace(ANONYMOUS, assortments=("bags",))
    for query in ("", "Notebook"):
        answer = guide(index, GuideRequest(query=query), buyer, "EUR")
        assert answer.remaining == 10
        assert answer.category is None
        assert all(int(each.hit.product.id[1:]) >= 30 for each in answer.candidates)
        assert answer.question is not None
        assert sum(each.count for each in answer.question.options) <= 10


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents=random_documents(), picks=st.lists(st.integers(0, 7), min_size=1, max_size=6))
def test_options_are_counted_as_by_hand_and_answers_never_widen_a_choice(
    fill: Fill, documents: list[Document], picks: list[int]
) -> None:
    index = fill(documents)
    answers: list[tuple[str, AnswerValue]] = []
    left = priced(documents)
    for pick in picks:
        answer = turn(index, *answers)
        assert answer.remaining == len(left)
        if answer.question is None:
            break
        assert_counts_are_true(answer.question, left)
        option = answer.question.options[pick % len(answer.question.options)]
        condition = filter_of(answer.question.field, option.value)
        assert condition is not None
        narrowed = {identity: values for identity, values in left.items() if holds(condition, values)}
        assert len(narrowed) <= len(left)
        left = narrowed
        answers.append((answer.question.id, option.value))
