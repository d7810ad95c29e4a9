"""Analysis, vocabulary, identifiers and attributes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.analysis import analyzer
from language.attributes import AttributeDictionaryBuilder, label_of
from language.identifiers import looks_like_identifier, normalise_identifier
from language.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("locale", "text", "terms"),
    [
        ("en", "Laptops, 16GB USB-C", ["laptop", "16gb", "usb", "c"]),
        ("de-AT", "Bürostühle", ["burostuhl"]),
        ("fr", "Headphones", ["headphon"]),
        ("en", "", []),
        ("en", "☃ — …", []),
    ],
)
def test_text_becomes_terms(locale: str, text: str, terms: list[str]) -> None:
    assert analyzer(locale).terms(text) == terms


@given(st.text(max_size=80))
def test_matches_point_at_words_of_the_text(text: str) -> None:
    words = analyzer("en")
    found = words.matches(text, set(words.terms(text)))
    assert all(text[start:end].strip() for start, end in found)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(found))
    assert words.matches(text, set()) == []


WORDS = Vocabulary(
    [
        ("keyboard", 50),
        ("keyboards", 5),
        ("headphones", 40),
        ("power", 90),
        ("bank", 9),
        ("cable", 70),
        ("table", 3),
    ],
    {"keyboard", "headphon"},
)


def test_a_typing_error_is_corrected_to_the_likeliest_word() -> None:
    assert next(word for word, _ in WORDS.corrections("keybaord")) == "keyboard"
    assert WORDS.corrections("headfones") == [("headphones", 2)]
    assert WORDS.corrections("csble")[0] == ("cable", 1)


def test_numbers_short_words_and_nonsense_are_not_corrected() -> None:
    assert WORDS.corrections("cab1e") == []
    assert WORDS.corrections("cbl") == []
    assert WORDS.corrections("qqxzjw") == []


def test_two_words_written_as_one_are_split() -> None:
    assert WORDS.split("powerbank") == ("power", "bank")
    assert WORDS.split("powertank") is None


def test_prefixes_are_counted() -> None:
    assert WORDS.prefix_count("key") == 55
    assert WORDS.prefix_count("") == 267
    assert WORDS.prefix_count("zzz") == 0


@pytest.mark.parametrize("token", ["TN-2110", "dv7-1211ea", "0884420588030", "C7772A", "i7-10750H", "5-15R"])
def test_part_numbers_are_recognised(token: str) -> None:
    assert looks_like_identifier(token)


@pytest.mark.parametrize("token", ["laptop", "16gb", '15.6"', "2", "2019", "4k", "10m", "2x4", "usb", "-", "1.5"])
def test_words_and_measures_are_not_part_numbers(token: str) -> None:
    assert not looks_like_identifier(token)


@given(st.text(max_size=30))
def test_normalising_an_identifier_twice_changes_nothing(text: str) -> None:
    once = normalise_identifier(text)
    assert normalise_identifier(f" {once}- ") == once or not once.isascii()


def test_an_attribute_has_the_kind_that_most_products_use() -> None:
    builder = AttributeDictionaryBuilder()
    for given_ in ({"a": 1, "b": True, "c": ("x", "y")}, {"a": 2.5, "b": "yes"}, {"a": "many"}, {"d": ()}):
        builder.add(given_)
    found = builder.build()
    assert {name: info.kind for name, info in found.items()} == {"a": "number", "b": "boolean", "c": "text"}
    assert (found["a"].products, found["c"].products) == (3, 1)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("processor_family", "Processor family"),
        ("wi_fi_standards", "Wi-Fi standards"),
        ("ethernet_lan__rj_45__ports", "Ethernet LAN (RJ 45) ports"),
        (
            "usb_3_2_gen_1__3_1_gen_1__type_a_ports_quantity",
            "USB 3.2 gen 1 (3.1 gen 1) type a ports quantity",
        ),
        ("contrast_ratio__typical_", "Contrast ratio (typical)"),
        ("___", "___"),
    ],
)
def test_a_label_reads_like_words(name: str, label: str) -> None:
    assert label_of(name) == label


SLIPS = Vocabulary([("lock", 60), ("dock", 40), ("pages", 500), ("pags", 1), ("cards", 90), ("unit", 80)])


def test_keys_that_touch_are_likelier_than_a_somewhat_more_common_word() -> None:
    assert [word for word, _ in SLIPS.corrections("fock")] == ["dock", "lock"]


def test_three_letters_may_have_lost_one_but_are_no_other_words() -> None:
    assert SLIPS.corrections("unt") == [("unit", 1)]
    assert SLIPS.corrections("uni") == [("unit", 1)]
    assert SLIPS.corrections("xnt") == []


def test_a_word_that_is_known_may_still_be_a_slip() -> None:
    assert SLIPS.corrections("pags") == [("pags", 0)]
    assert SLIPS.corrections("pags", known=True) == [("pages", 1)]
