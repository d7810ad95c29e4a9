"""What changed is told from what chance does, by a known index and by simulation."""

from datetime import UTC, datetime
from decimal import Decimal
from math import log

import numpy as np
import pytest

from commerce.event import Event, SearchRecord
from commerce.order import Order, OrderLine
from evaluation.behaviour.drift import distributions, drifts, population_stability
from evaluation.behaviour.outcomes import outcomes

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def searches(texts: list[str]) -> list[SearchRecord]:
    return [SearchRecord(f"{text} {at}", NOON, text, 10 + at % 7, client="c") for at, text in enumerate(texts)]


def test_the_index_is_that_of_its_formula() -> None:
    expected = (0.6 - 0.5) * log(0.6 / 0.5) + (0.4 - 0.5) * log(0.4 / 0.5)
    assert population_stability([500_000, 500_000], [600_000, 400_000]) == pytest.approx(expected, rel=1e-4)
    assert population_stability([3, 4, 5], [3, 4, 5]) == 0.0


def test_other_queries_and_dearer_products_are_changes_and_the_rest_is_steady() -> None:
    before = ["lamp"] * 300 + ["table"] * 200 + ["chair"] * 100
    now = ["lamp"] * 60 + ["table"] * 200 + ["garden hose"] * 340

    def orders(net: float) -> list[Order]:
        lines = tuple(OrderLine("p", Decimal(1), Decimal(str(net + at % 10))) for at in range(400))
        return [Order("o", NOON, lines)]

    found = {each.name: each for each in drifts(
        distributions(searches(before), [], orders(10)), distributions(searches(now), [], orders(14))
    )}  # fmt: skip
    assert found["queries"].verdict == found["prices"].verdict == "changed"
    assert found["queries"].moved[0][0] == "garden hose"
    assert found["found"].verdict == "steady"
    assert found["places clicked"].verdict == "too_little"


def test_chance_alone_is_called_a_change_about_once_in_a_hundred_times() -> None:
    rng = np.random.default_rng(4)
    names = [f"q{at}" for at in range(30)]
    called = 0
    for _ in range(200):
        drawn = [distributions(searches(rng.choice(names, 250).tolist()), []) for _ in range(2)]
        [queries] = [each for each in drifts(*drawn) if each.name == "queries"]
        called += queries.verdict != "steady"
        assert queries.index > 0.05
    assert called <= 10


def test_outcomes_say_when_less_is_clicked_beyond_chance() -> None:
    def time(share: float) -> tuple[list[SearchRecord], list[Event]]:
        asked = [SearchRecord(str(at), NOON, "q", 2, ("a", "b"), client="c") for at in range(1_000)]
        clicks = [Event(str(at), "click", NOON, query_id=str(at), object_id="b") for at in range(round(1_000 * share))]
        return asked, clicks

    by_name = {each.name: each for each in outcomes(time(0.5), time(0.4))}
    clicked = by_name["searches with a click"]
    assert (clicked.before, clicked.now, clicked.is_worse) == (0.5, 0.4, True)
    assert by_name["reciprocal place clicked"].now == 0.2
    assert by_name["units with a click"].lower is None
    assert not any(each.is_worse for each in outcomes(time(0.5), time(0.49)))
