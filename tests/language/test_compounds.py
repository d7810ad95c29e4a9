"""German compounds, told from the words of a catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.analysis import analyzer
from language.compounds import Compounds
from language.edited_compounds import EditedCompounds

DE = analyzer("de")
WORDS = [
    ("akten", 9), ("vernichter", 3), ("aktenvernichter", 20), ("schrank", 30), ("schliessfach", 8), ("fach", 40),
    ("garderobe", 5), ("stahl", 50), ("arbeit", 7), ("platz", 9), ("kugelschreiber", 25), ("konferenztisch", 4),
    ("konferenz", 3), ("tische", 12), ("bohren", 5), ("schrauber", 6), ("akku", 9),
]  # fmt: skip
COMPOUNDS = Compounds(WORDS, DE.term)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("aktenvernichter", ("akten", "vernichter")),
        ("schliessfachschrank", ("schliessfach", "schrank")),
        ("akkubohrschrauber", ("akku", "bohr", "schrauber")),
        ("stahlfachern", ("stahl", "fachern")),
        ("arbeitsplatz", ("arbeit", "platz")),
        ("garderobenschrank", ("garderoben", "schrank")),
        ("konferenztische", ("konferenz", "tische")),
        ("kugelschreiber", ()),
        ("schrank", ()),
        ("xyzzyschrank", ()),
    ],
)
def test_words_are_taken_apart_where_all_parts_are_known(word: str, parts: tuple[str, ...]) -> None:
    assert DE.stems(COMPOUNDS.parts(word)) == DE.stems(parts)


def test_a_word_knows_the_compounds_made_with_it() -> None:
    assert COMPOUNDS.ending_with("tisch", 9) == ["konferenztisch"]
    assert COMPOUNDS.ending_with("schreiber", 9) == ["kugelschreiber"]
    assert COMPOUNDS.with_modifier("akte", 9) == ["aktenvernichter"]
    assert COMPOUNDS.ending_with("akten", 9) == []


def test_a_dictionary_has_the_last_word() -> None:
    said = {"aktenvernichter": (), "baumarkt": ("bau", "markt"), "reisswolf": ("reiss", "vernichter")}
    corrected = EditedCompounds(COMPOUNDS, said, DE.term)
    assert corrected.parts("aktenvernichter") == ()
    assert corrected.parts("baumarkt") == ("bau", "markt")
    assert corrected.parts("konferenztisch") == COMPOUNDS.parts("konferenztisch")
    assert corrected.ending_with("vernichter", 9) == ["reisswolf"]
    assert corrected.with_modifier("akten", 9) == []
    assert corrected.with_modifier("bau", 9) == ["baumarkt"]
    assert corrected.with_modifier("konferenz", 9) == ["konferenztisch"]
    assert corrected.is_edited("baumarkt")
    assert not corrected.is_edited("konferenztisch")


@given(st.lists(st.sampled_from([word for word, _ in WORDS]), min_size=1, max_size=5), st.text(max_size=20))
def test_parts_stand_in_their_order_in_the_word(parts: list[str], noise: str) -> None:
    for word in ("".join(parts), noise):
        at = 0
        for part in COMPOUNDS.parts(word):
            at = word.index(part, at) + len(part)
        assert at <= len(word)
