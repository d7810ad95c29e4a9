"""Part numbers, whole and in pieces, told from words, measures and model names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.analysis import analyzer
from language.vocabulary import Vocabulary
from ranking.part_numbers import candidates, identifiers, pieces

EN = analyzer("en")
WORDS = Vocabulary([("smoke", 30), ("sensor", 40), ("camera", 90), ("tn", 9), ("2110", 2), ("cat6", 300), ("gb", 99)])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Smoke Sensor", ("Smoke Sensor",)),
        ("camera", ()),
        ("TN-2110, DR-2100", ("TN-2110, DR-2100", "TN-2110", "DR-2100")),
        ("540 TN-2110", ("540 TN-2110", "540", "TN-2110")),
        ("camera 16gb", ("camera 16gb",)),
    ],
)
def test_what_may_be_a_whole_number(query: str, found: tuple[str, ...]) -> None:
    assert set(found) <= set(candidates(query, WORDS))
    assert bool(candidates(query, WORDS)) == bool(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("N2110X", ("N2110X",)),
        ("T-N21", ("TN21",)),
        ("camera n2110x", ("N2110X", "CAMERAN2110X")),
        ("211056", ("211056",)),
        ("camera 211056", ("CAMERA211056",)),
        ("cat6", ()),
        ("cat6 camera", ()),
        ("n21", ()),
        ("camera 300mm", ("CAMERA300MM",)),
        ("smoke sensor", ()),
        ("TN 211X", ("TN211X",)),
    ],
)
def test_what_may_be_a_piece(query: str, found: tuple[str, ...]) -> None:
    assert pieces(query, EN, WORDS) == found


def test_a_gtin_is_the_same_with_and_without_the_zeros_before_it() -> None:
    assert set(identifiers(("0884420588030",))) == set(identifiers(("884420588030",)))


@given(st.text(max_size=60))
def test_any_text_gives_normalised_numbers(query: str) -> None:
    for each in (*identifiers(candidates(query, WORDS)), *pieces(query, EN, WORDS)):
        assert each.isalnum()
