"""Looking all the time misleads no more often than promised, and what is worth finding is found."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.experiments import false_positives, found_uplifts
from evaluation.experiments.interleaving import preference, team_draft
from evaluation.experiments.planning import sample_size, share_deviation
from evaluation.experiments.ratio import MISMATCH, ratio_p_value
from evaluation.experiments.sequential import Sample, compared, p_value, radius


def share(count: int, of: int) -> Sample:
    return Sample(of, float(count), float(count))


def test_a_thousand_experiments_without_a_difference_mislead_at_most_one_in_twenty() -> None:
    assert false_positives(simulations=1_000, looks=300, each=50, share=0.1, seed=1) <= 0.05


def test_a_planted_uplift_is_found_at_the_promised_power() -> None:
    planned = sample_size(0.1, share_deviation(0.1), 0.05, power=0.8)
    found, used = found_uplifts(simulations=300, share=0.1, uplift=0.05, per_arm=planned.at_most, looks=300, seed=2)
    assert found >= 0.8
    assert used < planned.at_most


def test_the_radius_is_where_the_ratio_reaches_one_in_alpha() -> None:
    for variance, tau, alpha in ((1e-4, 0.005, 0.05), (2e-6, 0.02, 0.01)):
        assert p_value(radius(variance, tau, alpha), variance, tau) == pytest.approx(alpha)


def test_nothing_is_said_of_too_few_buyers() -> None:
    for control, arm in ((share(0, 0), share(0, 0)), (share(9, 150), share(90, 150)), (share(0, 900), share(0, 900))):
        found = compared(control, arm, uplift=0.05, alpha=0.05)
        assert (found.lower, found.upper, found.verdict) == (-inf, inf, "undecided")


def test_large_differences_are_told_either_way() -> None:
    control = share(1_000, 10_000)
    assert compared(control, share(1_300, 10_000), uplift=0.05, alpha=0.05).verdict == "better"
    assert compared(control, share(750, 10_000), uplift=0.05, alpha=0.05).verdict == "worse"
    assert compared(control, share(1_010, 10_000), uplift=0.05, alpha=0.05).verdict == "undecided"


def test_a_plan_for_one_look_is_the_textbooks() -> None:
    # Two-sided, 5 % and 80 %: 2 (1.95996 + 0.84162)^2 p (1 - p) / d^2 = 15.698 x 0.09 / 0.005^2
    planned = sample_size(0.1, share_deviation(0.1), 0.05)
    assert planned.fixed == pytest.approx(15.698 * 0.09 / 0.005**2, rel=1e-3)
    assert planned.fixed < planned.at_most < 3 * planned.fixed
    with pytest.raises(ValueError, match="are needed"):
        sample_size(0.1, 0.3, 0.0)


def test_a_wrong_share_is_noticed_and_a_right_one_is_not() -> None:
    assert ratio_p_value([5_000, 5_050], [1, 1]) > MISMATCH
    assert ratio_p_value([5_000, 5_600], [1, 1]) < MISMATCH
    assert ratio_p_value([9_000, 1_010], [9, 1]) > MISMATCH
    assert ratio_p_value([0, 0, 0], [1, 1, 1]) == 1.0
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(200):
        halves = np.cumsum(rng.binomial(100, 0.5, 200))
        wrong += any(ratio_p_value([int(a), 100 * (at + 1) - int(a)], [1, 1]) < MISMATCH for at, a in enumerate(halves))
    assert wrong <= 200 * 0.05


IDS = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(one=IDS, other=IDS, length=st.integers(0, 12), seed=st.text(max_size=5))
def test_a_drafted_list_holds_the_best_of_both_once(one: list[str], other: list[str], length: int, seed: str) -> None:
    drafted = team_draft(one, other, length, seed)
    ids = [each for each, _ in drafted]
    assert ids == list(dict.fromkeys(ids))
    assert len(ids) == min(length, len({*one, *other}))
    assert drafted == team_draft(one, other, length, seed)
    for team, ranking in enumerate((one, other)):
        own = [each for each, by in drafted if by == team]
        assert own == sorted(own, key=ranking.index)
    # After each round both teams have picked as often, as long as both have something to pick.
    if not set(one) & set(other) and len(one) == len(other):
        for at in range(2, len(drafted) + 1, 2):
            assert sum(team for _, team in drafted[:at]) == at // 2
    assert team_draft(one, one, length, seed) == [
        (each, team) for each, (_, team) in zip(one, team_draft(one, one, length, seed), strict=False)
    ]


def test_coins_are_fair_and_clicks_decide() -> None:
    firsts = [team_draft(["a"], ["b"], 1, str(seed))[0][1] for seed in range(2_000)]
    assert 900 < sum(firsts) < 1_100
    assert [preference(teams) for teams in ([], [0], [1], [1, 1, 0], [0, 1])] == [0, -1, 1, 1, 0]
