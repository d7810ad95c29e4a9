"""Weights and caps of a unit."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from recommender.arranging import Caps, Choice, Weights, arrange

CHOICES = st.lists(
    st.builds(
        Choice,
        st.none() | st.floats(0, 1e6),
        st.floats(0, 1),
        st.none() | st.sampled_from("AB"),
        st.none() | st.sampled_from("xyz"),
    ),
    max_size=30,
)
PART = st.floats(0, 1)
WEIGHTS = st.builds(Weights, PART, PART, PART, PART, PART)
CAP = st.none() | st.integers(1, 3)


def of(*rows: tuple[float | None, float, str | None]) -> list[Choice]:
    return [Choice(price, share, brand, None) for price, share, brand in rows]


def test_without_weights_and_caps_the_order_of_relevance_stays() -> None:
    assert arrange(of((1, 0, "A"), (9, 0, "A"), (5, 0, "A")), 2, Weights(), Caps()) == [0, 1]


def test_revenue_novelty_and_diversity_each_have_their_way_alone() -> None:
    choices = of((1, 0.9, "A"), (9, 0.5, "A"), (5, 0.1, "B"))
    assert arrange(choices, 3, Weights(relevance=0, revenue=1), Caps()) == [1, 2, 0]
    assert arrange(choices, 3, Weights(relevance=0, novelty=1), Caps()) == [2, 1, 0]
    assert arrange(choices, 3, Weights(relevance=0.1, diversity=1), Caps()) == [0, 2, 1]


def test_margin_goes_by_what_is_left_and_what_is_not_known_stands_in_the_middle() -> None:
    choices = [Choice(9, 0, None, None, margin=1), Choice(5, 0, None, None, margin=4), Choice(7, 0, None, None)]
    assert arrange(choices, 3, Weights(relevance=0, margin=1), Caps()) == [1, 2, 0]


def test_a_cap_skips_and_what_stands_already_counts() -> None:
    choices = of((1, 0, "A"), (1, 0, "A"), (1, 0, None), (1, 0, None), (1, 0, "B"))
    assert arrange(choices, 5, Weights(), Caps(brand=1)) == [0, 2, 3, 4]
    assert arrange(choices, 5, Weights(), Caps(brand=1), settled=2) == [0, 1, 2, 3, 4]


@given(CHOICES, st.integers(0, 12), WEIGHTS, CAP, CAP)
def test_caps_always_hold_and_nothing_is_shown_twice(
    choices: list[Choice], count: int, weights: Weights, brand: int | None, category: int | None
) -> None:
    places = arrange(choices, count, weights, Caps(brand, category))
    assert len(places) == len(set(places)) <= count
    shown = [choices[place] for place in places]
    for cap, values in ((brand, [each.brand for each in shown]), (category, [each.category for each in shown])):
        if cap is not None:
            assert all(number <= cap for value, number in Counter(values).items() if value is not None)
    if brand is None and category is None:
        assert len(places) == min(count, len(choices))
