"""The judge, checked against a standard evaluator and by hand."""

from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import MappingError
from evaluation.judgments import read_judgments
from evaluation.metrics import bootstrap_interval, ndcg, recall, reciprocal_rank
from evaluation.search_quality import evaluate_search


@given(
    st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(0, 3), min_size=1),
    st.permutations("abcdefghijklmnop"),
)
def test_figures_agree_with_the_standard_evaluator(rated: dict[str, int], order: list[str]) -> None:
    gains = [float(rated.get(each, 0)) for each in order]
    judged = [float(rating) for rating in rated.values()]
    qrels = [ir_measures.Qrel("q", each, rating) for each, rating in rated.items()]
    run = [ir_measures.ScoredDoc("q", each, -float(at)) for at, each in enumerate(order)]
    measures = [ir_measures.nDCG @ 10, ir_measures.RR, ir_measures.R @ 5]
    reference = ir_measures.calc_aggregate(measures, qrels, run)
    assert ndcg(gains, judged, 10) == pytest.approx(reference[ir_measures.nDCG @ 10])
    assert reciprocal_rank(gains) == pytest.approx(reference[ir_measures.RR])
    assert recall(gains, judged, 5) == pytest.approx(reference[ir_measures.R @ 5])


def test_unjudged_hits_count_as_zero_in_one_figure_and_not_at_all_in_the_other() -> None:
    judgments = {"q": {"a": 3.0, "b": 1.0, "c": 0.0}, "nothing good": {"a": 0.0}}
    quality = evaluate_search(judgments, lambda _: ["x", "a", "c", "b"])
    best = 3 / np.log2(2) + 1 / np.log2(3)
    row = quality.queries[0]
    assert row.ndcg == pytest.approx((3 / np.log2(3) + 1 / np.log2(5)) / best)
    assert row.ndcg_judged == pytest.approx((3 / np.log2(2) + 1 / np.log2(4)) / best)
    assert (row.reciprocal_rank, row.hits, quality.left_out) == (0.5, 4, 1)


def test_the_interval_holds_the_mean_and_is_the_same_each_time() -> None:
    values = list(np.random.default_rng(3).random(80))
    low, high = bootstrap_interval(values)
    assert low < sum(values) / 80 < high
    assert (low, high) == bootstrap_interval(values)
    assert bootstrap_interval([]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query,product\n", "lacks the column 'product_id'"),
        ("query,product_id,rating\nq,1,\n", "line 2"),
        ("query,product_id,rating\nq,1,3\nq,,3\n", "line 3"),
        ("query,product_id,rating\nq,1,-1\n", "line 2"),
        ("query,product_id,rating\nq,1,nan\n", "line 2"),
    ],
)
def test_judgments_at_fault_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "j.csv").write_text(text)
    with pytest.raises(MappingError, match=message):
        read_judgments(tmp_path / "j.csv")


def test_the_sample_s_judgments_are_read() -> None:
    judgments = read_judgments(Path(__file__).parents[2] / "samples/icecat/judgments.csv")
    assert len(judgments) == 86
    assert sum(map(len, judgments.values())) == 2_287
