"""What the blend is trained for."""

import numpy as np

from recommender.behaviour import read_behaviour
from recommender.objective import grades
from tests.recommender.conftest import ARTICLES, order


def test_an_order_counts_by_the_quarter_of_what_its_lines_bring() -> None:
    orders = [order(str(at), at, "a", (article, at + 1)) for at, article in enumerate(ARTICLES)]
    behaviour = read_behaviour(orders)
    unknown = np.full(len(ARTICLES), np.nan, dtype=np.float32)
    assert set(grades("conversion", behaviour, unknown)) == {1}
    assert grades("revenue", behaviour, unknown).tolist() == [1] * 6 + [2] * 6 + [3] * 6 + [4] * 6


def test_margin_turns_the_grades_where_the_dear_cost_most_and_an_unknown_cost_is_a_two() -> None:
    behaviour = read_behaviour([order(str(at), at, "a", (article, 1)) for at, article in enumerate(ARTICLES)])
    costs = np.linspace(0, 2.4, len(ARTICLES)).astype(np.float32)
    costs[0] = np.nan
    found = grades("margin", behaviour, costs)
    assert found[0] == 2
    assert (np.diff(found[1:]) <= 0).all()
    assert (found[1], found[-1]) == (4, 1)
