"""German queries: compounds, their parts, umlauts in any spelling."""

from pathlib import Path

import pytest

from benchmarks.german import QUERIES, SOURCE, answers, read_cases
from benchmarks.sample import build, opened
from language.analysis import analyzer
from language.vocabulary import Vocabulary
from ranking.understanding import understand

DE = analyzer("de")
WORDS = Vocabulary(
    [("aktenvernichter", 20), ("vernichter", 1), ("akten", 9), ("buro", 30), ("burostuhl", 12), ("stuhl", 40),
     ("schliessfach", 8), ("schrank", 30), ("neue", 5), ("konferenztisch", 4), ("konferenz", 3), ("tisch", 9),
     ("schreibtisch", 30)],
)  # fmt: skip


def weights(query: str) -> list[dict[str, float]]:
    text = understand(query, DE, WORDS).text
    assert text is not None
    return [dict(word.forms) for word in text.words]


def test_a_part_finds_compounds_behind_itself() -> None:
    [word] = weights("Vernichter ")
    assert 0 < word[DE.term("aktenvernichter")] < word[DE.term("vernichter")] == 1.0


def test_an_unseen_compound_is_searched_by_its_parts() -> None:
    understood = understand("Schließfachschrank ", DE, WORDS)
    assert understood.words == ("schliessfach", "schrank")
    assert understood.corrected is None


def test_a_compound_that_few_carry_also_finds_its_siblings_last() -> None:
    [rare] = weights("Konferenztisch ")
    [common] = weights("Schreibtisch ")
    assert rare[DE.term("schreibtisch")] < 0.5
    assert DE.term("konferenztisch") not in common


@pytest.mark.parametrize("query", ["Bürostuhl", "Buerostuhl", "burostuhl", "BÜROSTÜHLE", "Buerostuehle"])
def test_umlauts_are_found_in_any_spelling(query: str) -> None:
    assert DE.term("burostuhl") in weights(query + " ")[0]


def test_words_written_apart_are_joined_with_the_sound_between() -> None:
    words = Vocabulary([("arbeitsplatz", 5), ("arbeit", 3), ("platz", 4)])
    text = understand("Arbeit Platz ", DE, words).text
    assert text is not None
    assert all(DE.term("arbeitsplatz") in dict(word.forms) for word in text.words)


def test_english_words_are_not_taken_apart() -> None:
    words = Vocabulary([("headset", 5), ("set", 4)])
    text = understand("set ", analyzer("en"), words).text
    assert text is not None
    assert text.words[0].forms == (("set", 1.0),)


@pytest.mark.skipif(not SOURCE.is_dir(), reason=f"the German catalogue does not ship: it is measured where {SOURCE} is")
def test_queries_written_from_the_categories_find_a_right_product_among_the_first_three(tmp_path: Path) -> None:
    build(tmp_path, "certeo", [SOURCE], Path("samples/mappings/certeo_de.toml"))
    index, products = opened(tmp_path, "certeo")
    found = [right for _, right in answers(index, products, read_cases(QUERIES))]
    assert sum(found) / len(found) >= 0.95
