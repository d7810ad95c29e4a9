"""Scores that carry tiers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.opensearch.scoring import TextQuery, Tiers, tiers_of
from engines.plan import TextMatch, Word

WEIGHTS = {"title": 2.0, "type": 1.0, "brand": 1.0, "attributes": 0.7, "description": 1.0}


def match(words: int) -> TextMatch:
    plan = tuple(Word(f"w{at}", ((f"w{at}", 1.0), (f"v{at}", 0.9), (f"u{at}", 0.8))) for at in range(words))
    phrases = tuple(pairwise(word.text for word in plan))
    return TextMatch(plan, WEIGHTS, 1, phrases=phrases, phrase_boost=0.5)


@pytest.mark.parametrize("words", [1, 2, 5, 32])
@pytest.mark.parametrize("products", [1, 20_000, 10_000_000])
def test_no_word_can_score_as_much_as_one_word_more(words: int, products: int) -> None:
    tiers = tiers_of(match(words), products)
    rarest = 2.2 * np.log(1 + (products - 0.5) / 1.5)
    best = words * rarest * (2.0 + 0.1 * 2.7 * 5.7) + max(words - 1, 0) * rarest * 0.5 * 2
    assert best < tiers.word
    assert words * tiers.word + best < tiers.identifier


@given(st.integers(0, 32), st.floats(0, 0.999), st.booleans())
def test_what_a_score_says_is_read_back_in_single_precision(words: int, share: float, named: bool) -> None:
    tiers = tiers_of(match(32), 1_000_000)
    said = share * tiers.word * 0.99
    score = float(np.float32(words * tiers.word + said + named * tiers.identifier))
    assert tiers.named(score) == named
    assert tiers.words(score) == words
    assert tiers.score(score) == pytest.approx(said, abs=0.05)


def test_tiers_of_a_short_query_leave_scores_their_digits() -> None:
    tiers = tiers_of(match(2), 20_000)
    assert np.spacing(np.float32(2 * tiers.word)) < 0.001


def test_an_empty_text_matches_nothing_but_part_numbers() -> None:
    nothing = TextQuery(TextMatch((), WEIGHTS, 1), "en", 10)
    assert nothing.scored(1) == {"match_none": {}}
    named = TextQuery(TextMatch((), WEIGHTS, 1, identifiers=("AP4000",)), "en", 10).scored(1)
    assert named["constant_score"]["filter"] == {"terms": {"identifiers": ["AP4000"]}}
    assert Tiers(1.0, 2.0, 2.0).named(2.0)
