"""Intervals cover all numbers, whatever they are like and however many there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.plan import Interval
from engines.ranges import Numbers, choosable, intervals

SIZES = st.sampled_from([1, 2, 9, 300, 12_000, 60_000])


def check(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[tuple[Interval, int]]:
    found = intervals(Numbers(values))
    assert sum(count for _, count in found) == len(values)
    assert all(count > 0 for _, count in found)
    for interval, count in found:
        least = -np.inf if interval.gte is None else interval.gte
        below = np.inf if interval.lt is None else interval.lt
        assert count == np.count_nonzero((values >= least) & (values < below))
    return found


@settings(max_examples=60, deadline=None)
@given(SIZES, st.integers(1, 50), st.integers(0, 2**32), st.sampled_from(["few", "spread", "one", "turns"]))
def test_intervals_cover_every_number_once(size: int, distinct: int, seed: int, shape: str) -> None:
    drawn = np.random.default_rng(seed)
    if shape == "few":
        values = drawn.integers(0, distinct, size).astype(np.float64)
    elif shape == "spread":
        values = drawn.lognormal(3, 2, size).round(2)
    elif shape == "one":
        values = np.full(size, 5.0)
        values[: min(size, distinct)] = drawn.normal(0, 100, min(size, distinct))
    else:
        # Values that come in turn: every n-th number would see one of them only.
        values = np.where(np.arange(size) % distinct == 0, 12345.67, drawn.lognormal(3, 1, size).round(2))
    check(values)


@pytest.mark.parametrize("step", [2, 4, 10, 40])
def test_a_value_that_comes_in_turn_does_not_hide_the_others(step: int) -> None:
    values = np.arange(100_000, dtype=np.float64) % 997
    values[::step] = 12345.0
    assert len(check(values)) > 1


def test_prices_are_cut_at_few_round_sums_where_other_numbers_are_cut_evenly() -> None:
    values = np.concatenate([np.linspace(lowest, lowest * 1.2, 30) for lowest in (9.9, 99.0, 499.0, 1_499.0)])
    prices = [interval.gte for interval, _ in choosable("price", Numbers(values), even=True)]
    assert prices == [None, 100.0, 500.0, 1000.0]
    assert len(choosable("attributes.weight", Numbers(values), even=True)) == 8
