"""What a query becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.analysis import analyzer
from language.vocabulary import Vocabulary
from ranking.highlight import highlight
from ranking.understanding import clean, understand

WORDS = Vocabulary(
    [("laptop", 80), ("laptops", 5), ("headset", 60), ("head", 9), ("set", 90), ("power", 50), ("bank", 20),
     ("case", 70), ("aa", 30), ("aaa", 10), ("keyboard", 40), ("kettle", 30)],
    {"laptop", "headset", "head", "set", "power", "bank", "case", "aa", "aaa", "keyboard", "kettl"},
)  # fmt: skip
EN = analyzer("en")


def forms(query: str) -> list[list[str]]:
    text = understand(query, EN, WORDS).text
    assert text is not None
    return [[form for form, _ in word.forms] for word in text.words]


def test_known_words_are_taken_as_they_are() -> None:
    understood = understand("Laptops case ", EN, WORDS)
    assert forms("Laptops case ") == [["laptop"], ["case"]]
    assert understood.corrected is None
    assert understood.text is not None
    assert (understood.text.minimum, understood.text.phrases) == (1, (("laptop", "case"),))


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("keybaord", "keyboard"),
        ("powerbank ", "power bank"),
        ("ketle case", "kettle case"),
        ("xqzzw", None),
        ("laptop", None),
    ],
)
def test_unknown_words_are_corrected_or_split(query: str, corrected: str | None) -> None:
    assert understand(query, EN, WORDS).corrected == corrected


def test_words_written_apart_are_joined() -> None:
    assert forms("head set ") == [["head", "headset"], ["set", "headset"]]


def test_only_the_last_word_without_a_space_behind_may_be_a_beginning() -> None:
    def prefixes(query: str) -> list[str | None]:
        text = understand(query, EN, WORDS).text
        return [word.prefix for word in text.words] if text else []

    assert prefixes("key") == ["key"]
    assert prefixes("laptop key") == [None, "key"]
    assert prefixes("key ") == [None]
    assert prefixes("aa") == [None]


@pytest.mark.parametrize(
    ("query", "part_numbers"),
    [
        ("TN-2110", ("TN-2110",)),
        ("brother tn 2110 toner", ("brother tn 2110 toner", "tn 2110", "2110 toner")),
        ("0884420588030", ("0884420588030",)),
        ("laptop case", ("laptop case",)),
        ("laptop", ()),
    ],
)
def test_part_numbers_are_seen_with_any_punctuation(query: str, part_numbers: tuple[str, ...]) -> None:
    assert understand(query, EN, WORDS).part_numbers == part_numbers


@given(st.text(max_size=60))
def test_any_text_is_understood_and_bounded(query: str) -> None:
    understood = understand(query, EN, WORDS)
    assert understood.text is not None or not clean(query)
    if understood.text is not None and understood.text.words:
        assert 1 <= understood.text.minimum <= len(understood.text.words) <= 64


def test_an_endless_query_is_cut() -> None:
    understood = understand("laptop " * 500, EN, WORDS)
    assert understood.text is not None
    assert len(understood.text.words) == 32


def test_highlights_are_safe_html() -> None:
    marked = highlight('<b>Laptops</b> & "cases"', {"laptop", "case"}, None, EN)
    assert marked == "&lt;b&gt;<mark>Laptops</mark>&lt;/b&gt; &amp; &quot;<mark>cases</mark>&quot;"
    assert highlight("Keyboards", set(), "key", EN) == "<mark>Keyboards</mark>"
    assert highlight("nothing here", {"laptop"}, None, EN) is None


RARE = Vocabulary(
    [("pages", 500), ("pags", 1), ("optical", 40), ("optics", 90), ("raid", 60), ("ant", 50), ("radiant", 4)]
)


def test_a_word_hardly_used_keeps_its_own_hits_before_those_of_a_far_more_common_one() -> None:
    understood = understand("pags ", EN, RARE)
    assert understood.corrected is None
    assert understood.text is not None
    weights = dict(understood.text.words[0].forms)
    assert 0 < weights["page"] < weights["pag"] == 1.0


def test_a_beginning_also_finds_the_whole_words_that_it_begins() -> None:
    understood = understand("optic", EN, RARE)
    assert understood.text is not None
    [word] = understood.text.words
    assert word.prefix == "optic"
    assert {form for form, _ in word.forms} == {EN.term(each) for each in ("optic", "optical", "optics")}


def test_a_likely_slip_is_not_taken_for_two_words() -> None:
    assert understand("raidant ", EN, RARE).corrected == "radiant"
