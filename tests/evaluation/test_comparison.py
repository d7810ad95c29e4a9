"""Two searches on the same judgments, and a search beside its past."""

import pytest

from evaluation.comparison import compare, figures, regressions
from evaluation.search_quality import SearchQuality, evaluate_search

JUDGMENTS = {"a": {"1": 3.0, "2": 0.0}, "b": {"3": 2.0, "4": 1.0}, "c": {"5": 1.0}, "none": {"6": 0.0}}
BEST = {"a": ["1", "2"], "b": ["3", "4"], "c": ["5"]}
WORSE = {"a": ["1", "2"], "b": ["4", "3"], "c": []}


def quality(answers: dict[str, list[str]]) -> SearchQuality:
    return evaluate_search(JUDGMENTS, lambda query: answers.get(query, []))


def test_wins_and_losses_are_paired_by_query_and_ordered_by_how_much_they_matter() -> None:
    found = compare(quality(BEST), quality(WORSE))
    assert [row.query for row in found.wins] == ["c", "b"]
    assert found.losses == ()
    assert found.difference["recall"].value == pytest.approx(1 / 3)
    mean = found.difference["ndcg"]
    assert 0 <= mean.low <= mean.value <= mean.high
    other_way = compare(quality(WORSE), quality(BEST))
    assert [row.query for row in other_way.losses] == ["c", "b"]


def test_a_search_compared_with_itself_differs_in_nothing() -> None:
    found = compare(quality(WORSE), quality(WORSE))
    assert (found.wins, found.losses, found.difference["ndcg"].value) == ((), (), 0.0)


def test_a_regression_names_the_figure_and_an_improvement_is_none() -> None:
    baseline = figures(quality(BEST))
    assert regressions(quality(BEST), baseline) == []
    assert regressions(quality(BEST), figures(quality(WORSE))) == []
    sentences = regressions(quality(WORSE), baseline)
    assert any(sentence.startswith("recall is 0.6667, was 1.0000") for sentence in sentences)
