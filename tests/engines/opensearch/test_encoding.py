"""How values become terms."""

import math

from hypothesis import given
from hypothesis import strategies as st

from engines.opensearch.encoding import field_of, number_name, number_term, numbering, numbers_of, sortable, text_term

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE, FINITE)
def test_terms_of_numbers_sort_as_the_numbers_do(first: float, second: float) -> None:
    assert (sortable(first) < sortable(second)) == (first < second)
    assert (sortable(first) == sortable(second)) == (first == second)


@given(st.lists(FINITE, min_size=1))
def test_numbers_come_back_as_they_were(values: list[float]) -> None:
    terms = [number_term("1c", value) for value in values]
    assert numbers_of(terms).tolist() == values
    assert {field_of(term) for term in terms} == {"1c"}


def test_infinities_stand_at_the_ends() -> None:
    ordered = [-math.inf, -1.5, 0.0, 1e-300, 2.0, math.inf]
    assert [sortable(value) for value in ordered] == sorted(sortable(value) for value in ordered)


@given(st.sets(st.integers(0, 100_000), min_size=2))
def test_terms_of_different_fields_never_begin_alike(numbers: set[int]) -> None:
    begins = [text_term(number_name(number), "") for number in numbers]
    assert not any(one != other and one.startswith(other) for one in begins for other in begins)


def test_fields_keep_their_numbers_when_others_are_added() -> None:
    kinds = {f"attributes.a{at}": "text" for at in range(5_000)}
    before = numbering(kinds)
    after = numbering({**kinds, "attributes.new": "number"})
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 5_001


def test_truth_is_spelled_as_json_spells_it() -> None:
    assert text_term("1", True) == "1=true"
    assert number_term("1", 0.0) == number_term("1", -0.0)
